"""Stations: the MACs at a vantage point, and whether each sends for itself or forwards.

A packet that its sender has just made has one of the TTLs that systems start with. Packets that a router
forwards have a lower one, and many sources. ARP and ND bind an address to a MAC, but a router may answer for
others (proxy ARP).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint, is_group
from pcapcheck.documents.values import address_number, cidr
from pcapcheck.topology.owners import GROUPS

FIRST_TTLS: Final = (64, 128, 255)  # Linux and most systems, Windows, routers and ND
MIN_SHARE_OF_ONE: Final = 0.9  # of the frames: a station that takes part in this share is the only one there
_NO_HOSTS: Final = tuple(cidr(network) for network in GROUPS)


@dataclass
class Station:
    """One MAC at one vantage point.

    Attributes:
        mac: the address.
        frames: unicast frames that are from or for it.
        alone: frames that it sent to groups.
        sent: source address -> packets of that source that it sent.
        first: the same, of those whose TTL says that it made them.
        got: destination address -> packets that were for it.
        claims: addresses that it says are its own.
        asked: when it first said so, for each of them.
        timed: whether any of its packets has a TTL; text often has none.
        out, come: frames from it that left by the interface, and that came in by it.
    """

    mac: str
    frames: int = 0
    alone: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    got: Counter[str] = field(default_factory=Counter)
    claims: Counter[str] = field(default_factory=Counter)
    asked: dict[str, int] = field(default_factory=dict)
    timed: bool = False
    out: int = 0
    come: int = 0

    @property
    def untimed(self) -> frozenset[str]:
        """The addresses that it claims and sends under, where no packet has a TTL."""
        claimed = frozenset(each for each in self.claims if is_host(each))
        return frozenset() if self.timed else claimed & self.sent.keys()

    @property
    def own(self) -> frozenset[str]:
        """The addresses from which it sends for itself, and those that it claims."""
        speaks = {address for address, packets in self.first.items() if 2 * packets > self.sent[address]}
        return frozenset(speaks | {each for each in self.claims if is_host(each)})

    @property
    def forwards(self) -> bool:
        """Whether it passes on packets that others made, or receives packets for others."""
        own = self.own
        passes = any(address not in own for address in self.sent)
        return passes or bool(own and self.sent and self.got.keys() - own)


class Stations:
    """The stations of one vantage point, of frames in one form."""

    def __init__(self, seen: Iterable[TrafficSeen]) -> None:
        self.by_mac: dict[str, Station] = {}
        self.unicast = 0
        for each in seen:
            self._add(each)

    def _add(self, each: TrafficSeen) -> None:
        self.unicast += each.packets if each.unicast else 0
        if each.mac_from and not is_group(each.mac_from):
            self._send(self._of(each.mac_from), each)
        if not each.mac_to or not each.unicast or each.mac_to == each.mac_from:  # equal: ipvlan, no L2 at all
            return
        receiver = self._of(each.mac_to)
        receiver.frames += each.packets
        address = each.ends[1]
        if address:
            receiver.got[address] += each.packets

    def _send(self, sender: Station, each: TrafficSeen) -> None:
        sender.frames += each.packets if each.unicast else 0
        sender.alone += 0 if each.unicast else each.packets
        sender.out += each.packets if each.out else 0
        sender.come += each.packets if each.out is False else 0
        if each.claim and each.claim_mac == each.mac_from:
            sender.claims[each.claim] += each.packets
            sender.asked[each.claim] = min(each.first, sender.asked.get(each.claim, each.first))
        address = each.ends[0]
        if address and is_host(address):
            sender.sent[address] += each.packets
            sender.timed = sender.timed or each.ttl is not None
            sender.first[address] += each.packets if each.ttl in FIRST_TTLS else 0

    def _of(self, mac: str) -> Station:
        return self.by_mac.setdefault(mac, Station(mac))

    def everywhere(self) -> list[Station]:
        """Return the stations that take part in nearly all unicast frames.

        If there are only frames for groups, return their senders.
        """
        if self.unicast:
            return [each for each in self.by_mac.values() if each.frames >= MIN_SHARE_OF_ONE * self.unicast]
        return [each for each in self.by_mac.values() if each.alone]


def stations(vantage: VantagePoint) -> Stations:
    """Return the stations of the frames that a vantage point saw; frames with a VLAN tag are left out."""
    return Stations(each for each in vantage.seen if each.tag is None)


def is_host(address: str) -> bool:
    """Return whether an address can be one host's: not multicast, link-local, loopback or unspecified."""
    version, number = address_number(address)
    bits = 32 if version == 4 else 128
    return not any(net.bits == bits and net.low <= number <= net.high for net in _NO_HOSTS)


def ends_of(vantage: VantagePoint) -> set[str]:
    """Return the addresses that take part in nearly all packets of their family at a vantage point."""
    parts: Counter[str] = Counter()
    total: Counter[bool] = Counter()
    for each in vantage.seen:
        if each.is_data and each.source:
            total[":" in each.source] += each.packets
            for address in {each.source, each.destination}:
                parts[address or ""] += each.packets
    return {
        each for each, packets in parts.items() if each and packets >= MIN_SHARE_OF_ONE * total[":" in each]
    }
