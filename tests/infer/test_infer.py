import pytest
from captures_build import pcap, record
from guesses import (
    BRIDGE_MAC,
    DB,
    DB_MAC,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    WEB,
    WEB_MAC,
    claim,
    nearer,
    said,
    tunnelled,
    vantage,
)
from looks import look
from packets import eth, ip, ipv6, tcp

from pcapcheck.infer.infer import infer
from pcapcheck.topology.topology import CapturePoint, Role

CNI_MAC = "02:00:00:00:00:0a"
POD_POINT = CapturePoint(None, "eth0", Role.POD, "web")
UPLINK1, UPLINK2 = (CapturePoint(name, "eth0", Role.UPLINK) for name in ("n1", "n2"))
ASK = said(WEB, DB, WEB_MAC, BRIDGE_MAC)
ANSWER = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)
OUT = tunnelled(WEB, DB, NODE1, NODE2, NODE1_MAC, NODE2_MAC, number=7, inner_ttl=63)
BACK = tunnelled(DB, WEB, NODE2, NODE1, NODE2_MAC, NODE1_MAC, number=7, inner_ttl=63)
ALL = (
    vantage(0, ASK, ANSWER, path="web_eth0.pcap", point=POD_POINT),
    vantage(1, OUT, BACK, path="n1_eth0.pcap", point=UPLINK1),
    vantage(2, OUT, BACK, path="n2_eth0.pcap", point=UPLINK2),
)
ORDER = nearer(WEB, DB, 0, 1, 2)


def test_nothing_seen_is_no_network():
    found = infer([], [], [])
    assert (found.topology.nodes, found.topology.pods, found.bindings, found.votes) == ({}, {}, {}, {})
    assert found.topology.source == "inferred"


def test_pods_are_on_the_nodes_that_their_exchanges_pass_first():
    pods = infer(ALL, ORDER, []).topology.pods
    assert {each.name: (each.addresses, each.node) for each in pods.values()} == {
        "web": ((WEB,), "n1"),
        f"pod-{DB}": ((DB,), "n2"),
    }


def test_every_watch_is_bound_and_every_named_file_is_an_entry():
    found = infer(ALL, ORDER, [])
    assert {key: each.point for key, each in found.bindings.items()} == {
        (0, 0, None): CapturePoint("n1", "eth0", Role.POD, "web"),
        (1, 0, None): UPLINK1,
        (2, 0, None): UPLINK2,
    }
    assert [each.pattern for each in found.topology.captures] == [
        "web_eth0.pcap",
        "n1_eth0.pcap",
        "n2_eth0.pcap",
    ]


def test_an_entry_names_the_pod_or_the_node_of_its_file():
    entries = infer(ALL, ORDER, []).topology.captures
    assert [(each.node, each.pod, each.interface) for each in entries] == [
        (None, "web", "eth0"),
        ("n1", None, "eth0"),
        ("n2", None, "eth0"),
    ]
    nameless, indexed = (
        vantage(1, OUT, BACK, path="", point=UPLINK1),
        vantage(2, OUT, BACK, index=2, point=UPLINK2),
    )
    assert [each.pod for each in infer([ALL[0], nameless, indexed], ORDER, []).topology.captures] == ["web"]


def test_a_binding_says_whether_a_name_or_what_was_seen_told_it():
    guessed = vantage(1, OUT, BACK, path="x.pcap")
    named, told = infer([ALL[2], guessed], [], []).bindings.values()
    assert (named.by, named.reason) == ("name", "is called after eth0")
    assert (told.by, told.reason) == ("content", "is taken for an uplink from its packets")


def test_a_veth_is_bound_with_the_pod_behind_it():
    veth = vantage(0, ASK, ANSWER, point=CapturePoint("n1", "veth1", Role.VETH))
    [binding] = infer([veth], [], []).bindings.values()
    assert binding.point == CapturePoint("n1", "veth1", Role.VETH, f"pod-{WEB}")


def test_a_watch_that_says_nothing_is_bound_to_nothing():
    [binding] = infer([vantage(0, path="trace.pcap")], [], []).bindings.values()
    assert (binding.point, binding.by) == (None, "nothing")
    assert infer([vantage(0, path="trace.pcap")], [], []).topology.captures == ()


def test_nodes_have_what_they_send_themselves_and_not_what_others_believe():
    wrong = BACK._replace(outer_to="192.168.0.77")
    topology = infer((ALL[0], vantage(1, OUT, wrong, point=UPLINK1), ALL[2]), ORDER, []).topology
    assert topology.nodes["n2"].addresses == (NODE2,)


def test_a_node_that_sends_another_number_is_one_of_two_and_its_packets_do_not_count():
    wrong = BACK._replace(number=9, packets=99)
    seen = [vantage(1, OUT, wrong, point=UPLINK1), vantage(2, OUT, wrong, point=UPLINK2)]
    assert infer([ALL[0], *seen], ORDER, []).votes["vni"] == {7: 1, 9: 1}


def test_who_sends_plain_packets_near_known_pods_is_a_pod_and_the_gateway_is_not():
    neighbour = said("10.244.1.9", DB, NODE1_MAC, NODE2_MAC, ttl=63)
    far = said("10.99.0.1", DB, NODE1_MAC, NODE2_MAC, ttl=63)
    gateway = said("10.244.1.1", WEB, BRIDGE_MAC, WEB_MAC)
    bridge = CapturePoint("n1", "cni0", Role.BRIDGE)
    there = vantage(3, ASK, ANSWER, gateway, claim("10.244.1.1", BRIDGE_MAC), point=bridge)
    uplink = vantage(1, OUT, BACK, neighbour, far, point=UPLINK1)
    pods = infer([ALL[0], uplink, ALL[2], there], ORDER, []).topology.pods
    assert sorted(pods) == ["pod-10.244.1.9", f"pod-{DB}", "web"]


def test_networks_of_pods_hold_what_pods_ask_for_and_no_node():
    asked = said(WEB, "10.244.1.9", WEB_MAC, BRIDGE_MAC)
    topology = infer((vantage(0, ASK, ANSWER, asked, point=POD_POINT), *ALL[1:]), ORDER, []).topology
    assert topology.pod_cidrs == ("10.244.0.0/22",)
    assert infer((), (), ()).topology.pod_cidrs == ()


def test_what_was_guessed_is_said():
    says = infer([vantage(0, OUT, BACK, path="trace.pcap")], [], []).topology.inferred
    assert says[0].startswith(f"trace.pcap shows {NODE1} and {NODE2}, and nothing tells whose it is")


def test_pods_that_speak_for_themselves_on_the_nodes_network_are_macvlan():
    own, back = said(WEB, DB, WEB_MAC, DB_MAC), said(DB, WEB, DB_MAC, WEB_MAC)
    seen = [
        vantage(0, own, back, point=POD_POINT),
        vantage(1, own, back, point=UPLINK1),
        vantage(2, own, back, point=UPLINK2),
    ]
    pods = infer(seen, ORDER, []).topology.pods
    assert {each.name: each.type for each in pods.values()} == {"web": "macvlan", f"pod-{DB}": "macvlan"}


FILES = ("web_eth0.pcap", "n1_eth0.pcap", "n2_eth0.pcap", "db_eth0.pcap")
LEFT = (64, 63, 63, 62)  # the TTL of what web says, file by file
MACS = ((WEB_MAC, BRIDGE_MAC), (NODE1_MAC, NODE2_MAC), (NODE1_MAC, NODE2_MAC), (CNI_MAC, DB_MAC))


def four(payload, ends, left):
    return ip(payload, *ends, ttl=left)


def six(payload, ends, left):
    return ipv6(payload, *ends, hlim=left)


def cross(folder, network, ends):
    """Write captures of a question and its answer, which routers pass on at both nodes."""
    question, answer = tcp(b"?", dport=80), tcp(b"!", sport=80, dport=40000)
    for number, (near, far) in enumerate(MACS):
        there = eth(network(question, ends, LEFT[number]), src=near, dst=far)
        back = eth(network(answer, ends[::-1], LEFT[3 - number]), src=far, dst=near)
        rows = record(there, fraction=100 + number), record(back, fraction=200 - number)
        (folder / FILES[number]).write_bytes(pcap(*rows))


@pytest.mark.parametrize(
    ("network", "ends"), [(four, (WEB, DB)), (six, ("fd00:10:244:1::5", "fd00:10:244:2::5"))]
)
def test_pods_and_nodes_are_told_apart_in_either_family(tmp_path, network, ends):
    cross(tmp_path, network, ends)
    topology = look(tmp_path).network.topology
    assert sorted(topology.nodes) == ["n1", "n2"]
    assert {each.name: (each.addresses, each.node) for each in topology.pods.values()} == {
        "web": ((ends[0],), "n1"),
        "db": ((ends[1],), "n2"),
    }
