"""A small network in which every capture point sees what a kernel would show there.

`Network` carries packets along paths (way.py says what they are, routes.py which), resolves neighbours,
wraps and opens tunnels, and writes down each sighting: the frame, the point, the direction and the time.
Time goes on by microseconds a hop. Four hooks break it: `drop`, `rewrite`, `delay` and `double`; other
faults are changes of the cluster's data. All randomness comes from one seed: equal input gives equal bytes.
"""

import heapq
import itertools
import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import tunnels
from way import Crossing, Hop, Path, Point, Segment, Step, Turn
from wire import UDP, Frame, Packet, resolution, unreachable

START = 1_790_000_000_000_000  # microseconds: 2026-09-21, a day without meaning
SECOND = 1_000_000
LOCAL_HOP, WIRE_HOP = (9, 40), (120, 190)  # microseconds from the point before
HOST_UNREACHABLE, PORT_UNREACHABLE = 1, 3  # ICMP codes
BEHIND = 30  # microseconds by which a copy comes after the first
QUESTIONS = 3  # net.ipv4.neigh.*.mcast_solicit, one second apart


Event = Callable[[int], None]  # something that happens at a time
Arrival = tuple[Packet, int]
Which = Callable[[Frame], bool]


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
    drops: list[tuple[str, Which]] = field(default_factory=list)
    rewrites: list[tuple[str, Callable[[Frame], Frame]]] = field(default_factory=list)
    delays: list[tuple[str, Which, int]] = field(default_factory=list)
    doubles: list[tuple[str, Which]] = field(default_factory=list)
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
        self._doubled: str | None = None  # the file before which the packet on its way was doubled
        self._unseen_until: str | None = None  # a copy begins at that file

    def drop(self, file: str, which: Which) -> None:
        """Lose the frames that `which` names just before the point with that capture file."""
        self.drops.append((file, which))

    def rewrite(self, file: str, how: Callable[[Frame], Frame]) -> None:
        """Change frames at the point with that capture file, and from there on."""
        self.rewrites.append((file, how))

    def delay(self, file: str, which: Which, by: int) -> None:
        """Let frames come `by` µs later to the point with that capture file: others overtake them."""
        self.delays.append((file, which, by))

    def double(self, file: str, which: Which) -> None:
        """Let frames come twice to the point with that capture file, and to all behind it."""
        self.doubles.append((file, which))

    def at(self, time: int, event: Event) -> None:
        heapq.heappush(self._events, (time, next(self._counter), event))

    def run(self) -> None:
        while self._events and self._events[0][0] <= self.end:
            time, _, event = heapq.heappop(self._events)
            event(time)

    def deliver(self, packet: Packet, path: Path, time: int, refused: Event | None = None) -> list[Arrival]:
        """Carry `packet` along `path`; return its arrivals: none if it is lost, two if it was doubled."""
        self._doubled = None
        arrivals = [self.walk(packet, path, time, refused)]
        if self._doubled:
            self._unseen_until = self._doubled
            arrivals.append(self.walk(packet, path, time + BEHIND))
            self._unseen_until = None
        return [each for each in arrivals if each]

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

    def _carry(self, frame: Frame, hops: tuple[Step, ...], time: int) -> tuple[Frame, int] | None:
        for hop in hops:
            if isinstance(hop, Turn):
                changed = hop.change(frame.content) if isinstance(frame.content, Packet) else frame.content
                frame = replace(frame, content=changed)
                continue
            step = self._cross(hop, frame, time) if isinstance(hop, Crossing) else self._see(hop, frame, time)
            if step is None:
                return None
            frame, time = step
        return frame, time

    def _see(self, hop: Hop, frame: Frame, time: int) -> tuple[Frame, int] | None:
        """Write down a sighting, unless this is a copy that comes from further on."""
        name = hop.point.file
        if self._unseen_until == name:
            self._unseen_until = None
        if self._unseen_until:
            return frame, time
        if any(file == name and which(frame) for file, which in self.drops):
            return None
        for file, how in self.rewrites:
            frame = how(frame) if file == name else frame
        if any(file == name and which(frame) for file, which in self.doubles):
            self._doubled = name
        time = self._arrival(hop, frame, time)
        seen_at = time + self.clocks.get(hop.point.owner, 0)
        self.sightings[hop.point].append(Sighting(seen_at, frame, hop))
        return frame, time

    def _arrival(self, hop: Hop, frame: Frame, time: int) -> int:
        """Return when a frame comes to a point: those of one direction overtake only what is delayed."""
        from_wire = hop.point.role == "uplink" and not hop.out
        time += self.chance.randint(*(WIRE_HOP if from_wire else LOCAL_HOP))
        late = sum(by for file, which, by in self.delays if file == hop.point.file and which(frame))
        time = max(time, self._last.get((hop.point, hop.out), 0) + 1)
        if late:
            return time + late
        self._last[hop.point, hop.out] = time
        return time

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
        self._identification[pair] += not self._unseen_until  # a copy has the same
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
