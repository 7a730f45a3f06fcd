"""Calico VXLAN, broken: node1 has no fdb entry for the VTEP of node2."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, calico
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.fdb["node1", "node2"] = None


SAMPLE = Sample(
    "calico-vxlan",
    lambda: calico("vxlan"),
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "fdb-missing",
        "node1",
        "vxlan.calico",
        "node1 has no fdb entry for the MAC of vxlan.calico on node2.",
        "Packets are seen at vxlan.calico of node1 and never leave its eth0.",
        breaks,
    ),
)
