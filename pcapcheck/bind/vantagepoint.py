"""Vantage point: a place where packets were seen, which may not have a name yet.

It holds what a guess needs of the packets that were seen there. Plain data, made by `infer.trafficseen`.
Addresses and MACs are text; what a packet does not have is None.
"""

from dataclasses import dataclass
from typing import NamedTuple

from pcapcheck.topology.topology import CapturePoint


class TrafficSeen(NamedTuple):
    """Packets of one vantage point that look the same.

    Attributes:
        packets: how many.
        form: how they travel: plain, vxlan, ipip …
        kind: of the innermost packet: tcp, udp, echo, icmp-error, arp, nd, fragment or other.
        out: they left by this interface; None where the link layer does not say.
        tag: the outermost VLAN.
        mac_from, mac_to: of the outermost frame.
        inner_from, inner_to: MACs of the frame inside the tunnel.
        outer_from, outer_to: addresses of the outermost IP header of a tunnel.
        source, destination: innermost addresses; of ARP and ND sender and target.
        claim: the address that `claim_mac` says is its own, by ARP or ND.
        ttl, inner_ttl: TTL or hop limit of the outermost IPv4 header, and of the innermost.
        number: VNI, VSID or key.
        port: UDP destination port of the tunnel.
        quoted: of an ICMP port unreachable, whom the refused packet was for.
        first: when the first of them was seen, int nanoseconds since 1970 UTC.
    """

    packets: int = 1
    form: str = "plain"
    kind: str = "tcp"
    out: bool | None = None
    tag: int | None = None
    mac_from: str | None = None
    mac_to: str | None = None
    inner_from: str | None = None
    inner_to: str | None = None
    outer_from: str | None = None
    outer_to: str | None = None
    source: str | None = None
    destination: str | None = None
    claim: str | None = None
    claim_mac: str | None = None
    ttl: int | None = None
    inner_ttl: int | None = None
    number: int | None = None
    port: int | None = None
    quoted: str | None = None
    first: int = 0

    @property
    def unicast(self) -> bool:
        """Whether the frame is for one station."""
        return self.mac_to is not None and not is_group(self.mac_to)

    @property
    def ends(self) -> tuple[str | None, str | None]:
        """The addresses by which the network outside the tunnel delivers the packet.

        ARP, ND and errors about other packets have none.
        """
        if self.form != "plain":
            return self.outer_from, self.outer_to
        return (self.source, self.destination) if self.is_data else (None, None)

    @property
    def is_data(self) -> bool:
        """Whether the sender sends for itself: it is not ARP or ND, nor an error about another's packet."""
        return self.source is not None and self.kind in ("tcp", "udp", "echo")


@dataclass(frozen=True, slots=True)
class VantagePoint:
    """One interface of one file, or one interface index of an `any` capture.

    Attributes:
        number: of the vantage point.
        file, interface, index: of the file, of the interface in it, and the interface index in an `any`
            capture.
        path: the file's name.
        linktype: the LINKTYPE_ number.
        hatype: ARPHRD number that cooked captures have.
        point: where it is, if name or metadata say so.
        candidates: where it may be.
        seen: its packets.
    """

    number: int
    file: int = 0
    interface: int = 0
    index: int | None = None
    path: str = ""
    linktype: int = 1
    hatype: int | None = None
    point: CapturePoint | None = None
    candidates: tuple[CapturePoint, ...] = ()
    seen: tuple[TrafficSeen, ...] = ()

    @property
    def key(self) -> tuple[int, int, int | None]:
        """The key by which `bind.place` knows it."""
        return self.file, self.interface, self.index


class Nearer(NamedTuple):
    """One vantage point is nearer to `source` than another: there, answers take `gap` nanoseconds longer.

    The gap is the difference of two directions, so clocks do not matter: a packet passes `vantage` earlier
    on its way out, and later on its way back.
    """

    source: str
    destination: str
    vantage: int
    other: int
    gap: int
    packets: int


class Translation(NamedTuple):
    """One packet of `protocol` had two pairs of ends, each with (address, port): it was translated."""

    protocol: str
    source: str
    source_port: int
    destination: str
    destination_port: int
    other_source: str
    other_source_port: int
    other_destination: str
    other_destination_port: int


def is_group(mac: str) -> bool:
    """Return whether a MAC is for a group of stations (IEEE 802, 8.2.2: the first bit on the wire)."""
    return bool(int(mac[:2], 16) & 1)
