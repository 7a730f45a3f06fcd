"""OVN-Kubernetes, broken: node1 believes that the pod of node2 is on node3."""

from cluster import Cluster
from datapaths import ovn
from network import Network
from profiles import CACHE, DB, WEB
from sample import Fault, Sample, both_ways, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.fdb["node1", "node2"] = "node3"


SAMPLE = Sample(
    "ovn-geneve",
    lambda: ovn(3),
    [*one_way(WEB, DB), ping(DB, WEB, 1.3), *both_ways(WEB, CACHE, 2.2)],
    Fault(
        "fdb-wrong-vtep",
        "node1",
        "genev_sys_6081",
        "The port binding that node1 has of default/db-0 names the chassis of node3.",
        "Packets for 10.100.1.2 leave node1 for node3, which has no such port.",
        breaks,
    ),
)
