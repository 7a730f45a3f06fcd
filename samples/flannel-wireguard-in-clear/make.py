"""Flannel WireGuard, broken: pod packets go from node to node in clear. All works."""

from cluster import Cluster
from network import Network
from profiles import API, DB, WEB, flannel, with_service
from sample import Fault, Sample, both_ways, fetch
from services import Nat
from wire import End


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node2"] = cluster.ways["node2", "node1"] = "direct"


SAMPLE = Sample(
    "flannel-wireguard",
    lambda: with_service(flannel("wireguard")),
    [*both_ways(WEB, DB), fetch(WEB, DB, 1.2, nat=Nat(End(API, 80)))],
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
