"""Canal, broken: node1 has no fdb entry for the VTEP of node2."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, canal
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.fdb["node1", "node2"] = None


SAMPLE = Sample(
    "canal",
    canal,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "fdb-missing",
        "node1",
        "flannel.1",
        "node1 has no fdb entry for the MAC of flannel.1 on node2.",
        "Packets are seen at flannel.1 of node1 and never leave its eth0.",
        breaks,
    ),
)
