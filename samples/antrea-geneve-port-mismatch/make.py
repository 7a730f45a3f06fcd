"""Antrea with Geneve, broken: node2 uses another port."""

from cluster import Cluster
from datapaths import antrea
from network import Network
from profiles import DB, WEB
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "genev_sys_6081")["port"] = 6082


SAMPLE = Sample(
    "antrea-geneve",
    antrea,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "tunnel-port-mismatch",
        "node2",
        "genev_sys_6081",
        "The agent of node2 was started with tunnelPort 6082; the cluster uses 6081.",
        "Packets for 6081 are refused by node2; what it sends goes to 6082 and is refused too.",
        breaks,
    ),
)
