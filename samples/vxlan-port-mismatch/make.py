"""VXLAN between bridges, broken: node2 uses the port of old kernels."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, vxlan
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "vx0")["port"] = 8472


SAMPLE = Sample(
    "vxlan",
    vxlan,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "vxlan-port-mismatch",
        "node2",
        "vx0",
        "vx0 of node2 uses UDP 8472; the cluster uses 4789.",
        "Packets for 4789 are refused by node2; what it sends goes to 8472 and is refused too.",
        breaks,
    ),
)
