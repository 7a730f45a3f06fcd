"""Flannel WireGuard, broken: pod packets go from node to node in clear. All works."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node2"] = cluster.ways["node2", "node1"] = "direct"


SAMPLE = Sample(
    "flannel-wireguard",
    lambda: flannel("wireguard"),
    both_ways(WEB, DB),
    Fault(
        "missing-encryption",
        None,
        "flannel-wg",
        "Another agent has left routes to the pods of the other node that are more specific.",
        "Pod addresses on the uplinks, nothing at flannel-wg; all traffic passes.",
        breaks,
        accept=("wrong-encapsulation",),
    ),
)
