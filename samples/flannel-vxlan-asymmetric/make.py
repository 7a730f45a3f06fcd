"""flannel VXLAN, broken: node2 answers without the tunnel. All works."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, both_ways


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.ways["node2", "node1"] = "direct"


SAMPLE = Sample(
    "flannel-vxlan",
    flannel,
    both_ways(WEB, DB)[:3],
    Fault(
        "asymmetric-path",
        "node2",
        "flannel.1",
        "node2 has a route to 10.100.0.0/24 by the address of node1.",
        "Requests travel in VXLAN, answers as plain packets on the same uplinks.",
        breaks,
        accept=("wrong-encapsulation",),
    ),
)
