"""Flannel DirectRouting, broken: node1 sends plain pod packets towards the router of the other subnet."""

from cluster import Cluster
from network import Network
from profiles import CACHE, DB, WEB, directrouting
from sample import Fault, Sample, both_ways, one_way


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node3"] = "default"


SAMPLE = Sample(
    "flannel-vxlan-directrouting",
    directrouting,
    [*both_ways(WEB, DB), *one_way(WEB, CACHE, 0.9)],
    Fault(
        "not-encapsulated-across-subnets",
        "node1",
        "flannel.1",
        "node1 has lost its route over flannel.1 to the pods of node3.",
        "Plain pod addresses leave for the router, which answers with net unreachable; one subnet is well.",
        breaks,
        accept=("wrong-encapsulation", "missing-route"),
    ),
)
