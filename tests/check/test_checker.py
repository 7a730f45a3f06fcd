import pytest
from networks import OUTSIDE, POD1, answer, ask, carried, network, rule, said
from packets import arp, eth, icmp, ip, tcp

from pcapcheck.check.checker import check_rule
from pcapcheck.check.finding import Frame, Hop
from pcapcheck.check.matchers import Earlier, Literal, Variable
from pcapcheck.check.profile import Profile
from pcapcheck.check.rulecontext import RuleContext

ONE = Literal(1, "1")
VNI = {"at": ("uplink",), "expect": {"vxlan.vni": ONE}}
TTL = {"expect": {"inner.ip.ttl": Literal(64, "64")}}
UPLINK = "node1 eth0"


def judged(seen, **keys):
    made = network(seen, names=("vxlan.vni", "ip.id"))
    return check_rule(rule(**keys), made, RuleContext(made, Profile("demo", "Demo")))


def test_a_broken_promise_is_a_finding_with_its_hop_flow_and_frames():
    [finding] = judged({UPLINK: [carried(ask(63)), *[carried(ask(63), vni=7)] * 2]}, **VNI).findings
    assert finding.hop == Hop("node1", "eth0", "uplink", "vxlan", "source", 1)
    assert finding.flow == "tcp/10.244.1.5:40000-10.244.2.5:80"
    assert finding.frames == (Frame("node1 eth0.pcap", 2), Frame("node1 eth0.pcap", 3))
    assert (finding.packets, finding.judged) == (2, 3)
    assert (finding.expected, finding.actual) == ({"vxlan.vni": "1"}, {"vxlan.vni": "7"})
    assert finding.message == "One: vxlan.vni is 7, expected 1"


def test_a_kept_promise_is_counted():
    found = judged({UPLINK: [carried(ask(63)), carried(answer(63))]}, **VNI)
    assert (found.findings, found.packets, found.selected, found.unknown) == ((), 2, 2, ())


@pytest.mark.parametrize(("broken", "kept", "findings"), [(1, 1, 0), (1, 0, 1), (2, 9, 1)])
def test_a_lone_packet_among_others_is_no_finding(broken, kept, findings):
    packets = [carried(ask(63), vni=7)] * broken + [carried(ask(63))] * kept
    assert len(judged({UPLINK: packets}, **VNI).findings) == findings


def test_each_direction_and_each_wrong_value_is_a_finding_of_its_own():
    packets = [
        *[carried(ask(63), vni=7)] * 2,
        *[carried(ask(63), vni=8)] * 2,
        *[carried(answer(63), vni=7)] * 2,
    ]
    found = judged({UPLINK: packets}, **VNI)
    assert sorted(each.actual["vxlan.vni"] for each in found.findings) == ["7", "7", "8"]
    assert sorted(found.directions) == [0, 0, 1]


def test_different_packets_that_are_wrong_in_the_same_way_are_one_finding():
    packets = [carried(ask(63), vni=7), carried(ask(62), vni=7)]
    [finding] = judged({UPLINK: packets}, **VNI).findings
    assert finding.packets == 2


@pytest.mark.parametrize(
    ("keys", "packets"),
    [
        ({"at": ("pod",)}, 1),
        ({"at": ("pod", "uplink")}, 3),
        ({"at": ("uplink",), "side": "source"}, 1),
        ({"at": ("uplink",), "side": "destination"}, 1),
        ({"at": ("uplink",), "form": ("plain",)}, 0),
        ({"who": ("pod-to-pod",)}, 3),
        ({"who": ("host",)}, 0),
        ({"where": ("cross-node",), "at": ("pod",)}, 1),
        ({"where": ("same-node",)}, 0),
        ({"when": {"form": Literal("vxlan", "vxlan")}}, 2),
    ],
)
def test_a_rule_is_about_its_roles_side_form_and_traffic(keys, packets):
    seen = {"pod1": [ask()], UPLINK: [carried(ask(63))], "node2 eth0": [carried(ask(63))]}
    assert judged(seen, **{"expect": {"inner.tcp.dstport": Literal(80, "80")}} | keys).packets == packets


@pytest.mark.parametrize(
    ("about", "packets"),
    [
        ({}, 1),
        ({"who": ("pod-to-external",)}, 0),
        ({"where": ("same-node",)}, 0),
        ({"side": "source"}, 0),
    ],
)
def test_packets_off_their_path_are_judged_only_by_rules_about_the_interface(about, packets):
    assert judged({"node2 cni0": [said(POD1, OUTSIDE)]}, **TTL, **about).selected == packets


def test_questions_about_addresses_are_another_traffic_kind():
    seen = {"pod1": [eth(arp(src=POD1)), ask()]}
    asks = {"expect": {"arp.opcode": ONE}}
    assert judged(seen, who=("arp",), **asks).selected == 1
    assert judged(seen, who=("pod-to-pod",), **asks).selected == 1
    assert [judged(seen, who=(each,), **asks).packets for each in ("arp", "pod-to-pod")] == [1, 0]


def test_errors_about_others_packets_are_not_judged():
    error = eth(ip(icmp(ip(tcp(), src=POD1), type=3), src="10.244.1.1", dst=POD1, ttl=9))
    assert judged({"pod1": [error]}, **TTL).selected == 0


def test_what_a_rule_forbids_is_found_and_else_counted_as_looked_for():
    never = {"never": True, "at": ("uplink",), "when": {"form": Literal("plain", "plain")}}
    [finding] = judged({UPLINK: [ask(63)] * 2}, **never).findings
    assert (finding.expected, finding.actual) == ({"form": "never"}, {"form": "plain"})
    assert judged({UPLINK: [carried(ask(63))] * 3}, **never).packets == 3
    assert judged({"pod1": [ask()] * 4, UPLINK: [carried(ask(63))]}, form=("ipip",), **never).packets == 4


def test_a_rule_that_needs_what_nobody_knows_judges_nothing_and_names_it():
    needs = {"at": ("uplink",), "expect": {"eth.src": Variable("eth.src", "source.node.nothing.mac")}}
    found = judged({UPLINK: [carried(ask(63))]}, **needs)
    assert (found.packets, found.findings, found.unknown) == (0, (), ("$source.node.nothing.mac",))


def test_a_variable_is_judged_by_whose_packet_it_is():
    own = {
        "at": ("uplink",),
        "side": "source",
        "expect": {"ip.src": Variable("ip.src", "source.node.addresses")},
    }
    assert judged({UPLINK: [carried(ask(63))] * 2}, **own).findings == ()
    [finding] = judged({UPLINK: [carried(ask(63), source="192.168.10.2")] * 2}, **own).findings
    assert (finding.expected, finding.actual) == ({"ip.src": "192.168.10.1"}, {"ip.src": "192.168.10.2"})


def test_a_value_is_compared_with_the_hop_before():
    falls = {"at": ("uplink",), "expect": {"inner.ip.ttl": Earlier("inner.ip.ttl", None)}}
    assert judged({"pod1": [ask()], UPLINK: [carried(ask(63))]}, **falls).packets == 1
    [finding] = judged({"pod1": [ask()], UPLINK: [carried(ask(60))] * 2}, **falls).findings
    assert (finding.expected, finding.actual) == ({"inner.ip.ttl": "63"}, {"inner.ip.ttl": "60"})
    assert judged({UPLINK: [carried(ask(60))]}, **falls).packets == 0


def test_no_packets_that_a_rule_is_about_are_nothing_judged():
    found = judged({"pod1": [ask()]}, **VNI)
    assert (found.findings, found.packets, found.selected) == ((), 0, 0)


@pytest.mark.parametrize(("packets", "findings"), [([ask()] * 2, 1), ([ask()] * 2 + [answer()], 0)])
def test_a_rule_may_excuse_what_is_answered(packets, findings):
    found = judged(
        {"pod1": packets},
        at=("pod",),
        side="source",
        unless="answered",
        expect={"inner.ip.ttl": Literal(1, "1")},
    )
    assert len(found.findings) == findings
    assert found.packets == 2
