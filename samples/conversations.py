"""What pods say to each other: ping, a name looked up, a page fetched; with the patience of real senders.

A conversation starts at its time and reacts to what arrives. What stays unanswered is sent again as Linux
does: SYNs after 1, 2 and 4 seconds, other segments after 0.2 s and its doubles, a DNS query after 5 s;
pings go on. `observed` says how it ended.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import dpkt

from cluster import Cluster
from network import SECOND, Network
from routes import path
from services import Nat, through
from way import Path
from wire import End, Packet, echo, translated, udp

NAME = "api.default.svc.cluster.local"
ANSWER = "10.96.0.10"


@dataclass
class Conversation:
    """What all conversations share: who talks, when, and how a packet is sent."""

    network: Network
    cluster: Cluster
    source: str
    destination: str
    start: int
    port: int | None = None
    answered: int = 0
    nat: Nat | None = None  # what a node changes on the way; None: the ends see each other as they are
    _identifications: dict[str, int] = field(default_factory=dict)

    kind = ""
    needed = 1  # answers without which it has failed

    @property
    def observed(self) -> str:
        return "ok" if self.answered >= self.needed else "fail"

    def begin(self, time: int) -> None:
        raise NotImplementedError

    @property
    def client_port(self) -> int:
        return 0

    def address(self, owner: str) -> str:
        return self.cluster.address(owner)

    def end(self, whom: str, port: int, *, seen_by: str) -> End:
        """Return an end of the conversation as one of its sides knows it."""
        if self.nat is None or whom == seen_by:
            return End(self.address(whom), port)
        if whom == self.destination:
            return self.nat.asked
        return self.nat.client(End(self.address(whom), port))

    def packet(self, sender: str, receiver: str, *, df: bool = True, flow: object = "") -> Packet:
        """Return an empty packet of `sender` with its next IP ID; `flow` makes the hash that tunnels use."""
        first = zlib.crc32(f"{self.kind} {self.source} {self.destination} {sender} {self.start}".encode())
        self._identifications[sender] = self._identifications.get(sender, first) + 1
        hashed = zlib.crc32(f"{self.kind} {self.start} {flow}".encode())
        return Packet(
            self.address(sender),
            self.end(receiver, 0, seen_by=sender).address,
            0,
            b"",
            identification=self._identifications[sender] & 0xFFFF,
            df=df,
            flow=hashed,
        )

    def send(self, packet: Packet, sender: str, time: int, then: Callable[[int], None]) -> None:
        """Send `packet`; `then` happens when it arrives."""
        receiver = self.destination if sender == self.source else self.source
        for _, arrival in self.network.deliver(packet, self._way(sender, receiver), time, self.refused):
            self.network.at(arrival, then)

    def _way(self, sender: str, receiver: str) -> Path:
        if self.nat is None:
            return path(self.cluster, sender, receiver)
        back = sender == self.destination
        translate = self._answer_translated if back else self._request_translated
        return through(self.cluster, sender, receiver, self.nat, translate, back=back)

    def _request_translated(self, packet: Packet) -> Packet:
        client = self.end(self.source, self.client_port, seen_by=self.destination)
        return translated(packet, client, End(self.address(self.destination), self.port or 0))

    def _answer_translated(self, packet: Packet) -> Packet:
        assert self.nat
        return translated(packet, self.nat.asked, End(self.address(self.source), self.client_port))

    def refused(self, time: int) -> None:
        """Do what the program does after an ICMP error."""

    def think(self) -> int:
        """Return how long a program takes to answer, in microseconds."""
        return self.network.chance.randint(40, 400)


@dataclass
class Ping(Conversation):
    """`ping -c COUNT -i INTERVAL`."""

    count: int = 3
    interval: int = SECOND // 5

    kind = "icmp"

    @property
    def needed(self) -> int:  # type: ignore[override]
        return self.count

    def begin(self, time: int) -> None:
        for number in range(self.count):
            self.network.at(time + number * self.interval, partial(self._ask, sequence=number + 1))

    def _ask(self, time: int, sequence: int) -> None:
        identifier = zlib.crc32(f"{self.source} {self.start}".encode()) & 0xFFFF
        question = echo(self.packet(self.source, self.destination), True, identifier, sequence, time)
        reply = partial(self._reply, identifier=identifier, sequence=sequence, asked=time)
        self.send(question, self.source, time, reply)

    def _reply(self, time: int, identifier: int, sequence: int, asked: int) -> None:
        packet = self.packet(self.destination, self.source, df=False)
        answer = echo(packet, False, identifier, sequence, asked)
        self.send(answer, self.destination, time + 20, self._done)

    def _done(self, time: int) -> None:
        self.answered += 1


@dataclass
class Dns(Conversation):
    """One A query over UDP, asked again after five seconds (resolv.conf: timeout 5, attempts 2).

    `filling` is how many bytes the answer has besides, as signatures take them; it may need fragments.
    """

    port: int | None = 53
    attempts: int = 2
    filling: int = 0

    kind = "dns"

    def begin(self, time: int) -> None:
        self._ask(time, 1)

    def _ask(self, time: int, attempt: int) -> None:
        if self.answered or attempt > self.attempts:
            return
        query = dpkt.dns.DNS(id=self._id(), qd=[dpkt.dns.DNS.Q(name=NAME)])
        packet = self.packet(self.source, self.destination, flow=self.source)
        server = self.end(self.destination, 53, seen_by=self.source)
        self.send(udp(packet, self.client_port, server.port, bytes(query)), self.source, time, self._reply)
        self.network.at(time + 5 * SECOND, lambda at: self._ask(at, attempt + 1))

    def refused(self, time: int) -> None:
        self.attempts = 0

    def _reply(self, time: int) -> None:
        answer = dpkt.dns.DNS.RR(name=NAME, ttl=30, ip=bytes(map(int, ANSWER.split("."))))
        answer.rdata = answer.ip
        message = dpkt.dns.DNS(id=self._id(), op=0x8580, qd=[dpkt.dns.DNS.Q(name=NAME)], an=[answer])
        packet = self.packet(self.destination, self.source, df=not self.filling, flow=self.destination)
        client = self.end(self.source, self.client_port, seen_by=self.destination)
        data = udp(packet, 53, client.port, bytes(message) + bytes(self.filling))
        pieces = data.fragments(1400) if self.filling else [data]
        arrived: list[int] = []
        when = time + self.think()
        for number, piece in enumerate(pieces):
            self.send(piece, self.destination, when + number, partial(self._piece, arrived, len(pieces)))

    def _piece(self, arrived: list[int], wanted: int, time: int) -> None:
        """Take a fragment; the answer is read once all are there."""
        arrived.append(time)
        self.answered += len(arrived) == wanted

    @property
    def client_port(self) -> int:
        return 32768 + zlib.crc32(f"dns {self.source} {self.start}".encode()) % 28232

    def _id(self) -> int:
        return zlib.crc32(f"id {self.source} {self.start}".encode()) & 0xFFFF
