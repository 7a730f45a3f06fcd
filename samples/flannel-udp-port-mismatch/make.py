"""Flannel UDP, broken: flanneld of node2 uses another port."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "flannel0")["port"] = 8300


SAMPLE = Sample(
    "flannel-udp",
    lambda: flannel("udp"),
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "tunnel-port-mismatch",
        "node2",
        "flannel0",
        "flanneld of node2 uses UDP 8300; the cluster uses 8285.",
        "Packets for 8285 are refused by node2; what it sends goes to 8300 and is refused too.",
        breaks,
    ),
)
