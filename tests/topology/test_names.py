import pytest

from pcapcheck.documents.document import Document
from pcapcheck.documents.values import cidr
from pcapcheck.topology.load import read_topology
from pcapcheck.topology.names import OF_CLUSTER, Names
from pcapcheck.topology.topology import Node, Pod, Service, Topology

NETWORK = """
cluster: {pod_cidr: [10.244.0.0/16], service_cidr: 10.96.0.0/12}
nodes:
  node1:
    addresses: [192.168.10.11]
    interfaces:
      eth0: {kind: uplink, mac: "52:54:00:00:00:11", addresses: [192.168.10.11/24], mtu: 1500}
      eth1: {kind: uplink, mac: "52:54:00:00:00:12"}
      flannel.1: {kind: vtep, mac: "0e:00:00:00:00:01", vni: 1}
      cni0: {kind: bridge, mac: "0a:58:0a:f4:00:01", addresses: [10.244.0.1/24]}
      cni1: {kind: bridge, mac: "0a:58:0a:f4:00:02"}
      veth1: {kind: veth, pod: default/web, mac: "ee:ee:ee:ee:ee:01", bridge: cni1}
      veth2: {kind: veth, pod: default/db, mac: "ee:ee:ee:ee:ee:02"}
  node2:
    addresses: [192.168.10.12]
    interfaces:
      cali1: {kind: veth, pod: default/far, mac: "ee:ee:ee:ee:ee:ee"}
pods:
  default/web: {node: node1, addresses: [10.244.0.5], mac: "02:00:00:00:00:05", identity: 77}
  default/db: {node: node1, addresses: [10.244.0.6], gateway: {ip: 10.244.0.1}}
  default/far: {node: node2, addresses: [10.244.1.5]}
  default/own: {node: node1, addresses: [10.244.0.7], gateway: {mac: "02:00:00:00:00:99"}}
services: {default/dns: {address: 10.96.0.10}}
"""
TOPOLOGY = read_topology(Document.parse(NETWORK))
NAMES = Names(TOPOLOGY, None)
WEB, DB, FAR, OWN = "10.244.0.5", "10.244.0.6", "10.244.1.5", "10.244.0.7"


@pytest.mark.parametrize(
    ("address", "name", "values"),
    [
        (WEB, "address", (WEB,)),
        (WEB, "pod.mac", ("02:00:00:00:00:05",)),
        (WEB, "pod.addresses", (WEB,)),
        (WEB, "pod.identity", (77,)),
        (DB, "pod.mac", ()),
        (WEB, "pod.node", ()),
        (WEB, "node.addresses", ("192.168.10.11",)),
        (WEB, "node.vtep.mac", ("0e:00:00:00:00:01",)),
        (WEB, "node.vtep.vni", (1,)),
        (WEB, "node.uplink.mac", ("52:54:00:00:00:11", "52:54:00:00:00:12")),
        ("192.168.10.12", "node.name", ("node2",)),
        ("192.168.10.12", "pod.mac", ()),
        (WEB, "nothing.mac", ()),
    ],
)
def test_an_end_of_a_flow_is_known_by_who_owns_its_address(address, name, values):
    assert NAMES.of_address(address, name) == values


@pytest.mark.parametrize("name", ["pod.mac", "node.name", "gateway.mac"])
@pytest.mark.parametrize("address", [None, "8.8.8.8", "10.96.0.10"])
def test_nothing_is_known_of_who_is_neither_pod_nor_node(address, name):
    assert NAMES.of_address(address, name) == ()


@pytest.mark.parametrize(
    ("address", "macs"),
    [
        (WEB, ("0a:58:0a:f4:00:02",)),
        (DB, ("0a:58:0a:f4:00:01", "0a:58:0a:f4:00:02")),
        (FAR, ("ee:ee:ee:ee:ee:ee",)),
        (OWN, ("02:00:00:00:00:99",)),
    ],
    ids=["the bridge of its veth", "any bridge", "its veth without bridge", "its own"],
)
def test_a_pods_gateway_is_its_own_or_the_bridges_or_its_veths(address, macs):
    assert NAMES.of_address(address, "gateway.mac") == macs


def test_the_profiles_gateway_is_all_pods_but_those_with_their_own():
    names = Names(TOPOLOGY, "ee:ee:ee:ee:ee:ee")
    assert names.of_address(WEB, "gateway.mac") == ("ee:ee:ee:ee:ee:ee",)
    assert names.of_address(OWN, "gateway.mac") == ("02:00:00:00:00:99",)


def test_the_address_of_a_gateway_is_known_only_if_the_pod_says_it():
    assert NAMES.of_address(DB, "gateway.ip") == ("10.244.0.1",)
    assert NAMES.of_address(WEB, "gateway.ip") == ()


@pytest.mark.parametrize(
    ("point", "name", "values"),
    [
        (("node1", "eth0"), "mac", ("52:54:00:00:00:11",)),
        (("node1", "eth0"), "mtu", (1500,)),
        (("node1", "eth0"), "addresses", ("192.168.10.11/24",)),
        (("node1", "eth1"), "mtu", ()),
        (("node1", "flannel.1"), "vni", (1,)),
        (("node1", "veth1"), "pod.mac", ("02:00:00:00:00:05",)),
        (("node1", "eth0"), "pod.mac", ()),
        (("node1", "eth0"), "node.name", ("node1",)),
        (("node1", "none"), "mac", ()),
        (("node9", "eth0"), "mac", ()),
        ((None, "eth0"), "mac", ()),
        (None, "mac", ()),
    ],
)
def test_a_hop_is_known_by_its_node_and_interface(point, name, values):
    assert NAMES.of_point(point, name) == values


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("pod_cidr", (cidr("10.244.0.0/16"),)),
        ("service_cidr", (cidr("10.96.0.0/12"),)),
        ("node_addresses", ("192.168.10.11", "192.168.10.12")),
        ("uplink_macs", ("52:54:00:00:00:11", "52:54:00:00:00:12")),
        ("nothing", ()),
    ],
)
def test_a_cluster_is_its_networks_and_nodes(name, values):
    assert NAMES.of_cluster(name) == values


def test_without_pod_networks_of_the_cluster_those_of_its_nodes_count():
    topology = Topology(nodes={"node1": Node("node1", (), ("10.244.0.0/24",))})
    assert Names(topology, None).of_cluster("pod_cidr") == (cidr("10.244.0.0/24"),)


def test_without_any_pod_network_the_addresses_of_pods_count_but_not_of_host_network_pods():
    pod = Pod("default/web", "node1", ("10.244.0.5",))
    host = Pod("kube-system/proxy", "node1", ("192.168.10.11",), host_network=True)
    topology = Topology(pods={pod.name: pod, host.name: host})
    assert Names(topology, None).of_cluster("pod_cidr") == (cidr("10.244.0.5"),)


def test_without_service_networks_the_addresses_of_services_count():
    topology = Topology(services={"default/dns": Service("default/dns", ("10.96.0.10",))})
    assert Names(topology, None).of_cluster("service_cidr") == (cidr("10.96.0.10"),)


def test_an_empty_topology_has_no_values_for_the_cluster():
    assert {Names(Topology(), None).of_cluster(name) for name in OF_CLUSTER} == {()}
