"""Cilium with native routing, broken: node1 routes to the pods of node2 by node3. All works."""

from cluster import Cluster
from datapaths import cilium
from network import Network
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node2"] = "node3"


SAMPLE = Sample(
    "cilium-native",
    lambda: cilium("native", 3),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
    Fault(
        "wrong-next-hop",
        "node1",
        "eth0",
        "The route of node1 to 10.100.1.0/24 goes by node3.",
        "Requests cross node3, with one TTL less; answers come directly.",
        breaks,
    ),
)
