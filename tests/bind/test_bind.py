import pytest
from shared import CAPTURES, REASON, scenarios

from pcapcheck.bind.bind import Binder
from pcapcheck.documents.document import Document
from pcapcheck.topology.load import load_topology, read_topology
from pcapcheck.topology.topology import CapturePoint, Role, Topology

NETWORK = """
nodes:
  node1: {interfaces: {eth0: {kind: uplink}, cni0: {kind: bridge}, odd: {kind: tunnel}}}
pods:
  default/web-1: {node: node1}
captures:
  a.pcap: {node: node1, interface: cni0, dropped: 4}
  "*.ring": {pod: default/web-1}
  all.pcapng: [{node: node1, interface: eth0}, {node: node1, interface: cni0, dropped: 7}]
  node1_cni0.pcap: {node: node1}
  vague.pcapng: {node: node1}
  strange.pcap: {node: node1, interface: xyz}
"""
TOPOLOGY = read_topology(Document.parse(NETWORK))
BINDER = Binder(TOPOLOGY, [])
WEB = CapturePoint("node1", "eth0", Role.POD, "default/web-1")


def test_entry_of_the_topology_comes_first():
    found = BINDER.bind("x/a.pcap", name="eth0x")
    assert (found.point, found.by, found.entry.dropped) == (
        CapturePoint("node1", "cni0", Role.BRIDGE),
        "topology",
        4,
    )


def test_entry_may_be_a_glob():
    assert BINDER.bind("web.ring").point == WEB


def test_interfaces_of_one_file_are_told_apart_by_name():
    found = [BINDER.bind("all.pcapng", name=name) for name in ("eth0", "cni0", "odd")]
    assert [each.point.interface for each in found] == ["eth0", "cni0", "odd"]
    assert [each.entry.dropped for each in found] == [None, 7, None]


def test_entry_without_interface_takes_the_name_in_the_file():
    assert BINDER.bind("vague.pcapng", name="odd").point == CapturePoint("node1", "odd", Role.TUNNEL)


def test_entry_without_interface_takes_the_name_of_the_file():
    assert BINDER.bind("node1_cni0.pcap").point == CapturePoint("node1", "cni0", Role.BRIDGE)


def test_entry_without_interface_of_a_cooked_capture_is_all_of_the_node():
    assert BINDER.bind("vague.pcapng", linktype=276).point == CapturePoint("node1", "any", Role.ANY)


def test_entry_without_interface_leaves_every_point_of_the_node():
    assert [each.interface for each in BINDER.bind("vague.pcapng").candidates] == ["eth0", "cni0", "odd"]


def test_entry_with_an_interface_of_unknown_role_leaves_the_roles():
    found = BINDER.bind("strange.pcap")
    assert found.point is None
    assert {each.interface for each in found.candidates} == {"xyz"}


def test_labels_of_inspektor_gadget_name_the_pod():
    labels = (
        "k8s.node=node1;k8s.containerName=c;k8s.namespace=default;k8s.podName=web%2D1;k8s.podLabels=a%3Db"
    )
    assert BINDER.bind("trace.pcapng", name="virtual", description=labels).point == WEB


def test_labels_of_an_unknown_pod_keep_the_node():
    found = BINDER.bind(
        "trace.pcapng", name="virtual", description="k8s.node=n7;k8s.podName=db;k8s.namespace=x"
    )
    assert found.point == CapturePoint("n7", "eth0", Role.POD, "x/db")


def test_interface_in_the_file_and_owner_in_its_name():
    found = BINDER.bind("dump-node1.pcapng", name="cni0")
    assert (found.point, found.by) == (CapturePoint("node1", "cni0", Role.BRIDGE), "metadata")
    assert BINDER.bind("web-1.pcapng", name="eth0").point == WEB


def test_name_comes_last():
    found = BINDER.bind("web-1_eth0.pcap")
    assert (found.point, found.by) == (WEB, "name")


def test_nothing_is_said_where_nothing_is_known():
    found = BINDER.bind("trace.pcap")
    assert (found.point, found.by, found.candidates) == (None, "nothing", ())


def test_without_topology_the_interface_in_the_file_and_its_name_suffice():
    assert Binder(Topology(), []).bind("n5.pcapng", name="cni0").point == CapturePoint(
        "n5", "cni0", Role.BRIDGE
    )


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("scenario", scenarios())
def test_shared_captures_are_bound_by_name_as_by_topology(scenario):
    topology = load_topology(CAPTURES / scenario / "topology.yaml")
    files = sorted(file.name for file in (CAPTURES / scenario).glob("*.pcap*"))
    by_name = Binder(Topology(nodes=topology.nodes, pods=topology.pods), files)
    listed = Binder(topology, files)
    assert [by_name.bind(file).point for file in files] == [listed.bind(file).point for file in files]
    assert all(listed.bind(file).by == "topology" for file in files)


def test_json_of_tracee_says_the_pod():
    said = '{"kubernetes": {"podName": "web-9", "podNamespace": "shop"}, "hostName": "h"}'
    found = Binder(Topology(), ["c.pcap"]).bind("c.pcap", description=said)
    assert (found.by, found.point.pod, found.point.role) == ("metadata", "shop/web-9", "pod")


@pytest.mark.parametrize(
    "said", ["{", "{}", '{"kubernetes": 7}', '{"kubernetes": {"podName": ""}}', "[" * 9999]
)
def test_odd_json_says_nothing(said):
    assert Binder(Topology(), ["c.pcap"]).bind("c.pcap", description=said).point is None


def test_interface_of_a_node_whose_name_tells_no_role_may_be_several():
    found = Binder(Topology(), ["c.pcapng"]).bind("c.pcapng", name="ovs-internal", description="k8s.node=n1")
    assert found.point is None
    assert {(each.node, each.interface) for each in found.candidates} == {("n1", "ovs-internal")}


def test_eth0_that_a_file_names_may_be_of_a_node_or_a_pod():
    found = Binder(Topology(), ["x.pcapng"]).bind("x.pcapng", name="eth0")
    assert found.point is None
    assert {each.role for each in found.candidates} == {"uplink", "pod"}
