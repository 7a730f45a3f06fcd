"""flannel VXLAN, broken: node2 uses another VNI, so each node drops what the other sends."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, fetch, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "flannel.1")["vni"] = 7


SAMPLE = Sample(
    "flannel-vxlan",
    flannel,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3), fetch(DB, WEB, 1.8)],
    Fault(
        "vni-mismatch",
        "node2",
        "flannel.1",
        "The VXLAN device of node2 has VNI 7; the cluster uses VNI 1.",
        "Packets with VNI 1 reach eth0 of node2 and not its flannel.1; what node2 sends has VNI 7.",
        breaks,
    ),
)
