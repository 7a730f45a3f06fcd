import pytest
from linuxhosts import host, link
from shared import CAPTURES, REASON, scenarios

from pcapcheck.dumps.dumps import read_dumps
from pcapcheck.dumps.residence import settle
from pcapcheck.topology.load import load_topology

A, B, NIC = "02:00:00:00:00:0a", "02:00:00:00:00:0b", "52:54:00:00:00:01"


def settled(*hosts, known=()):
    return settle({each.name: each for each in hosts}, known)


def homes(residences):
    return {pod: (several[0].node, several[0].outside.name) for pod, several in residences.pods.items()}


def test_pod_behind_a_bridge_is_found_by_its_mac():
    veth = link("vetha", 5, kind="veth", peer=2, master="cni0")
    one = host("node1", link("cni0", 3, kind="bridge"), veth, {"mac": A, "ifname": "vetha"})
    two = host("node2", link("cni0", 3, kind="bridge"), veth, {"mac": B, "ifname": "vetha"})
    pod = host("a", link("eth0", 2, kind="veth", peer=5, mac=A, addresses=["10.244.0.5/24"]))
    found = settled(two, one, pod)
    assert found.nodes == ["node2", "node1"]
    assert homes(found) == {"a": ("node1", "vetha")}


def test_routed_pod_is_found_by_its_address():
    node = host("node1", link("cali1", 5, kind="veth", peer=2), {"dst": "10.244.0.5", "dev": "cali1"})
    pod = host("a", link("eth0", 2, kind="veth", peer=5, mac=A, addresses=["10.244.0.5/32"]))
    assert homes(settled(node, pod)) == {"a": ("node1", "cali1")}


def test_indices_alone_prove_nothing():
    node = host("node1", link("cali1", 5, kind="veth", peer=2))
    pod = host("a", link("eth0", 2, kind="veth", peer=5, mac=A, addresses=["10.244.0.5/32"]))
    assert homes(settled(node, pod)) == {}


def test_macvlan_pod_is_found_by_the_mac_that_its_parent_accepts():
    node = host("node1", link("eth0", 2, mac=NIC), {"mac": A, "ifname": "eth0", "state": "permanent"})
    pod = host("a", link("eth0", 3, kind="macvlan", peer=2, mac=A))
    assert homes(settled(node, pod)) == {"a": ("node1", "eth0")}


def test_ipvlan_pod_is_found_by_the_mac_of_its_parent():
    node = host("node1", link("eth0", 2, mac=NIC))
    other = host("node2", link("eth0", 2, mac="52:54:00:00:00:02"))
    pod = host("a", link("eth0", 3, kind="ipvlan", peer=2, mac=NIC))
    assert homes(settled(node, other, pod)) == {"a": ("node1", "eth0")}


def test_host_beside_a_node_is_one_and_a_host_elsewhere_is_none():
    node = host("n1", link("eth0", 2, addresses=["10.0.0.1/24"]), link("flannel.1", 3, kind="vxlan"))
    beside = host("n2", link("eth0", 2, addresses=["10.0.0.2/24"]))
    outside = host("client", link("eth0", 2, addresses=["198.18.0.2/30"]))
    found = settled(node, beside, outside, known=["n1"])
    assert (found.nodes, found.others) == (["n1", "n2"], ["client"])


@pytest.mark.skipif(not CAPTURES.is_dir(), reason=REASON)
@pytest.mark.parametrize("scenario", scenarios())
def test_shared_pods_live_where_their_topology_says(scenario):
    topology = load_topology(CAPTURES / scenario / "topology.yaml")
    found = settle(read_dumps(CAPTURES / scenario / "state").hosts)
    assert set(found.nodes) == set(topology.nodes)
    assert {f"default/{pod}": home[0] for pod, home in homes(found).items()} == {
        name: pod.node for name, pod in topology.pods.items()
    }
