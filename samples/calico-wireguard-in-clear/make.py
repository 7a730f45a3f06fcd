"""Calico with WireGuard, broken: pod packets go from node to node in clear. All works."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, calico
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node2"] = cluster.ways["node2", "node1"] = "direct"


SAMPLE = Sample(
    "calico-wireguard",
    lambda: calico("wireguard"),
    both_ways(WEB, DB),
    Fault(
        "missing-encryption",
        None,
        "wireguard.cali",
        "The nodes have no keys of each other, so that the routes lead out of eth0.",
        "Pod addresses on the uplinks, nothing at wireguard.cali; all traffic passes.",
        breaks,
        accept=("wrong-encapsulation",),
    ),
)
