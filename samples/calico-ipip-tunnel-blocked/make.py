"""Calico IPIP, broken: the network between the nodes drops IP protocol 4, and nothing else."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, calico
from sample import Fault, Sample, fetch, one_way, ping
from wire import IPIP, Frame, Packet


def breaks(cluster: Cluster, network: Network) -> None:
    def arriving_tunnel(node: str) -> None:
        mac = cluster.interface(node, "eth0")["mac"]
        network.drop(f"{node}_eth0.pcap", lambda frame: frame.destination == mac and is_ipip(frame))

    arriving_tunnel("node1")
    arriving_tunnel("node2")


def is_ipip(frame: Frame) -> bool:
    return isinstance(frame.content, Packet) and frame.content.protocol == IPIP


SAMPLE = Sample(
    "calico-ipip",
    calico,
    [
        *one_way(WEB, DB),
        ping(DB, WEB, 1.3),
        fetch("node1", "node2", 1.6, port=10250),
        ping("node1", "node2", 2.1),
        fetch("node2", "node1", 8.2, port=10250),
    ],
    Fault(
        "tunnel-blocked-on-fabric",
        None,
        None,
        "A security group between the nodes allows TCP and ICMP, not IP protocol 4.",
        "IPIP leaves one uplink and never reaches the other; what the nodes say to each other arrives.",
        breaks,
    ),
)
