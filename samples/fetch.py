"""A page fetched over TCP: handshake, request, answer, and both sides closing.

Each side sends segments in order and keeps those that are not acknowledged; a timer sends the oldest again,
with a new IP ID, a new timestamp and the same sequence number. After a time-out the flow's hash is another
one (net/ipv4/tcp_timer.c, sk_rethink_txhash), so tunnels change their source port.
"""

import struct
import zlib
from dataclasses import dataclass, field, replace

import dpkt

from conversations import Conversation
from network import SECOND
from wire import TCP, Packet, with_checksum

FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10
REQUEST = (
    b"GET /item/0 HTTP/1.1\r\nHost: {host}\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
    b"Connection: close\r\n\r\n"
)
RESPONSE = (
    b"HTTP/1.1 200 OK\r\nServer: sample\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n"
    b"Connection: close\r\n\r\n"
)


@dataclass
class Unacknowledged:
    """A segment that was sent: its place, flags and data."""

    sequence: int
    flags: int
    data: bytes = b""

    @property
    def end(self) -> int:
        return self.sequence + len(self.data) + bool(self.flags & (SYN | FIN))


@dataclass
class Side:
    """One end of the connection."""

    name: str
    port: int
    next_to_send: int
    expected: int = 0  # the peer's next sequence number, 0 before its SYN
    clock: int = 0  # offset of its timestamps
    echoed: int = 0  # the peer's last timestamp
    rethought: int = 0  # how often it changed its flow hash
    outstanding: list[Unacknowledged] = field(default_factory=list)
    received: bytes = b""
    closed: bool = False


@dataclass
class Fetch(Conversation):
    """`curl http://destination/`. `size` is the length of the page."""

    port: int | None = 80
    size: int = 600

    kind = "http"

    def __post_init__(self) -> None:
        seed = zlib.crc32(f"{self.source} {self.destination} {self.start}".encode())
        assert self.port
        headers = 60 if ":" in self.address(self.source) else 40
        self.mss = min(self.cluster.mtu(self.source), self.cluster.mtu(self.destination)) - headers
        self.client = Side(self.source, 32768 + seed % 28232, seed >> 2, clock=seed >> 3)
        self.server = Side(self.destination, self.port, ~seed & 0x3FFFFFFF, clock=seed >> 5)

    def begin(self, time: int) -> None:
        self._queue(self.client, SYN, b"", time)

    @property
    def client_port(self) -> int:
        return self.client.port

    def refused(self, time: int) -> None:
        self.client.outstanding.clear()  # connect() fails at once

    def _peer(self, side: Side) -> Side:
        return self.server if side is self.client else self.client

    def _queue(self, side: Side, flags: int, data: bytes, time: int) -> None:
        """Send a segment that must be acknowledged."""
        segment = Unacknowledged(side.next_to_send, flags, data)
        side.next_to_send = segment.end
        side.outstanding.append(segment)
        self._transmit(side, segment, time)
        self._arm(side, segment, time, SECOND if flags & SYN else SECOND // 5)

    def _arm(self, side: Side, segment: Unacknowledged, time: int, timeout: int) -> None:
        def expire(at: int) -> None:
            if side.outstanding and side.outstanding[0] is segment:
                side.rethought += 1
                self._transmit(side, segment, at)
                self._arm(side, segment, at, timeout * 2)
            elif segment in side.outstanding:
                self._arm(side, segment, at, timeout)

        self.network.at(time + timeout, expire)

    def _transmit(self, side: Side, segment: Unacknowledged, time: int) -> None:
        timestamp = (side.clock + time // 1000) & 0xFFFFFFFF
        acknowledged = side.expected
        packet = self._packet(side, segment, timestamp)
        peer = self._peer(side)
        self.send(
            packet, side.name, time, lambda at: self._receive(peer, segment, timestamp, acknowledged, at)
        )

    def _receive(
        self, side: Side, segment: Unacknowledged, timestamp: int, acknowledged: int, time: int
    ) -> None:
        side.outstanding = [sent for sent in side.outstanding if sent.end > acknowledged]
        if segment.flags & SYN and not side.expected:
            side.expected = segment.sequence
        empty = segment.end == segment.sequence
        if empty or segment.sequence != side.expected:
            if not empty:
                self._acknowledge(side, time)  # a duplicate, or something before it is missing
            return
        side.expected, side.echoed = segment.end, timestamp
        side.received += segment.data
        self._react(side, segment, time + self.network.chance.randint(10, 60))

    def _react(self, side: Side, segment: Unacknowledged, time: int) -> None:
        """Do what the program does when a new segment has come."""
        if segment.flags & SYN:
            self._connected(side, time)
        elif segment.flags & FIN:
            self._finished(side, time)
        else:
            self._acknowledge(side, time)
            if side is self.server:
                self.network.at(time + self.think(), self._respond)

    def _connected(self, side: Side, time: int) -> None:
        if side is self.server:
            self._queue(side, SYN | ACK, b"", time)
            return
        self._acknowledge(side, time)
        host = self.end(self.destination, self.server.port, seen_by=self.source).address
        request = REQUEST.replace(b"{host}", host.encode())
        self.network.at(time + self.think(), lambda at: self._queue(side, PSH | ACK, request, at))

    def _respond(self, time: int) -> None:
        body = (b"0123456789abcdef" * (self.size // 16 + 1))[: self.size]
        page = RESPONSE.replace(b"{length}", str(self.size).encode()) + body
        pieces = [page[at : at + self.mss] for at in range(0, len(page), self.mss)]
        for number, piece in enumerate(pieces):
            last = PSH if number == len(pieces) - 1 else 0
            self._queue(self.server, ACK | last, piece, time + number * 15)
        self._queue(self.server, FIN | ACK, b"", time + 200)

    def _finished(self, side: Side, time: int) -> None:
        if side is self.client:
            self.answered += 1
            self._queue(side, FIN | ACK, b"", time)
        else:
            self._acknowledge(side, time)

    def _acknowledge(self, side: Side, time: int) -> None:
        self._transmit(side, Unacknowledged(side.next_to_send, ACK), time)

    def _packet(self, side: Side, segment: Unacknowledged, timestamp: int) -> Packet:
        """Return the segment as a packet; a SYN-ACK has IP ID 0, since a request has no counter yet."""
        peer = self._peer(side)
        packet = self.packet(side.name, peer.name, flow=(side.name, side.rethought))
        if segment.flags & (SYN | ACK) == SYN | ACK:
            packet = replace(packet, identification=0)
        to = self.end(peer.name, peer.port, seen_by=side.name).port
        header = dpkt.tcp.TCP(sport=side.port, dport=to, seq=segment.sequence, ack=side.expected)
        header.flags, header.win = segment.flags, 64860 if segment.flags & SYN else 502
        header.opts = self._options(segment, timestamp, side.echoed)
        header.off = 5 + len(header.opts) // 4
        header.data = segment.data
        data = with_checksum(packet.source, packet.destination, TCP, bytes(header), 16)
        return replace(packet, protocol=TCP, payload=data)

    def _options(self, segment: Unacknowledged, timestamp: int, echoed: int) -> bytes:
        """Return the options as Linux orders them: MSS, SACK, timestamps, window scale; else timestamps."""
        times = struct.pack(">BBII", 8, 10, timestamp, echoed)
        if segment.flags & SYN:
            return struct.pack(">BBHBB", 2, 4, self.mss, 4, 2) + times + bytes((1, 3, 3, 7))
        return b"\x01\x01" + times
