from linuxhosts import host

from pcapcheck.dumps.blocks import apply_blocks, blocks_of, cluster_networks
from pcapcheck.dumps.members import Members
from pcapcheck.topology.topology import Interface, Node, Pod, Role


def node(name, *interfaces, pod_cidrs=()):
    return Node(name, pod_cidrs=pod_cidrs, interfaces={each.name: each for each in interfaces})


def members(*nodes, hosts=(), lengths=None, pods=None):
    known = {each.name: each for each in hosts}
    return Members({each.name: each for each in nodes}, known, pods or {}, lengths or {})


def test_what_kubernetes_says_comes_first():
    bridge = Interface("cni0", Role.BRIDGE, addresses=("10.9.0.1/24",))
    told = node("n1", bridge, Interface("v", Role.VETH, bridge="cni0"), pod_cidrs=("10.244.0.0/24",))
    assert blocks_of(members(told)) == {"n1": ("10.244.0.0/24",)}


def test_bridge_with_pods_says_the_block_of_each_family():
    bridge = Interface("cni0", Role.BRIDGE, addresses=("10.244.0.1/24", "fd00::1/64"))
    found = members(node("n1", bridge, Interface("v", Role.VETH, bridge="cni0")))
    assert blocks_of(found) == {"n1": ("10.244.0.0/24", "fd00::/64")}


def test_blackhole_of_calico_says_the_block():
    rows = [{"type": "blackhole", "dst": "10.244.138.64/26"}]
    assert blocks_of(members(node("n1"), hosts=[host("n1", *rows)])) == {"n1": ("10.244.138.64/26",)}


def test_route_of_another_node_says_the_block():
    uplink = Interface("eth0", Role.UPLINK, addresses=("192.168.10.12/24",))
    rows = [
        {"dst": "10.244.1.0/24", "gateway": "192.168.10.12"},
        {"dst": "default", "gateway": "192.168.10.12"},
    ]
    assert blocks_of(members(node("n1"), node("n2", uplink), hosts=[host("n1", *rows)]))["n2"] == (
        "10.244.1.0/24",
    )


def test_prefix_length_of_pods_comes_last():
    assert blocks_of(members(node("n1"), lengths={"n1": ["10.0.0.5/24", "10.0.0.6/32"]})) == {
        "n1": ("10.0.0.0/24",)
    }


def test_cluster_network_that_was_told_counts():
    assert cluster_networks([("10.1.0.0/24",)], ["10.0.0.0/8"], members()) == ("10.0.0.0/8",)


def test_cluster_network_is_guessed_around_the_blocks_of_each_family():
    blocks = [("10.244.0.0/24", "fd00:10:244:1::/64"), ("10.244.1.0/24", "fd00:10:244:2::/64")]
    assert cluster_networks(blocks, [], members()) == ("10.244.0.0/16", "fd00:10:244::/56")


def test_macvlan_pods_have_no_network_but_their_blocks():
    pods = {"a": Pod("a", "n1", (), type="macvlan", mode="bridge")}
    blocks = [("192.168.20.0/24",), ("192.168.30.0/24",)]
    assert cluster_networks(blocks, [], members(pods=pods)) == ("192.168.20.0/24", "192.168.30.0/24")


def test_blocks_are_put_into_the_nodes():
    assert apply_blocks({"n1": node("n1")}, {"n1": ("10.0.0.0/24",)})["n1"].pod_cidrs == ("10.0.0.0/24",)
