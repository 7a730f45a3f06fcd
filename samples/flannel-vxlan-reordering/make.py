"""flannel VXLAN, broken: the network between the nodes changes the order."""

from cluster import Cluster
from network import Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, both_ways, ping
from wire import Frame, Packet


def breaks(cluster: Cluster, network: Network) -> None:
    mac = cluster.interface("node2", "eth0")["mac"]

    def third(frame: Frame) -> bool:
        packet = frame.content
        return frame.destination == mac and isinstance(packet, Packet) and packet.identification % 3 == 0

    network.delay("node2_eth0.pcap", third, by=900)


SAMPLE = Sample(
    "flannel-vxlan",
    flannel,
    [*both_ways(WEB, DB)[:3], ping(WEB, DB, 1.2, count=24, interval=300)],
    Fault(
        "reordering",
        None,
        None,
        "A bond of the switches balances by packet.",
        "Packets from node1 overtake each other on the way to node2.",
        breaks,
    ),
)
