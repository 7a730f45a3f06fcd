"""Flannel host-gw, broken: node1 routes to the pods of node2 by way of node3, which forwards. All works."""

from cluster import Cluster
from network import Network
from profiles import CACHE, DB, WEB, host_gw
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node2"] = "node3"


SAMPLE = Sample(
    "flannel-host-gw",
    lambda: host_gw(nodes=3),
    [*both_ways(WEB, DB), *both_ways(WEB, CACHE, 1.2)],
    Fault(
        "wrong-next-hop",
        "node1",
        "eth0",
        "The route of node1 to 10.100.1.0/24 goes to 192.168.186.130 (node3).",
        "Frames for pods of node2 leave for the MAC of node3, pass it, and arrive with a TTL one less.",
        breaks,
        accept=("asymmetric-path",),
    ),
)
