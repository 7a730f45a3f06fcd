"""A connection that stays open for several requests, until a node in between answers one with a reset.

Linux makes such a reset from the segment that it answers: its acknowledged number is the sequence number, its
ends are exchanged, IP ID 0, DF, the TTL of a packet of the node's own (net/ipv4/tcp_ipv4.c,
tcp_v4_send_reset; net/ipv4/netfilter/nf_reject_ipv4.c).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import dpkt

from cluster import Cluster
from conversations import Conversation
from fetch import ACK, PSH, REQUEST, RESPONSE, Fetch, Side, Unacknowledged
from network import SECOND, START, Network
from way import Path
from wire import TCP, Packet, with_checksum

RST = 0x04
CLOSE, KEEP = b"Connection: close", b"Connection: keep-alive"


@dataclass
class Kept(Fetch):
    """Pages fetched over one connection. `pauses` are the seconds before each page but the first.

    `cut`: the last request passes so many links; the node behind them resets the connection.
    """

    pauses: tuple[float, ...] = (0.5,)
    cut: int | None = None
    asked: int = 0

    def _react(self, side: Side, segment: Unacknowledged, time: int) -> None:
        super()._react(side, segment, time)
        if side is self.client and segment.data and self.asked <= len(self.pauses):
            pause = round(self.pauses[self.asked - 1] * SECOND)
            self.network.at(time + pause, self._ask_again)

    def _queue(self, side: Side, flags: int, data: bytes, time: int) -> None:
        self.asked += side is self.client and bool(data)
        super()._queue(side, flags, data.replace(CLOSE, KEEP), time)

    def _ask_again(self, time: int) -> None:
        host = self.end(self.destination, self.server.port, seen_by=self.source).address
        self._queue(self.client, PSH | ACK, REQUEST.replace(b"{host}", host.encode()), time)

    def _respond(self, time: int) -> None:
        if self.asked > len(self.pauses):
            super()._respond(time)
            return
        page = RESPONSE.replace(b"{length}", str(self.size).encode()) + bytes(48 for _ in range(self.size))
        self._queue(self.server, PSH | ACK, page, time)

    def _transmit(self, side: Side, segment: Unacknowledged, time: int) -> None:
        last = side is self.client and segment.data and self.asked > len(self.pauses)
        if self.cut is None or not last:
            super()._transmit(side, segment, time)
            return
        packet = self._packet(side, segment, (side.clock + time // 1000) & 0xFFFFFFFF)
        passed = Path(self._way(self.source, self.destination).segments[: self.cut])
        for _, arrival in self.network.deliver(packet, passed, time):
            self.network.at(arrival, self._cut_off)

    def _cut_off(self, time: int) -> None:
        """Send the reset of the node at which the last request ended."""
        assert self.cut
        first, *others = self._way(self.destination, self.source).segments[-self.cut :]
        home = Path((replace(first, routed=0), *others))
        for _, arrival in self.network.deliver(self._reset(), home, time):
            self.network.at(arrival, self.refused)

    def _reset(self) -> Packet:
        packet = replace(self.packet(self.destination, self.source, flow="reset"), identification=0)
        to = self.end(self.source, self.client.port, seen_by=self.destination).port
        header = dpkt.tcp.TCP(sport=self.server.port, dport=to, seq=self.client.expected, flags=RST, win=0)
        data = with_checksum(packet.source, packet.destination, TCP, bytes(header), 16)
        return replace(packet, protocol=TCP, payload=data)


def kept(
    source: str, destination: str, after: float, **options: Any
) -> Callable[[Network, Cluster], Conversation]:
    """Return the talk of a connection that is opened so many seconds after the start."""
    start = START + round(after * SECOND)
    return lambda network, cluster: Kept(network, cluster, source, destination, start, **options)
