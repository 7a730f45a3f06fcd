"""Calico IPIP CrossSubnet, broken: the network drops packets whose source is no node."""

from cluster import Cluster
from network import Network
from profiles import CACHE, DB, WEB, crosssubnet
from sample import Fault, Sample, both_ways, one_way
from wire import Frame, Packet


def breaks(cluster: Cluster, network: Network) -> None:
    def spoofed(frame: Frame) -> bool:
        return isinstance(frame.content, Packet) and frame.content.source.startswith("10.200.")

    for node in ("node1", "node2"):
        mac = cluster.interface(node, "eth0")["mac"]
        network.drop(f"{node}_eth0.pcap", lambda frame, mac=mac: frame.destination == mac and spoofed(frame))


SAMPLE = Sample(
    "calico-ipip-crosssubnet",
    crosssubnet,
    [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2)],
    Fault(
        "underlay-antispoof",
        None,
        None,
        "Port security of the network knows the addresses of the nodes only.",
        "Plain pod packets leave one uplink and never reach the other; IPIP to the third node passes.",
        breaks,
    ),
)
