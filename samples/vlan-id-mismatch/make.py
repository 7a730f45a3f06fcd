"""A VLAN for pod traffic, broken: node2 uses another tag."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, vlan
from sample import Fault, Sample, one_way, ping


def breaks(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "eth0.301")["vlan"] = 302


SAMPLE = Sample(
    "vlan",
    vlan,
    [*one_way(WEB, DB, pings=6), ping(DB, WEB, 1.3)],
    Fault(
        "vlan-id-mismatch",
        "node2",
        "eth0.301",
        "The VLAN interface of node2 has tag 302; the cluster uses 301.",
        "ARP with tag 301 arrives at eth0 of node2 and not at eth0.301; the nodes say: host unreachable.",
        breaks,
        accept=("arp-unanswered",),
    ),
)
