"""Calico VXLAN CrossSubnet, broken: node1 sends to the other subnet without a tunnel."""

from cluster import Cluster
from network import Network
from profiles import CACHE, DB, WEB, vxlan_crosssubnet
from sample import Fault, Sample, both_ways, one_way


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node1", "node3"] = "default"


SAMPLE = Sample(
    "calico-vxlan-crosssubnet",
    vxlan_crosssubnet,
    [*one_way(WEB, CACHE), *both_ways(WEB, DB, 2.2)],
    Fault(
        "not-encapsulated-across-subnets",
        "node1",
        "vxlan.calico",
        "node1 has lost its route to 10.200.37.128/26, and sends by its default route.",
        "Plain pod packets leave for the router, which answers: network unreachable.",
        breaks,
        accept=("wrong-encapsulation", "missing-route"),
    ),
)
