"""A small network in which every capture point sees what a kernel would show there.

`Network` carries packets along paths (routes.py says which), resolves neighbours, wraps and opens tunnels,
and writes down each sighting: the frame, the point, the direction and the time. Time goes on by
microseconds a hop. Two hooks break it: `drop` and `rewrite`; other faults are changes of the cluster's
data. All randomness comes from one seed: equal input gives equal bytes.
"""

import heapq
import itertools
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import tunnels
from wire import UDP, Frame, Packet, Station, resolution, unreachable

START = 1_790_000_000_000_000  # microseconds: 2026-09-21, a day without meaning
SECOND = 1_000_000
LOCAL_HOP, WIRE_HOP = (9, 40), (120, 190)  # microseconds from the point before
HOST_UNREACHABLE, PORT_UNREACHABLE = 1, 3  # ICMP codes
QUESTIONS = 3  # net.ipv4.neigh.*.mcast_solicit, one second apart


Event = Callable[[int], None]  # something that happens at a time
Arrival = tuple[Packet, int]


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
    vlan: int | None = None

    def back(self) -> "Hop":
        return replace(self, out=not self.out)


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


@dataclass(frozen=True)
class Segment:
    """A link layer: the points and tunnels that one frame passes with the same MACs.

    `routed` is what the TTL falls before it. `resolve`: the source asks for the target's MAC first;
    `answered`: it is told.
    """

    hops: tuple[Hop | Crossing, ...]
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


@dataclass(frozen=True)
class Sighting:
    """A frame at a point. `time` is in microseconds since 1970."""

    time: int
    frame: Frame
    hop: Hop


@dataclass
class Network:
    """Carries packets and remembers what every point has seen."""

    end: int = START + 12 * SECOND  # nothing is sent after it
    sightings: dict[Point, list[Sighting]] = field(default_factory=lambda: defaultdict(list))
    drops: list[tuple[str, Callable[[Frame], bool]]] = field(default_factory=list)
    rewrites: list[tuple[str, Callable[[Frame], Frame]]] = field(default_factory=list)
    clocks: dict[str, int] = field(default_factory=dict)  # microseconds that an owner's clock is ahead
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def __post_init__(self) -> None:
        self._known: set[tuple[str, str]] = set()
        self._failing: dict[tuple[str, str], int] = {}
        self._sessions: set[frozenset[str]] = set()
        self._identification: dict[tuple[str, str], int] = {}
        self._last: dict[tuple[Point, bool], int] = {}
        self._events: list[tuple[int, int, Event]] = []
        self._counter = itertools.count()

    def drop(self, file: str, which: Callable[[Frame], bool]) -> None:
        """Lose the frames that `which` names just before the point with that capture file."""
        self.drops.append((file, which))

    def rewrite(self, file: str, how: Callable[[Frame], Frame]) -> None:
        """Change frames at the point with that capture file, and from there on."""
        self.rewrites.append((file, how))

    def at(self, time: int, event: Event) -> None:
        heapq.heappush(self._events, (time, next(self._counter), event))

    def run(self) -> None:
        while self._events and self._events[0][0] <= self.end:
            time, _, event = heapq.heappop(self._events)
            event(time)

    def walk(self, packet: Packet, path: Path, time: int, refused: Event | None = None) -> Arrival | None:
        """Carry `packet` along `path`; return it as it arrives, and when, or None.

        `refused` happens when an ICMP error about it reaches the sender.
        """
        for segment in path.segments:
            packet = packet.routed(segment.routed)
            ready = self._resolved(segment, time)
            if ready is None:
                if path.home and segment is not path.segments[0]:
                    by = path.home.segments[0].source.address
                    error = unreachable(by, packet, HOST_UNREACHABLE)
                    self._tell(error, path.home, self._failing[_pair(segment)], refused)
                return None
            carried = self._carry(Frame(segment.source.mac, segment.target.mac, packet), segment.hops, ready)
            if carried is None:
                return None
            frame, time = carried
            assert isinstance(frame.content, Packet)
            packet = frame.content
        if path.delivered:
            return packet, time
        self._tell(path.error(packet) if path.error else None, path.error_path, time, refused)
        return None

    def _tell(self, error: Packet | None, path: Path | None, time: int, refused: Event | None) -> None:
        """Send an ICMP error on its way, if there is one."""
        if error is None or path is None:
            return
        told = self.walk(error, path, time)
        if told and refused:
            self.at(told[1], refused)

    def _carry(self, frame: Frame, hops: tuple[Hop | Crossing, ...], time: int) -> tuple[Frame, int] | None:
        for hop in hops:
            step = self._cross(hop, frame, time) if isinstance(hop, Crossing) else self._see(hop, frame, time)
            if step is None:
                return None
            frame, time = step
        return frame, time

    def _see(self, hop: Hop, frame: Frame, time: int) -> tuple[Frame, int] | None:
        """Write down a sighting; frames of one direction never overtake each other."""
        if any(file == hop.point.file and which(frame) for file, which in self.drops):
            return None
        for file, how in self.rewrites:
            frame = how(frame) if file == hop.point.file else frame
        from_wire = hop.point.role == "uplink" and not hop.out
        time += self.chance.randint(*(WIRE_HOP if from_wire else LOCAL_HOP))
        time = max(time, self._last.get((hop.point, hop.out), 0) + 1)
        self._last[hop.point, hop.out] = time
        seen_at = time + self.clocks.get(hop.point.owner, 0)
        self.sightings[hop.point].append(Sighting(seen_at, frame, hop))
        return frame, time

    def _cross(self, crossing: Crossing, frame: Frame, time: int) -> tuple[Frame, int] | None:
        """Wrap, carry and open; what the far end refuses is answered."""
        time = self._handshake(crossing, time)
        if time == 0:
            return None
        empty = self._outer(crossing.source, crossing.destination)
        outer = tunnels.wrap(crossing.device, frame, empty, crossing.peer or crossing.device)
        arrived = self.walk(outer, crossing.there, time)
        if arrived is None or crossing.peer is None:
            return None
        answer = tunnels.judge(crossing.peer, crossing.device)
        if answer == tunnels.Answer.REFUSED:
            self.walk(
                unreachable(crossing.destination, arrived[0], PORT_UNREACHABLE), crossing.home, arrived[1]
            )
        if answer != tunnels.Answer.OPENED:
            return None
        if tunnels.type_of(crossing.device) == "tun" and isinstance(frame.content, Packet):
            frame = replace(frame, content=frame.content.routed(2))  # flanneld lowers the TTL at both ends
        return frame, arrived[1]

    def _handshake(self, crossing: Crossing, time: int) -> int:
        """Return when a session exists, 0 if there is none; only WireGuard has sessions."""
        ends = frozenset((crossing.source, crossing.destination))
        if tunnels.type_of(crossing.device) != "wireguard" or ends in self._sessions:
            return time
        assert crossing.peer is not None
        there = self._outer(crossing.source, crossing.destination)
        asked = self.walk(
            tunnels.handshake(crossing.device, crossing.peer, there, True), crossing.there, time
        )
        if asked is None:
            return 0
        home = self._outer(crossing.destination, crossing.source)
        told = self.walk(
            tunnels.handshake(crossing.peer, crossing.device, home, False), crossing.home, asked[1]
        )
        self._sessions.add(ends)
        return told[1] if told else 0

    def _outer(self, source: str, destination: str) -> Packet:
        """Return an empty outer packet; its IP ID counts up per pair of addresses (net/ipv4/route.c)."""
        pair = source, destination
        self._identification.setdefault(pair, self.chance.randrange(1, 60000))
        self._identification[pair] += 1
        return Packet(source, destination, UDP, b"", identification=self._identification[pair] & 0xFFFF)

    def _resolved(self, segment: Segment, time: int) -> int | None:
        """Return when the source knows the target's MAC: at once, after an answer, or never."""
        pair = _pair(segment)
        if not segment.resolve or pair in self._known:
            return time
        if time < self._failing.get(pair, 0):
            return None  # it waits with others for the answer
        self._failing[pair] = time + QUESTIONS * SECOND
        question, answer = resolution(segment.source, segment.target)
        for attempt in range(QUESTIONS):
            asked = self._carry(question, segment.hops, time + attempt * SECOND)
            for hop in segment.bystanders:
                self._see(hop, question, time + attempt * SECOND)
            if asked and segment.answered:
                told = self._carry(answer, tuple(hop.back() for hop in reversed(segment.hops)), asked[1])
                if told:
                    self._known |= {pair, pair[::-1]}
                    return told[1]
        return None


def _pair(segment: Segment) -> tuple[str, str]:
    return segment.source.address, segment.target.address
