from pcapcheck.bind.points import Points
from pcapcheck.topology.topology import CapturePoint, Interface, Node, Pod, Role, Topology

INTERFACES = {
    "eth0": Interface("eth0", Role.UPLINK),
    "foo1": Interface("foo1", Role.VETH, pod="default/web-1"),
}
POINTS = Points(
    Topology(
        nodes={"node1": Node("node1", interfaces=INTERFACES)},
        pods={"default/web-1": Pod("default/web-1", "node1", (), interface="eth0")},
    )
)


def test_topology_tells_the_role_and_the_pod_of_a_veth():
    assert POINTS.of_node("node1", "foo1") == CapturePoint("node1", "foo1", Role.VETH, "default/web-1")


def test_name_tells_the_role_of_an_interface_that_the_topology_lacks():
    assert POINTS.of_node("node1", "flannel.1") == CapturePoint("node1", "flannel.1", Role.VTEP)
    assert POINTS.of_node("node1", "bar") is None


def test_interface_of_a_pod_is_in_the_pod():
    assert POINTS.of_pod("default/web-1", "eth0") == CapturePoint("node1", "eth0", Role.POD, "default/web-1")


def test_veth_of_a_pod_is_on_its_node():
    veth = CapturePoint("node1", "cali123", Role.VETH, "default/web-1")
    assert POINTS.of_pod("default/web-1", "cali123") == veth
    assert POINTS.of_pod("default/web-1", "foo1") == CapturePoint("node1", "foo1", Role.VETH, "default/web-1")


def test_any_of_a_pod_is_everything_in_it():
    assert POINTS.of_pod("default/web-1", "any") == CapturePoint("node1", "any", Role.ANY, "default/web-1")


def test_all_points_of_a_node():
    assert [each.interface for each in POINTS.all_of_node("node1")] == ["eth0", "foo1"]
