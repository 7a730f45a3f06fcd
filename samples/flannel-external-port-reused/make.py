"""flannel VXLAN, broken: node1 gives a source port again while a server outside still holds it in TIME-WAIT.

The old connection was closed before the captures begin. The server answers the SYN of the next one, whose
timestamps are another pod's and older, with the last acknowledgement of the old one
(net/ipv4/tcp_minisocks.c, tcp_timewait_state_process). The pod resets that; the server has
net.ipv4.tcp_rfc1337, so the reset does not end its TIME-WAIT.
"""

import struct
from dataclasses import replace

import dpkt

from cluster import Cluster
from conversations import Conversation
from fetch import ACK, SYN, Fetch, Side, Unacknowledged
from network import SECOND, START, Network
from profiles import CACHE, DB, ROUTERS, WEB, flannel, with_neighbour
from sample import Fault, Sample, both_ways, fetch
from services import Nat
from wire import TCP, End, Packet, with_checksum

SERVER, ADDRESS, SUBNET, NODE = "server", "203.0.113.10", "192.168.186.0/24", "192.168.186.128"
OUT = Nat(End(ADDRESS, 80), seen=NODE)
RST = 0x04
OLD = (0x1D3A7406, 0x4C661D0E)  # of the old connection: what the server sent, and what it acknowledged
RECENT = 0xE8000000  # the old client's last timestamp, which is higher than those of the new one


class Challenged(Fetch):
    """A page that is asked with the ports of an old connection, which the server has closed."""

    def _receive(
        self, side: Side, segment: Unacknowledged, timestamp: int, acknowledged: int, time: int
    ) -> None:
        if side is self.server and segment.flags == SYN:
            self.send(self._still_known(time), self.destination, time + 30, self._reset)

    def _reset(self, time: int) -> None:
        """Answer an acknowledgement of what was never sent (RFC 9293, 3.10.7.3)."""
        reset = self._bare(self.client, RST, OLD[1], 0, b"")
        self.send(reset, self.source, time + 20, lambda at: None)

    def _still_known(self, time: int) -> Packet:
        """Return the last acknowledgement of the old connection, with the server's present time."""
        times = struct.pack(">BBII", 8, 10, (self.server.clock + time // 1000) & 0xFFFFFFFF, RECENT)
        return self._bare(self.server, ACK, *OLD, b"\x01\x01" + times)

    def _bare(self, side: Side, flags: int, sequence: int, acknowledged: int, options: bytes) -> Packet:
        peer = self._peer(side)
        packet = replace(self.packet(side.name, peer.name, flow=side.name), identification=0)
        to = self.end(peer.name, peer.port, seen_by=side.name).port
        header = dpkt.tcp.TCP(sport=side.port, dport=to, seq=sequence, ack=acknowledged, flags=flags)
        header.win = 502 if flags & ACK else 0
        header.opts, header.off = options, 5 + len(options) // 4
        data = with_checksum(packet.source, packet.destination, TCP, bytes(header), 16)
        return replace(packet, protocol=TCP, payload=data)


def cluster() -> Cluster:
    made = with_neighbour(flannel())
    made.outside[SERVER] = ADDRESS
    made.topology["routers"] = {SUBNET: ROUTERS[SUBNET]}
    return made


def again(network: Network, cluster: Cluster) -> Conversation:
    start = START + round(1.6 * SECOND)
    return Challenged(network, cluster, CACHE, SERVER, start, nat=OUT)


SAMPLE = Sample(
    "flannel-vxlan",
    cluster,
    [
        *both_ways(WEB, DB),
        fetch(CACHE, SERVER, 0.9, nat=OUT),
        fetch(WEB, SERVER, 1.2, nat=OUT),
        again,
    ],
    Fault(
        "snat-port-reused",
        "node1",
        "eth0",
        "nf_conntrack_tcp_timeout_time_wait of node1 is 5 s, the server's TIME-WAIT lasts 60 s.",
        "SYNs of cache-2 are answered by an acknowledgement without SYN, which cache-2 resets.",
        lambda cluster, network: None,
    ),
)
