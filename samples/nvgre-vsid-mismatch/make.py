"""NVGRE, broken: node2 uses another virtual subnet."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, nvgre
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "nvgre0")["vsid"] = 5002


SAMPLE = Sample(
    "nvgre",
    nvgre,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "nvgre-vsid-mismatch",
        "node2",
        "nvgre0",
        "nvgre0 of node2 has VSID 5002; the tenant's is 5001.",
        "ARP in NVGRE arrives at the uplink and not at nvgre0; the node answers with ICMP port unreachable.",
        breaks,
        accept=("gre-key-mismatch",),
    ),
)
