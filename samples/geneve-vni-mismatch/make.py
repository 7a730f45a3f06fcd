"""Geneve, broken: node2 uses another VNI, so each node drops what the other sends."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, geneve
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "genev1")["vni"] = 6636322


SAMPLE = Sample(
    "geneve",
    geneve,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "vni-mismatch",
        "node2",
        "genev1",
        "genev1 of node2 has VNI 6636322; the cluster uses 6636321.",
        "Geneve arrives at the uplink and not at genev1; the other direction has another VNI.",
        breaks,
    ),
)
