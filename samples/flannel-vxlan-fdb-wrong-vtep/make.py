"""flannel VXLAN, broken: the forwarding database of node1 sends packets for node2 to node3."""

from cluster import Cluster
from network import Network
from profiles import CACHE, DB, WEB, flannel
from sample import Fault, Sample, both_ways, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.fdb["node1", "node2"] = "node3"


SAMPLE = Sample(
    "flannel-vxlan",
    lambda: flannel(nodes=3),
    [*one_way(WEB, DB), ping(DB, WEB, 1.3), *both_ways(WEB, CACHE, 2.2)],
    Fault(
        "fdb-wrong-vtep",
        "node1",
        "flannel.1",
        "The fdb entry of node1 for the VTEP of node2 points at 192.168.186.130 (node3).",
        "Packets for 10.100.1.0/24 leave node1 for node3, whose flannel.1 is not meant by their MAC.",
        breaks,
    ),
)
