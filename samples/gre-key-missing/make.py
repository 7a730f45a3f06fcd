"""GRE, broken: node2 uses no key."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, gre
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "gre1").pop("key")


SAMPLE = Sample(
    "gre",
    gre,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "gre-key-mismatch",
        "node2",
        "gre1",
        "gre1 of node2 was made without a key; the cluster uses 40961.",
        "GRE arrives at the uplink and not at gre1; the node answers with ICMP port unreachable.",
        breaks,
    ),
)
