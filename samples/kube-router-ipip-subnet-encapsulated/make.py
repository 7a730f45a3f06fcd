"""kube-router with overlay type subnet, broken: a tunnel within the subnet. All works."""

from cluster import Cluster
from datapaths import TUNNELS, kube_router
from network import Network
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    for node, peer, name in (("node1", "node2", TUNNELS[1]), ("node2", "node1", TUNNELS[0])):
        ends = {"local": cluster.address(node), "remote": cluster.address(peer)}
        cluster.node(node)["interfaces"][name] = {"kind": "tunnel", "type": "ipip", "mtu": 1480} | ends
        cluster.ways[node, peer] = "tunnel"


SAMPLE = Sample(
    "kube-router-ipip-subnet",
    lambda: kube_router("subnet"),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
    Fault(
        "encapsulated-within-subnet",
        None,
        None,
        "node1 and node2 run with --overlay-type=full.",
        "IP in IP between two nodes of one subnet; all traffic passes.",
        breaks,
        accept=("wrong-encapsulation",),
    ),
)
