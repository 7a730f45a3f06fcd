"""Captures whose names say nothing, in a network that is known."""

import pytest

from pcapcheck.bind.any_capture import IndexFacts
from pcapcheck.bind.content import by_content, of_any
from pcapcheck.bind.points import Points
from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint
from pcapcheck.topology.topology import Interface, Node, Pod, Role, Topology

ONE, TWO, VTEP, POD, GATEWAY = (f"02:00:00:00:00:0{number}" for number in range(1, 6))


def node(name, mac, vtep):
    interfaces = {"eth0": Interface("eth0", Role.UPLINK, mac), "vx": Interface("vx", Role.VTEP, vtep)}
    return Node(name, (f"10.0.0.{name[-1]}",), interfaces=interfaces)


KNOWN = Topology(
    nodes={"n1": node("n1", ONE, VTEP), "n2": node("n2", TWO, None)},
    pods={"a/web": Pod("a/web", "n1", ("10.1.0.5",), POD)},
)
TUNNEL = TrafficSeen(
    form="vxlan", mac_from=ONE, mac_to=TWO, outer_from="10.0.0.1", outer_to="10.0.0.2", source="10.1.0.5"
)
PLAIN = TrafficSeen(mac_from=POD, mac_to=GATEWAY, source="10.1.0.5", destination="10.1.1.5")


def found(*seen, topology=KNOWN, candidates=()):
    binding = by_content(VantagePoint(0, seen=seen, candidates=candidates), topology)
    return (binding.point.pod or binding.point.node, binding.point.interface) if binding else None


def test_node_is_known_and_the_frames_have_its_mac():
    assert found(TUNNEL, candidates=Points(KNOWN).all_of_node("n1")) == ("n1", "eth0")
    assert found(PLAIN._replace(mac_to=VTEP), candidates=Points(KNOWN).all_of_node("n1")) == ("n1", "vx")


def test_frames_between_two_nodes_are_of_either():
    assert found(TUNNEL) is None
    assert found(TUNNEL, TUNNEL._replace(mac_to=GATEWAY)) == ("n1", "eth0")


def test_without_macs_the_only_uplink_of_the_tunnels_end():
    bare = Topology(nodes={"n1": node("n1", None, None)})
    assert found(TUNNEL, topology=bare, candidates=Points(bare).all_of_node("n1")) == ("n1", "eth0")


def test_frames_of_one_pod_are_from_inside_it():
    assert found(PLAIN) == ("a/web", "eth0")
    assert found(PLAIN, PLAIN._replace(source="10.9.9.9")) is None


@pytest.mark.parametrize("seen", [(), (TrafficSeen(),), (PLAIN._replace(mac_to="ff:ff:ff:ff:ff:ff"),)])
def test_nothing_tells_nothing(seen):
    assert found(*seen) is None


def facts(index, sent, received):
    sources = {4: frozenset(sent), 0: frozenset(received)}
    return IndexFacts(index, 1, {4: 1, 0: 1}, sources, frozenset({"sll:ip:tcp"}), frozenset())


def test_any_capture_of_one_interface_that_sends_as_a_pod_is_of_that_pod():
    assert of_any([facts(3, [POD], [GATEWAY])], KNOWN).point.pod == "a/web"


def test_any_capture_is_of_the_node_whose_interfaces_it_shows():
    assert of_any([facts(2, [TWO], [ONE])], KNOWN).point.node == "n2"
    assert of_any([facts(2, [GATEWAY], [GATEWAY])], KNOWN) is None
