"""flannel VXLAN, broken: the connection table of node2 is full, so new connections are dropped there.

The kernel drops a packet for which it cannot make an entry (net/netfilter/nf_conntrack_core.c,
__nf_conntrack_alloc: "table full, dropping packet"); connections that have an entry go on.
"""

import struct

from cluster import Cluster
from kept import kept
from network import SECOND, Network
from profiles import DB, WEB, flannel
from sample import Fault, Sample, fetch, ping
from wire import TCP, Frame, Packet

SYN, ACK = 0x02, 0x10


def breaks(cluster: Cluster, network: Network) -> None:
    opened: set[int] = set()

    def new(frame: Frame) -> bool:
        packet = frame.content
        if not isinstance(packet, Packet) or packet.protocol != TCP or packet.source != cluster.address(WEB):
            return False
        port = struct.unpack(">H", packet.payload[:2])[0]
        opens = packet.payload[13] & (SYN | ACK) == SYN
        if opens and not opened:
            opened.add(port)
        return opens and port not in opened

    network.drop("node2_cni0.pcap", new)


SAMPLE = Sample(
    "flannel-vxlan",
    flannel,
    [
        ping(WEB, DB, 0.1, count=4, interval=SECOND),
        kept(WEB, DB, 0.3, pauses=(1.6,) * 3),
        *(fetch(WEB, DB, after) for after in (0.9, 1.4, 1.9)),
    ],
    Fault(
        "new-connections-dropped",
        "node2",
        "cni0",
        "nf_conntrack_max of node2 is reached.",
        "SYNs are seen at flannel.1 of node2 and not at cni0; an open connection and a ping pass.",
        breaks,
    ),
)
