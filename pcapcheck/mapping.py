"""The map stage: independent tasks, each a byte range of a capture; their results joined to one a capture.

Takes captures and what to look at, gives variants and sightings. Where tasks run (`workers`) changes no
result. It does not know the topology or rules.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import Path

from pcapcheck import spill
from pcapcheck.capture.block import Block
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.opening import STANDARD_INPUT
from pcapcheck.capture.source import Capture, Range, open_capture
from pcapcheck.captured import Captured, Mapped, first_of_each, join, moved, renumbered
from pcapcheck.correlate.gather import Wanted, gather
from pcapcheck.correlate.merge import merge
from pcapcheck.correlate.strong import strong_keys_of
from pcapcheck.correlate.tuples import FIELDS
from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError
from pcapcheck.remote import is_url
from pcapcheck.resources import Resources
from pcapcheck.sizing import LARGE, RECORD, check_room, size_of

# Fields of every variant, besides those of `tuples.FIELDS` and those that rules name.
HEADERS = (
    "eth.src",
    "eth.dst",
    "inner.eth.src",
    "inner.eth.dst",
    "sll.pkttype",
    "sll.ifindex",
    "sll.hatype",
    "sll.src.eth",
    "vlan.id",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "ip.ttl",
    "ipv6.hlim",
    "inner.ip.ttl",
    "inner.ipv6.hlim",
    "udp.srcport",
    "udp.dstport",
    "vxlan.vni",
    "geneve.vni",
    "gre.key",
    "arp.src.hw_mac",
    "icmp.mtu",
    "icmpv6.mtu",
    "ip.flags.mf",
    "ip.frag_offset",
    "quoted.ip.src",
    "quoted.ip.dst",
    "quoted.ip.proto",
    "quoted.ipv6.src",
    "quoted.ipv6.dst",
    "quoted.ipv6.nxt",
    "quoted.icmp.ident",
    "quoted.tcp.srcport",
    "quoted.tcp.dstport",
    "quoted.udp.srcport",
    "quoted.udp.dstport",
)

SMALLEST = 8 << 20  # bytes that are worth a task
TURNS = 2  # tasks for each worker at least, so that none waits long for the last one
FEW = 2_000  # sightings that are never spilled
Progress = Callable[[int, int], None]  # bytes done, bytes in all


@dataclass(frozen=True, slots=True)
class Look:
    """What a run looks at.

    Attributes:
        names: fields of variants.
        decode_as: further dissectors, table -> number -> protocol.
        keep: None: all packets are kept as sightings; else of how many of each variant strong keys are.
        since, until: nanoseconds since 1970 UTC.
    """

    names: tuple[str, ...] = (*FIELDS, *HEADERS)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    keep: int | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One byte range of one capture, and what to look at in it; any process can do it."""

    path: str  # as the user gave it
    address: str  # where any process finds it
    range: Range | None
    look: Look
    scratch: str | None
    name: str  # of a file in `scratch`
    rows: int  # more of variants, or of sightings, are spilled: a pipe between processes is slow


def fields_to_read(named: Iterable[str]) -> tuple[str, ...]:
    """Return the fields to look at: the usual ones and those that rules name."""
    return tuple(dict.fromkeys((*FIELDS, *HEADERS, *named)))


def read_all(
    inputs: Sequence[Input], look: Look, using: Resources, progress: Progress | None = None
) -> list[Captured]:
    """Run the map stage over all captures."""
    return list(read_each(inputs, look, using, progress))


def read_each(
    inputs: Sequence[Input], look: Look, using: Resources, progress: Progress | None = None
) -> Iterator[Captured]:
    """Run the map stage over all captures, and yield each as soon as it is done, in their order."""
    sizes = [size_of(each) for each in inputs]
    share = _share(sum(sizes), look, using)
    ranges = [_ranges(each.path, size, share) for each, size in zip(inputs, sizes, strict=True)]
    parts = [(at, part) for at, several in enumerate(ranges) for part in several]
    rows = FEW if using.crew.apart else max(using.budget.waiting // max(len(parts), 1), FEW)
    tasks = [
        Task(inputs[at].path, address(inputs[at].path), part, look, using.scratch, f"map-{number}", rows)
        for number, (at, part) in enumerate(parts)
    ]
    if look.keep is None and sum(sizes) > LARGE:
        check_room(inputs, using)
    first = list(accumulate((len(several) for several in ranges), initial=0))
    meter = Meter(sum(sizes), progress)
    work = partial(map_range, watch=meter.see) if progress and not using.crew.apart else map_range
    with closing(using.crew.run(work, tasks)) as results:
        owned = ((at, done) for (at, _), done in zip(parts, results, strict=True))
        for at, group in groupby(owned, itemgetter(0)):
            found = []
            for _, done in group:
                found.append(done)
                if using.crew.apart:
                    meter.see(sizes[at] // len(ranges[at]))
            meter.finish(sizes[at])
            proven = _proven(found, tasks[first[at]], using)
            yield join(inputs[at], proven, look.keep)


def map_range(task: Task, watch: Callable[[int], None] | None = None) -> Mapped:
    """Gather one byte range; what cannot be read is said, not raised. `watch` hears of bytes read."""
    look = task.look
    table = dissector_table(look.decode_as, by_content=True)
    wanted = Wanted(look.names, table, look.keep, look.since, look.until)
    try:
        capture = open_capture(task.address)
        blocks = capture.blocks(task.range)
        found = gather(_watched(blocks, watch) if watch else blocks, wanted)
    except InputError as problem:
        return Mapped(error=str(problem).replace(task.address, task.path))
    variants, places = merge([found.variants], [0])
    sightings = moved(found.sightings, places[0], 0) if places else found.sightings
    if look.keep is None:
        keys = strong_keys_of(sightings, len(variants))
    else:
        keys = first_of_each(renumbered(found.keys, places[0]), look.keep) if places else found.keys
    summary = capture.summary
    return Mapped(
        variants=spill.keep(variants, task.scratch, f"{task.name}-variants", rows=task.rows),
        sightings=spill.keep(sightings, task.scratch, task.name, rows=task.rows),
        keys=spill.keep(keys, task.scratch, f"{task.name}-keys", rows=task.rows),
        packets=found.packets,
        frames=summary.frames,
        interfaces=capture.interfaces,
        truncated=summary.truncated,
        clock=summary.clock,
        notes=(*summary.notes, *_whole(task, capture)),
        proven=summary.proven,
        comments=sum(frame > 0 for frame in capture.comments),
        format=" ".join(word for word in (capture.format, capture.compression) if word),
    )


def _watched(blocks: Iterable[Block], watch: Callable[[int], None]) -> Iterator[Block]:
    for block in blocks:
        yield block
        watch(int(block.captured.sum()) + RECORD * len(block))


def address(path: str) -> str:
    """Return where a process that runs in another folder finds a capture."""
    return path if path == STANDARD_INPUT or is_url(path) else str(Path(path).absolute())


def _whole(task: Task, capture: Capture) -> tuple[str, ...]:
    """Say of a file by URL that it could not be read in pieces."""
    if not is_url(task.path) or capture.seekable:
        return ()
    why = f"it is {capture.compression}" if capture.compression else "its server gives no ranges"
    return (f"{why}: it was read as one stream, by one task",)


def _share(total: int, look: Look, using: Resources) -> int:
    """Return how many bytes of a file one task reads: few where all its sightings are kept."""
    if look.keep is not None:
        return max(total // using.crew.size, SMALLEST) if using.crew.size > 1 else sys.maxsize
    return min(max(total // (TURNS * using.crew.size), SMALLEST), using.budget.split)


def _ranges(path: str, size: int, share: int) -> Sequence[Range | None]:
    """Cut a file into parts of about `share` bytes, which `_proven` looks at when they have been read."""
    if 2 * size < 3 * share:
        return (None,)
    try:
        capture = open_capture(path)
    except InputError:
        return (None,)
    if not capture.seekable or not capture.size:
        return (None,)
    return capture.cuts(round(capture.size / share))


def _proven(found: Sequence[Mapped], task: Task, using: Resources) -> Sequence[Mapped]:
    """Return the results of one capture; where a cut was wrong, those of ranges that need no proof."""
    if any(each.error for each in found) or all(each.proven for each in found[:-1]):
        return found
    ranges = open_capture(task.address).ranges(len(found))
    again = [
        replace(task, range=part, name=f"{task.name}-again-{number}") for number, part in enumerate(ranges)
    ]
    return list(using.crew.run(map_range, again))


class Meter:
    """How far the map stage is, in bytes of the captures."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        """`progress` is told after each block that is read in this process, and after each capture."""
        self._total, self._progress = total, progress
        self._done = self._here = 0

    def see(self, size: int) -> None:
        """Count bytes of the capture that is being read; compressed ones have more than their file."""
        self._here += size
        self._tell(self._done + self._here)

    def finish(self, size: int) -> None:
        """Count a capture of this size as done."""
        self._done, self._here = self._done + size, 0
        self._tell(self._done)

    def _tell(self, done: int) -> None:
        if self._progress:
            self._progress(min(done, self._total), self._total)
