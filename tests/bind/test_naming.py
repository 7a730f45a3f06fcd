import pytest

from pcapcheck.bind.filename import Naming, called_like_a_node
from pcapcheck.topology.topology import CapturePoint, Interface, Node, Pod, Role, Topology

NODES = {
    name: Node(name, interfaces={"eth0": Interface("eth0", Role.UPLINK), veth: Interface(veth, Role.VETH)})
    for name, veth in (("node1", "cali1"), ("node2.example", "cali2"))
}
PODS = {name: Pod(name, "node1", ()) for name in ("default/web-1", "test/db-0")}
KNOWN = Topology(nodes=NODES, pods=PODS)


def point(path, topology=KNOWN, others=(), linktype=1):
    found = Naming(topology, [path, *others]).find(path, linktype)
    return found.point if found else None


@pytest.mark.parametrize(
    "path",
    [
        "node1_eth0.pcap",
        "node1/eth0.pcap",
        "node1-eth0.pcap",
        "x/node1.eth0.pcapng.gz",
        "node1_eth0_20261125031100.pcap",
    ],
)
def test_uplink_of_a_known_node(path):
    assert point(path) == CapturePoint("node1", "eth0", Role.UPLINK)


def test_node_name_may_have_lost_its_dots():
    assert point("node2-example_eth0.pcap") == CapturePoint("node2.example", "eth0", Role.UPLINK)


@pytest.mark.parametrize("path", ["web-1_eth0.pcap", "default_web-1_eth0.pcap", "default/web-1/eth0.pcap"])
def test_interface_of_a_known_pod(path):
    assert point(path) == CapturePoint("node1", "eth0", Role.POD, "default/web-1")


def test_veth_that_is_called_after_its_pod():
    assert point("ns/cap/web-1_cali77.pcap") == CapturePoint("node1", "cali77", Role.VETH, "default/web-1")


def test_veth_that_only_one_node_has_needs_no_owner():
    assert point("gone_cali2.pcap") == CapturePoint("node2.example", "cali2", Role.VETH)


def test_interface_that_the_topology_lacks_has_the_role_of_its_name():
    assert point("node1_cilium_vxlan.pcap") == CapturePoint("node1", "cilium_vxlan", Role.VTEP)


def test_any_capture_of_a_node():
    assert point("node1_any.pcap") == CapturePoint("node1", "any", Role.ANY)


def test_cooked_capture_that_mentions_a_node_is_of_all_its_interfaces():
    assert point("capture-node1-20261125031100UTC.pcap", linktype=276) == CapturePoint(
        "node1", "any", Role.ANY
    )


def test_capture_that_mentions_a_pod_is_of_its_interface():
    assert point("17_test_db-0_pod.pcap") == CapturePoint("node1", "eth0", Role.POD, "test/db-0")


def test_capture_that_mentions_a_node_may_be_any_of_its_interfaces():
    found = Naming(KNOWN, []).find("capture-node1.pcap", 1)
    assert [each.interface for each in found.candidates] == ["eth0", "cali1"]


@pytest.mark.parametrize("path", ["client_eth0.pcap", "trace.pcap", "2022-01-13T19:31:31.pcap"])
def test_name_of_nobody_says_nothing(path):
    assert point(path) is None


def test_without_topology_host_side_interfaces_tell_a_node():
    others = ["a_cni0.pcap", "b_eth0.pcap"]
    assert point("a_eth0.pcap", Topology(), others) == CapturePoint("a", "eth0", Role.UPLINK)


def test_without_topology_eth0_of_a_name_without_others_may_be_either():
    found = Naming(Topology(), ["a_cni0.pcap", "b_eth0.pcap"]).find("b_eth0.pcap", 1)
    assert found.point is None
    assert found.candidates == (
        CapturePoint("b", "eth0", Role.UPLINK),
        CapturePoint(None, "eth0", Role.POD, "b"),
    )


def test_without_topology_a_name_that_is_generated_for_pods_is_a_pod():
    found = point("web-7d4b9c6f5-x2x7q_cali1.pcap", Topology())
    assert found == CapturePoint(None, "cali1", Role.VETH, "web-7d4b9c6f5-x2x7q")


def test_with_nodes_but_no_pods_any_other_name_is_a_pod():
    found = point("web-1_eth0.pcap", Topology(nodes=NODES))
    assert found == CapturePoint(None, "eth0", Role.POD, "web-1")


def test_predictable_names_are_uplinks_also_without_topology():
    assert point("a_ens5.pcap", Topology()) == CapturePoint("a", "ens5", Role.UPLINK)


def test_file_called_as_an_interface_has_no_owner():
    assert point("flannel.1.pcap", Topology()) == CapturePoint(None, "flannel.1", Role.VTEP)
    assert Naming(KNOWN, []).find("eth0.pcap", 1).point is None


@pytest.mark.parametrize(
    "name", ["node1", "k8s-worker-2", "ip-10-0-0-1.ec2.internal", "kind-control-plane", "gke-a-1"]
)
def test_names_of_nodes_are_recognised(name):
    assert called_like_a_node(name)


@pytest.mark.parametrize("name", ["web-1", "db-0", "node-exporter-x2x7q", "default_api"])
def test_names_of_pods_are_not_taken_for_nodes(name):
    assert not called_like_a_node(name)
