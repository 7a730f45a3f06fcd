"""The map stage: independent tasks, each a byte range of a capture; their results joined to one a capture.

Takes captures and what to look at, gives variants and sightings. Where tasks run (`workers`) changes no result. It does not know the
topology or rules.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from pcapcheck import spill, workers
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.source import Range, open_capture
from pcapcheck.correlate.counts import FRAMES
from pcapcheck.correlate.gather import Wanted, gather
from pcapcheck.correlate.tuples import FIELDS
from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError

SPLIT = 256 << 20  # bytes of a file that one task reads when there are several workers
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


@dataclass(frozen=True, slots=True)
class Task:
    """One byte range of one capture, and what to look at in it; any process can do it."""

    path: str
    range: Range | None
    names: tuple[str, ...]
    decode_as: Mapping[str, Mapping[int, str]]
    sightings: bool
    since: int | None
    until: int | None
    scratch: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a task found. `error` says why the capture could not be read (to its end)."""

    variants: pl.DataFrame | None
    sightings: "pl.DataFrame | str | None"
    packets: int
    interfaces: tuple[Any, ...] = ()
    truncated: bool = False
    clock: str = "us"
    notes: tuple[str, ...] = ()
    format: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Captured:
    """One capture after its tasks: their results joined, frames counted from the start of the file."""

    input: Input
    variants: pl.DataFrame
    sightings: tuple["pl.DataFrame | str", ...]
    packets: int
    interfaces: tuple[Any, ...]
    truncated: bool
    clock: str
    notes: tuple[str, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What a run looks at: fields by name, dissectors, times, and where it may work."""

    names: tuple[str, ...] = (*FIELDS, *HEADERS)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    sightings: bool = True
    since: int | None = None
    until: int | None = None
    jobs: int = 1


def map_range(task: Task) -> Mapped:
    """Gather one byte range; what cannot be read is said, not raised."""
    try:
        capture = open_capture(task.path)
    except InputError as problem:
        return Mapped(None, None, 0, error=str(problem))
    table = dissector_table(task.decode_as, by_content=True)
    wanted = Wanted(task.names, table, task.sightings, task.since, task.until)
    found = gather(capture.blocks(task.range), wanted)
    summary = capture.summary
    return Mapped(
        variants=found.variants,
        sightings=None
        if found.sightings is None
        else spill.keep(found.sightings, task.scratch, f"map-{task.number}"),
        packets=found.packets,
        interfaces=capture.interfaces,
        truncated=summary.truncated,
        clock=summary.clock,
        notes=summary.notes,
        format=capture.format,
    )


def read_all(
    inputs: Sequence[Input],
    look: Look,
    scratch: str | None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Captured]:
    """Run the map stage over all captures."""
    tasks: list[Task] = []
    owner: list[int] = []
    for position, each in enumerate(inputs):
        for byte_range in _ranges(each, look.jobs):
            tasks.append(_task(each, byte_range, look, scratch, len(tasks)))
            owner.append(position)
    results: list[list[Mapped]] = [[] for _ in inputs]
    for number, done in enumerate(workers.run(map_range, tasks, jobs=look.jobs)):
        results[owner[number]].append(done)
        if progress:
            progress(number + 1, len(tasks))
    return [_captured(each, parts) for each, parts in zip(inputs, results, strict=True)]


def _task(each: Input, byte_range: Range | None, look: Look, scratch: str | None, number: int) -> Task:
    names = look.names
    return Task(
        each.path, byte_range, names, look.decode_as, look.sightings, look.since, look.until, scratch, number
    )


def _ranges(each: Input, jobs: int) -> Sequence[Range | None]:
    """Split a large file among several workers, at verified boundaries."""
    if jobs <= 1 or each.path == "-":
        return (None,)
    try:
        capture = open_capture(each.path)
    except InputError:
        return (None,)
    if not capture.seekable or not capture.size or capture.size < SPLIT // 4:
        return (None,)
    return capture.ranges(max(jobs, -(-capture.size // SPLIT)))


def _captured(each: Input, parts: Sequence[Mapped]) -> Captured:
    """Join the results of one capture's tasks."""
    whole = [part for part in parts if part.variants is not None]
    first = next(iter(whole), parts[0])
    starts = [sum(part.packets for part in whole[:k]) for k in range(len(whole))]
    frames = [
        _shifted(part.variants, start)
        for part, start in zip(whole, starts, strict=True)
        if part.variants is not None
    ]
    variants, sightings = _merged(frames, [part.sightings for part in whole], starts)
    return Captured(
        input=each,
        variants=variants,
        sightings=sightings,
        packets=sum(part.packets for part in whole),
        interfaces=max((part.interfaces for part in parts), key=len),
        truncated=any(part.truncated for part in parts),
        clock=first.clock,
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        error=next((part.error for part in parts if part.error), None),
    )


def _shifted(variants: pl.DataFrame, packets: int) -> pl.DataFrame:
    """Count frames from the start of the file: `packets` lie before this range."""
    frames = [f"frame{k + 1}" for k in range(FRAMES)]
    return variants.with_columns(
        pl.when(pl.col(name) > 0).then(pl.col(name) + packets).otherwise(0).alias(name) for name in frames
    )


def _merged(
    frames: Sequence[pl.DataFrame], sightings: Sequence["pl.DataFrame | str | None"], starts: Sequence[int]
) -> tuple[pl.DataFrame, tuple["pl.DataFrame | str", ...]]:
    """Join variants of several ranges that are the same; number sightings by the joined ones."""
    kept = [each for each in sightings if each is not None]
    if len(frames) <= 1:
        return (frames[0] if frames else pl.DataFrame()), tuple(kept)
    counts = ["variant", "packets", "bytes", "first", "last", *(f"frame{k + 1}" for k in range(FRAMES))]
    every = pl.concat([frame.with_columns(pl.lit(k).alias("part")) for k, frame in enumerate(frames)])
    keys = [name for name in every.columns if name not in (*counts, "part")]
    proof = pl.concat_list([f"frame{k + 1}" for k in range(FRAMES)]).explode()
    first = proof.filter(proof > 0).sort().head(FRAMES)
    joined = every.group_by(keys).agg(
        pl.col("packets", "bytes").sum(), pl.col("first").min(), pl.col("last").max(), first.alias("proof")
    )
    joined = joined.with_columns(
        pl.col("proof").list.get(k, null_on_oob=True).fill_null(0).alias(f"frame{k + 1}")
        for k in range(FRAMES)
    ).drop("proof")
    joined = joined.sort("frame1").with_row_index("variant").cast({"variant": pl.Int64})
    places = every.select("part", "variant", *keys).join(
        joined.select(pl.col("variant").alias("to"), *keys), on=keys, nulls_equal=True
    )
    moved = []
    for part, (each, start) in enumerate(zip(kept, starts, strict=False)):
        names = places.filter(pl.col("part") == part).select("variant", "to")
        loaded = spill.load(each).join(names, on="variant", how="left", maintain_order="left")
        moved.append(loaded.with_columns(pl.col("to").alias("variant"), pl.col("frame") + start).drop("to"))
    return joined.select(frames[0].columns), tuple(moved)


def fields_to_read(named: Sequence[str]) -> tuple[str, ...]:
    """Return the fields to look at: the usual ones and those that rules name."""
    return tuple(dict.fromkeys((*FIELDS, *HEADERS, *named)))
