"""flannel VXLAN, broken: the network between the nodes doubles packets."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, both_ways, ping
from wire import Frame, Packet


def breaks(cluster: Cluster, network: Network) -> None:
    mac = cluster.interface("node2", "eth0")["mac"]

    def second(frame: Frame) -> bool:
        packet = frame.content
        return frame.destination == mac and isinstance(packet, Packet) and packet.identification % 2 == 0

    network.double("node2_eth0.pcap", second)


SAMPLE = Sample(
    "flannel-vxlan",
    flannel,
    [*both_ways(WEB, DB)[:3], ping(WEB, DB, 1.2, count=6)],
    Fault(
        "duplicate-packets",
        None,
        None,
        "Two ports of the switch deliver to node2.",
        "Every other packet arrives twice at eth0 of node2 and in the pod, with the same IP ID.",
        breaks,
    ),
)
