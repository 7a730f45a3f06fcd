"""The way of a packet: the links it crosses, the points on them, tunnels and NAT between.

Plain data; network.py walks it. One `Path` is one direction from an end to the other.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import tunnels
from wire import Packet, Station


@dataclass(frozen=True)
class Point:
    """A capture point: an interface of a node or of a pod, and what its frames look like."""

    owner: str
    interface: str
    role: str
    link: str = "ethernet"  # ethernet | raw | cooked

    @property
    def file(self) -> str:
        return f"{self.owner.rpartition('/')[2]}_{self.interface}.pcap"


@dataclass(frozen=True)
class Hop:
    """A frame passes a point, going out of this interface or coming in."""

    point: Point
    out: bool
    tags: tuple[int, ...] = ()  # VLAN tags, outermost first

    def back(self) -> "Hop":
        return replace(self, out=not self.out)


@dataclass(frozen=True)
class Turn:
    """NAT on a node, between two links. ARP passes it unchanged."""

    change: Callable[[Packet], Packet]

    def back(self) -> "Turn":
        return self


@dataclass(frozen=True)
class Crossing:
    """A tunnel between two devices: how it leaves, and the way back for an ICMP error."""

    device: tunnels.Device
    peer: tunnels.Device | None
    source: str
    destination: str
    there: "Path"
    home: "Path"

    def back(self) -> "Crossing":
        assert self.peer is not None
        return Crossing(self.peer, self.device, self.destination, self.source, self.home, self.there)


Step = Hop | Crossing | Turn


@dataclass(frozen=True)
class Segment:
    """A link layer: the points and tunnels that one frame passes with the same MACs.

    `routed` is what the TTL falls before it. `resolve`: the source asks for the target's MAC first;
    `answered`: it is told.
    """

    hops: tuple[Step, ...]
    source: Station
    target: Station
    resolve: bool = True
    answered: bool = True
    routed: int = 1
    bystanders: tuple[Hop, ...] = ()  # who else sees a broadcast


@dataclass(frozen=True)
class Path:
    """The segments of one direction. `delivered` is false where the last one is a dead end.

    `home` is the way from the sender's node back to the sender, for the ICMP error of a node that finds no
    neighbour; `error` and `error_path` are the error of whoever stands at the dead end, and its way.
    """

    segments: tuple[Segment, ...]
    delivered: bool = True
    home: "Path | None" = None
    error: Callable[[Packet], Packet] | None = None
    error_path: "Path | None" = None
