import pytest
from clusters import cluster
from networks import OUTSIDE, POD1, ask, carried, network, rule, said
from packets import eth, ipv6, number, tcp

from pcapcheck.check.matchers import Literal, Variable
from pcapcheck.check.parameter import Parameter
from pcapcheck.check.profile import Profile
from pcapcheck.check.rulecontext import RuleContext, fitting, written_for
from pcapcheck.documents.values import Span, cidr

PROFILE = Profile("demo", "Demo", parameters={"vni": Parameter("vni", "integer", (1, 2))})
CROSSING = {"pod1": [ask()], "node1 eth0": [carried(ask(63))], "pod2": [ask(62)]}


def view(point=0, seen=CROSSING):
    """Return the view of the variant at one of the points."""
    made = network(seen)
    around = RuleContext(made, PROFILE)
    known = around.with_hop_before(made.variants, ("inner.ip.ttl", "vxlan.vni"), routed=True)
    row = known.row(point, named=True)
    return around.view(row, made.variants.columns)


def test_a_field_is_the_packets_value_and_form_a_text():
    here = view(1)
    assert (here.field("inner.ip.ttl"), here.field("arp.opcode"), here.seen("form")) == (63, None, "vxlan")


def test_an_address_of_ipv6_is_one_number():
    here = view(0, {"pod1": [eth(ipv6(tcp(), src="fd00::1:2"))]})
    assert here.field("ipv6.src") == number("fd00::1:2")


@pytest.mark.parametrize(
    ("path", "field", "values"),
    [
        ("vni", "vxlan.vni", (1, 2)),
        ("source.address", "ip.src", (number(POD1),)),
        ("source.pod.mac", "eth.src", (number("0a:00:00:00:00:01"),)),
        ("destination.node.name", "eth.src", None),
        ("destination.node.addresses", "ip.dst", (number("192.168.10.2"),)),
        ("destination.node.addresses", "ipv6.dst", None),
        ("cluster.pod_cidr", "ip.dst", (cidr("10.244.0.0/16"),)),
        ("here.mac", "eth.src", (number("52:54:00:00:00:01"),)),
        ("previous.mac", "eth.src", (number("02:00:00:00:01:01"),)),
        ("next.mac", "eth.dst", (number("52:54:00:00:00:02"),)),
        ("nothing", "eth.src", None),
    ],
)
def test_a_variable_has_the_values_that_fit_its_field_and_is_remembered_where_it_has_none(
    path, field, values
):
    here = view(1)
    assert here.variable(path, field) == values
    assert here.unknown == (set() if values else {f"${path}"})


def test_nothing_comes_before_the_first_hop_or_after_the_last():
    assert view(0).variable("previous.mac", "eth.src") is None
    assert view(2).variable("next.mac", "eth.src") is None


def test_the_hop_before_is_the_nearest_that_was_watched():
    assert view(0).previous("inner.ip.ttl") is None
    assert view(1).previous("inner.ip.ttl") == (64,)
    assert view(2).previous("inner.ip.ttl") == (63,)
    assert view(1).previous("vxlan.vni") is None


def test_all_values_of_the_hop_before_count():
    seen = {"pod1": [ask(), ask(60)], "node1 eth0": [carried(ask(63))]}
    assert view(2, seen).previous("inner.ip.ttl") == (60, 64)


def test_between_two_watched_hops_the_ttl_falls_by_what_all_hops_between_take():
    assert view(0).routed is None
    assert view(1).routed == (1, 1)
    assert view(2).routed == (1, 1)
    assert view(1, {"pod1": [ask()], "pod2": [ask(62)]}).routed == (2, 2)


def test_what_is_on_no_path_has_no_hop_before():
    stray = view(1, {"pod1": [said(POD1, OUTSIDE)], "node2 cni0": [said(POD1, OUTSIDE)]})
    assert (stray.previous("inner.ip.ttl"), stray.routed) == (None, None)


def test_the_message_names_only_what_is_broken():
    here = view(1)
    judged = rule(expect={"vxlan.vni": Variable("vxlan.vni", "vni"), "ip.ttl": Literal(64, "64")})
    here.broken = ("vxlan.vni",)
    expected, actual, text = here.message(judged)
    assert (expected, actual) == ({"vxlan.vni": "1 or 2"}, {"vxlan.vni": "1"})
    assert text == "One: vxlan.vni is 1, expected 1 or 2"


def test_the_message_says_absent_and_never():
    here = view(0)
    here.broken = ("vxlan.vni",)
    assert here.message(rule(expect={"vxlan.vni": Literal(1, "1")}))[1] == {"vxlan.vni": "absent"}
    never = here.message(rule(never=True, when={"form": Literal("plain", "plain")}))
    assert never == ({"form": "never"}, {"form": "plain"}, "One: form is plain, expected never")


def test_the_gateway_of_all_pods_may_be_a_parameter():
    made = network(CROSSING, cluster())
    there = RuleContext(made, Profile("demo", "Demo"))
    row = made.variants.row(0, named=True)
    assert there.view(row, []).variable("source.gateway.mac", "eth.dst") == (number("02:00:00:00:02:01"),)


@pytest.mark.parametrize(
    ("found", "kind", "fits"),
    [
        (["192.168.0.1/24", "fd00::1", "10.0.0.1"], "ipv4", (0xC0A80001, 0x0A000001)),
        (["10.0.0.1", "10.0.0.1/8"], "ipv4", (0x0A000001,)),
        ([cidr("10.0.0.0/8"), cidr("fd00::/8"), Span(1, 9)], "ipv4", (cidr("10.0.0.0/8"),)),
        (["52:54:00:00:00:01", "ens3"], "mac", (0x525400000001,)),
        ([7, True, None], "integer", (7,)),
    ],
)
def test_only_what_a_field_can_hold_fits_it(found, kind, fits):
    assert fitting(found, kind) == fits


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("ip.src", 0x0A000001, "10.0.0.1"),
        ("ip.src", cidr("10.0.0.0/8"), "10.0.0.0/8"),
        ("udp.dstport", Span(1, 9), "1..9"),
        ("eth.src", 0x525400000001, "52:54:00:00:00:01"),
        ("vxlan.vni", 7, "7"),
    ],
)
def test_values_are_written_as_people_write_them(field, value, text):
    assert written_for(field, value) == text
