"""flannel VXLAN with IPv6 alone, broken: node1 sends its own tunnel into the tunnel."""

from cluster import Cluster
from families import ipv6
from network import Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.inside_itself.add(("node1", "node2"))


SAMPLE = Sample(
    "flannel-vxlan",
    lambda: ipv6(flannel()),
    both_ways(WEB, DB)[:3],
    Fault(
        "tunnel-in-own-tunnel",
        "node1",
        "flannel-v6.1",
        "A policy rule of node1 leads the address of node2 into flannel-v6.1.",
        "VXLAN with VNI 1 in VXLAN with VNI 1.",
        breaks,
        accept=("wrong-encapsulation",),
    ),
)
