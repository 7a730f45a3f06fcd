"""`$cluster.…`: what the topology says of the whole network."""

from pcapcheck.check.cluster import cluster_names, cluster_values
from pcapcheck.topology.topology import Interface, Node, Pod, Role, Service, Topology
from pcapcheck.values import cidr

UPLINK = Interface("eth0", Role.UPLINK, mac="52:54:00:00:00:01")
NODE = Node("node1", ("192.168.10.11",), ("10.244.0.0/24",), {"eth0": UPLINK, "lo": Interface("lo", Role.LO)})
POD = Pod("default/web", "node1", ("10.244.0.5",))


def test_pod_networks_are_the_clusters():
    topology = Topology(pod_cidrs=("10.244.0.0/16",), nodes={"node1": NODE})
    assert cluster_values(topology, "pod_cidr") == (cidr("10.244.0.0/16"),)


def test_without_them_the_nodes_parts_are():
    assert cluster_values(Topology(nodes={"node1": NODE}), "pod_cidr") == (cidr("10.244.0.0/24"),)


def test_without_those_the_pods_addresses_are():
    host = Pod("kube-system/proxy", "node1", ("192.168.10.11",), host_network=True)
    topology = Topology(pods={POD.name: POD, host.name: host})
    assert cluster_values(topology, "pod_cidr") == (cidr("10.244.0.5"),)


def test_service_networks_may_be_known_by_services_alone():
    topology = Topology(services={"default/dns": Service("default/dns", ("10.96.0.10",))})
    assert cluster_values(topology, "service_cidr") == (cidr("10.96.0.10"),)


def test_nodes_have_addresses_and_uplinks():
    topology = Topology(nodes={"node1": NODE})
    assert cluster_values(topology, "node_addresses") == (cidr("192.168.10.11"),)
    assert cluster_values(topology, "uplink_macs") == (0x525400000001,)


def test_empty_topology_and_unknown_names_have_no_values():
    assert {cluster_values(Topology(), name) for name in (*cluster_names(), "nothing")} == {()}
