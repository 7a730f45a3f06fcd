from linuxhosts import host, link

from pcapcheck.dumps.kubernetes import Cluster, KubeNode, KubePod
from pcapcheck.dumps.members import gather
from pcapcheck.dumps.residence import settle

A, B = "02:00:00:00:00:0a", "02:00:00:00:00:0b"
NODE = host(
    "host-1",
    link("eth0", 2, addresses=["192.168.10.11/24"]),
    link("cni0", 3, kind="bridge", addresses=["10.244.0.1/24"]),
    link("vetha", 5, kind="veth", peer=2, master="cni0"),
    link("vethb", 6, kind="veth", peer=2, master="cni0"),
    {"mac": A, "ifname": "vetha"},
    {"mac": B, "ifname": "vethb"},
    {"dst": "10.244.0.6", "dev": "cni0", "lladdr": B, "state": ["REACHABLE"]},
)
POD = host("a", link("eth0", 2, kind="veth", peer=5, mac=A, addresses=["10.244.0.5/24"]))
PODS = {
    "web/a-x": KubePod("web/a-x", "n1", ("10.244.0.5",)),
    "web/b-x": KubePod("web/b-x", "n1", ("10.244.0.6",)),
    "web/h-x": KubePod("web/h-x", "n1", ("192.168.10.11",), host_network=True),
}
CLUSTER = Cluster(nodes={"n1": KubeNode("n1", ("192.168.10.11",), ("10.244.0.0/24",))}, pods=PODS)


def gathered(cluster, *hosts):
    known = {each.name: each for each in hosts}
    return gather(known, settle(known, cluster.nodes), cluster)


def test_host_has_the_name_that_kubernetes_has_for_its_address():
    assert list(gathered(CLUSTER, NODE, POD).nodes) == ["n1"]


def test_dumped_pod_has_the_name_that_kubernetes_has_for_its_address():
    pod = gathered(CLUSTER, NODE, POD).pods["web/a-x"]
    assert (pod.node, pod.addresses, pod.mac) == ("n1", ("10.244.0.5",), A)


def test_pod_that_was_not_dumped_is_found_behind_its_veth():
    members = gathered(CLUSTER, NODE)
    assert members.pods["web/b-x"].mac == B
    assert members.nodes["n1"].interfaces["vethb"].pod == "web/b-x"


def test_host_network_pod_has_no_veth():
    members = gathered(CLUSTER, NODE, POD)
    assert members.pods["web/h-x"].host_network is True
    assert {each.pod for each in members.nodes["n1"].of_role("veth")} == {"web/a-x", "web/b-x"}


def test_without_kubernetes_names_are_those_of_the_files():
    members = gathered(Cluster(), NODE, POD)
    assert (list(members.nodes), list(members.pods)) == (["host-1"], ["default/a"])


def test_node_that_was_not_dumped_is_still_a_node():
    assert gathered(CLUSTER, POD).nodes["n1"].addresses == ("192.168.10.11",)


def test_macvlan_pod_has_type_mode_and_parent():
    node = host("n1", link("eth0", 2, mac=B), {"mac": A, "ifname": "eth0", "state": "permanent"})
    pod = host("web_a", link("eth0", 3, kind="macvlan", peer=2, mac=A, data={"mode": "vepa"}))
    found = gathered(Cluster(), node, pod).pods["web/a"]
    assert (found.type, found.mode, found.parent) == ("macvlan", "vepa", "eth0")
