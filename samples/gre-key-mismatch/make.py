"""GRE, broken: node2 uses another key."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, gre
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "gre1")["key"] = 40962


SAMPLE = Sample(
    "gre",
    gre,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "gre-key-mismatch",
        "node2",
        "gre1",
        "gre1 of node2 has key 40962; the cluster uses 40961.",
        "GRE arrives at the uplink and not at gre1; the node answers with ICMP port unreachable.",
        breaks,
    ),
)
