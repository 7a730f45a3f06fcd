"""Which points hear the same broadcasts."""

from scene import scene

from nodenetwork import macvlan
from pcapcheck.diagnose.domains import domain, segment
from profiles import DB, WEB
from sample import both_ways


def names(case):
    return {
        (point.node, point.interface): domain(case, point)
        for point in case.network.capture_points
        if point is not None
    }


def test_a_bridge_and_its_ports_are_one_domain_and_the_network_another(tmp_path):
    told = names(scene(tmp_path))
    assert told["node1", "cni0"] == told["node1", "veth1f6c2a90"]
    assert told["node1", "eth0"] == told["node2", "eth0"] == "lan" or told["node1", "eth0"] == "node1 cni0"
    assert told["node1", "cni0"] != told["node2", "cni0"]


def test_macvlan_pods_are_on_the_nodes_network(tmp_path):
    case = scene(tmp_path, both_ways(WEB, DB), lambda: macvlan("bridge"))
    assert set(names(case).values()) == {"lan"}


def test_pods_of_one_parent_are_in_one_segment(tmp_path):
    case = scene(tmp_path, both_ways(WEB, DB), lambda: macvlan("bridge"))
    topology = case.network.topology
    assert segment(topology, topology.pods[WEB]) == segment(topology, topology.pods[DB])
