"""Conversations that go wrong in ways of their own."""

from dataclasses import replace
from functools import partial

import dpkt
from incidents.breaking import with_flags

from conversations import NAME, Dns
from fetch import Fetch
from network import SECOND, START
from routes import path
from services import Nat
from wire import TCP, UDP, End, Packet, udp

RST = 4
AAAA = 28


class UntranslatedFetch(Fetch):
    """A page whose long segments are not translated back: the client resets what it does not know."""

    longest = 300

    def send(self, packet, sender, time, then):
        if sender == self.destination and self._wrong(packet):
            then = partial(self._reset, segment=packet)
        super().send(packet, sender, time, then)

    def _wrong(self, packet: Packet) -> bool:
        return packet.protocol == TCP and len(packet.payload) > self.longest

    def _answer_translated(self, packet):
        return packet if self._wrong(packet) else super()._answer_translated(packet)

    def _reset(self, time, segment):
        answer = self.packet(self.source, self.destination)
        reset = replace(answer, destination=segment.source, protocol=TCP)
        reset = with_flags(reset, self.client_port, self.port, RST, dpkt.tcp.TCP(segment.payload).ack)
        self.network.deliver(reset, path(self.cluster, self.source, self.destination), time)
        self.client.outstanding.clear()
        self.server.outstanding.clear()


class UntranslatedHandshake(UntranslatedFetch):
    """A page of which nothing is translated back."""

    longest = 0


class UntranslatedName(Dns):
    """A name of which the answer is not translated back: the resolver does not take it."""

    def _answer_translated(self, packet):
        return packet

    def _done(self, time):
        pass


class ItselfFetch(Fetch):
    """A page that a pod asks of a service whose endpoint it is itself."""

    def end(self, whom, port, *, seen_by):
        asks = port == self.client_port
        return self.nat.client(End(self.address(whom), port)) if asks else self.nat.asked


class RacingNames(Dns):
    """The A and the AAAA query at once, from one socket."""

    def _ask(self, time, attempt):
        if self.answered >= 2 or attempt > self.attempts:
            return
        for number, kind in enumerate((dpkt.dns.DNS_A, AAAA)):
            self.network.at(time + 90 * number, partial(self._query, kind=kind))
        self.network.at(time + 5 * SECOND, lambda at: self._ask(at, attempt + 1))

    def _query(self, time, kind):
        query = dpkt.dns.DNS(id=self._id() + kind, qd=[dpkt.dns.DNS.Q(name=NAME, type=kind)])
        packet = self.packet(self.source, self.destination, flow=self.source)
        server = self.end(self.destination, 53, seen_by=self.source)
        asked = udp(packet, self.client_port, server.port, bytes(query))
        assert asked.protocol == UDP
        self.send(asked, self.source, time, self._reply)


def talk(kind, source: str, destination: str, after: float, nat: Nat | None = None, **more):
    """Return a conversation of one of these kinds."""
    at = START + round(after * SECOND)
    return lambda network, cluster: kind(network, cluster, source, destination, at, nat=nat, **more)
