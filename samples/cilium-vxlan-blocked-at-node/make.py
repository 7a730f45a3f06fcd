"""Cilium VXLAN, broken: the firewall of node2 drops UDP 8472."""

from cluster import Cluster
from datapaths import cilium
from network import Network
from profiles import DB, WEB
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    mac = cluster.interface("node2", "cilium_vxlan")["mac"]
    network.drop("node2_cilium_vxlan.pcap", lambda frame: frame.destination == mac)


SAMPLE = Sample(
    "cilium-vxlan",
    cilium,
    [*one_way(WEB, DB), ping(DB, WEB, 1.3)],
    Fault(
        "tunnel-blocked-at-node",
        "node2",
        "eth0",
        "The firewall of node2 drops UDP 8472 that comes in.",
        "VXLAN with right headers arrives at eth0 of node2 and is not seen at cilium_vxlan.",
        breaks,
    ),
)
