"""The map stage: independent tasks, each a byte range of a capture; their results joined to one a capture.

Takes captures and what to look at, gives variants and sightings. Where tasks run (`workers`) changes no
result. It does not know the topology or rules.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate, groupby
from operator import itemgetter
from pathlib import Path

import polars as pl

from pcapcheck import spill, workers
from pcapcheck.capture.block import Block
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.source import Interface, Range, open_capture
from pcapcheck.correlate.gather import Wanted, gather
from pcapcheck.correlate.merge import merge
from pcapcheck.correlate.tuples import FIELDS
from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError

SPLIT = 256 << 20  # bytes of a file that one task reads when there are several workers
FINEST = ("ns", "us", "user-space", "seconds", "none")  # qualities of clocks
RECORD = 16  # bytes that a file holds of a packet besides its data, about
# Fields of every variant, besides those that say who speaks with whom (`tuples.FIELDS`) and those that rules name.
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
    "inner.ip.ttl",
    "inner.ipv6.hlim",
    "udp.srcport",
    "udp.dstport",
    "vxlan.vni",
    "geneve.vni",
    "gre.key",
    "arp.src.hw_mac",
    "icmp.mtu",
    "ip.flags.mf",
    "ip.frag_offset",
    "quoted.ip.src",
    "quoted.ip.dst",
    "quoted.ip.proto",
    "quoted.tcp.srcport",
    "quoted.tcp.dstport",
    "quoted.udp.srcport",
    "quoted.udp.dstport",
)

LARGE = 64 << 20  # bytes of a capture
Progress = Callable[[int, int], None]  # bytes done, bytes in all
Kept = pl.DataFrame | str  # a frame, or the file that it was spilled to


@dataclass(frozen=True, slots=True)
class Look:
    """What a run looks at.

    Attributes:
        names: fields of variants.
        decode_as: further dissectors, table -> number -> protocol.
        keep: how many packets of each variant are kept as sightings; None is all.
        since, until: nanoseconds since 1970 UTC.
        jobs: worker processes.
        split: bytes of a file that one of several workers reads at a time.
    """

    names: tuple[str, ...] = (*FIELDS, *HEADERS)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    keep: int | None = None
    since: int | None = None
    until: int | None = None
    jobs: int = 1
    split: int = SPLIT


@dataclass(frozen=True, slots=True)
class Task:
    """One byte range of one capture, and what to look at in it; any process can do it."""

    path: str
    range: Range | None
    look: Look
    scratch: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a task found. `error` says why the capture could not be read."""

    variants: pl.DataFrame = field(default_factory=pl.DataFrame)
    sightings: Kept = field(default_factory=pl.DataFrame)
    packets: int = 0
    interfaces: tuple[Interface, ...] = ()
    truncated: bool = False
    clock: str = "none"
    notes: tuple[str, ...] = ()
    comments: int = 0
    format: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """One capture after its tasks: their results joined, frames counted from the start of the file.

    Attributes:
        input: as the user named it.
        variants: see `Variants.frame`.
        sightings: see `gather`; spilled where they are many.
        packets: how many the capture holds.
        interfaces, truncated, clock, notes: see `capture.source`.
        comments: how many packets somebody commented on.
        format: pcap or pcapng, and how it is compressed.
        error: why it could not be read, else None.
    """

    input: Input
    variants: pl.DataFrame
    sightings: tuple[Kept, ...]
    packets: int
    interfaces: tuple[Interface, ...]
    truncated: bool
    clock: str
    notes: tuple[str, ...]
    comments: int
    format: str
    error: str | None


def fields_to_read(named: Iterable[str]) -> tuple[str, ...]:
    """Return the fields to look at: the usual ones and those that rules name."""
    return tuple(dict.fromkeys((*FIELDS, *HEADERS, *named)))


def read_all(
    inputs: Sequence[Input], look: Look, scratch: str | None, progress: Progress | None = None
) -> list[Captured]:
    """Run the map stage over all captures."""
    return list(read_each(inputs, look, scratch, progress))


def read_each(
    inputs: Sequence[Input], look: Look, scratch: str | None, progress: Progress | None = None
) -> Iterator[Captured]:
    """Run the map stage over all captures, and yield each as soon as it is done, in their order."""
    sizes = [_size(each) for each in inputs]
    jobs = look.jobs if sum(sizes) >= look.split // 16 else 1  # starting a worker costs as much as reading that
    parts = [(at, part) for at, each in enumerate(inputs) for part in _ranges(each, jobs, look.split)]
    tasks = [Task(inputs[at].path, part, look, scratch, number) for number, (at, part) in enumerate(parts)]
    meter = Meter(sum(sizes), progress)
    here = jobs <= 1 or len(tasks) <= 1
    work = partial(map_range, watch=meter.see) if progress and here else map_range
    with closing(workers.run(work, tasks, jobs=jobs)) as results:
        owned = ((at, done) for (at, _), done in zip(parts, results, strict=True))
        for at, group in groupby(owned, itemgetter(0)):
            found = [done for _, done in group]
            meter.finish(sizes[at])
            yield _captured(inputs[at], found, scratch)


def map_range(task: Task, watch: Callable[[int], None] | None = None) -> Mapped:
    """Gather one byte range; what cannot be read is said, not raised. `watch` is told the bytes of each block."""
    try:
        capture = open_capture(task.path)
    except InputError as problem:
        return Mapped(error=str(problem))
    look = task.look
    table = dissector_table(look.decode_as, by_content=True)
    blocks = capture.blocks(task.range)
    wanted = Wanted(look.names, table, look.keep, look.since, look.until)
    found = gather(_watched(blocks, watch) if watch else blocks, wanted)
    variants, (places,) = merge([found.variants], [0])
    summary = capture.summary
    return Mapped(
        variants=variants,
        sightings=spill.keep(_moved(found.sightings, places, 0), task.scratch, f"map-{task.number}"),
        packets=found.packets,
        interfaces=capture.interfaces,
        truncated=summary.truncated,
        clock=summary.clock,
        notes=summary.notes,
        comments=sum(frame > 0 for frame in capture.comments),
        format=" ".join(word for word in (capture.format, capture.compression) if word),
    )


def _watched(blocks: Iterable[Block], watch: Callable[[int], None]) -> Iterator[Block]:
    for block in blocks:
        yield block
        watch(int(block.captured.sum()) + RECORD * len(block))


def _size(each: Input) -> int:
    path = Path(each.path)
    return path.stat().st_size if path.is_file() else 0


def _ranges(each: Input, jobs: int, split: int) -> Sequence[Range | None]:
    """Split a large file among several workers, at verified boundaries."""
    if jobs <= 1:
        return (None,)
    try:
        capture = open_capture(each.path)
    except InputError:
        return (None,)
    if not capture.seekable or not capture.size or capture.size < split // 4:
        return (None,)
    return capture.ranges(max(jobs, -(-capture.size // split)))


def _captured(each: Input, parts: Sequence[Mapped], scratch: str | None) -> Captured:
    """Join the results of one capture's tasks."""
    variants, sightings = _merged(parts, scratch)
    return Captured(
        input=each,
        variants=variants,
        sightings=sightings,
        packets=sum(part.packets for part in parts),
        interfaces=_interfaces([part.interfaces for part in parts]),
        truncated=any(part.truncated for part in parts),
        clock=min((part.clock for part in parts), key=FINEST.index),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        comments=sum(part.comments for part in parts),
        format=parts[0].format,
        error=next((part.error for part in parts if part.error), None),
    )


def _merged(parts: Sequence[Mapped], scratch: str | None) -> tuple[pl.DataFrame, tuple[Kept, ...]]:
    """Join variants of several ranges that are the same; number sightings by the joined ones."""
    whole = [part for part in parts if part.variants.width]
    if len(whole) <= 1:
        return next(((part.variants, (part.sightings,)) for part in whole), (pl.DataFrame(), ()))
    starts = list(accumulate((part.packets for part in whole[:-1]), initial=0))
    variants, places = merge([part.variants for part in whole], starts)
    moved = []
    for part, start, place in zip(whole, starts, places, strict=True):
        name = f"{Path(part.sightings).stem}-moved" if isinstance(part.sightings, str) else ""
        moved.append(spill.keep(_moved(spill.load(part.sightings), place, start), scratch, name))
    return variants, tuple(moved)


def _moved(sightings: pl.DataFrame, places: pl.DataFrame, packets: int) -> pl.DataFrame:
    """Return sightings with new numbers of their variants; `packets` lie before them."""
    moved = sightings.join(places, on="variant", how="left", maintain_order="left")
    return moved.with_columns(pl.col("to").alias("variant"), pl.col("frame") + packets).drop("to")


def _interfaces(seen: Sequence[tuple[Interface, ...]]) -> tuple[Interface, ...]:
    """Return the interfaces with their counters, which the file has behind the packets: only one range saw them."""
    described = max(seen, key=len)
    return tuple(
        next((each[number] for each in reversed(seen) if _counted(each, number)), interface)
        for number, interface in enumerate(described)
    )


def _counted(interfaces: tuple[Interface, ...], number: int) -> bool:
    if number >= len(interfaces):
        return False
    return (interfaces[number].dropped, interfaces[number].start, interfaces[number].end) != (None, None, None)


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


def is_one_large_point(inputs: Sequence[Input]) -> bool:
    """Whether all packets are of one capture point, and many: then there is no other point to compare them with."""
    if len(inputs) != 1 or inputs[0].path == "-":
        return False
    try:
        capture = open_capture(inputs[0].path)
    except InputError:
        return False
    return capture.format == "pcap" and (capture.size or 0) > LARGE
