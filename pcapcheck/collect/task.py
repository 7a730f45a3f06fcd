"""A task of the map stage: a byte range of a capture, or several small captures, gathered by any process.

It takes the addresses of captures and a plan of what to read, and gives range summaries. It knows no topology
and no rules.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pcapcheck.capture.block import Block
from pcapcheck.capture.remote import is_url
from pcapcheck.capture.source import Capture, Range, open_capture
from pcapcheck.collect.batch import MAX_BATCH_BYTES, bytes_of, join, split, whole
from pcapcheck.collect.capturesummary import RangeSummary, first_of_each, moved, renumbered
from pcapcheck.collect.fingerprint import fingerprints_of
from pcapcheck.collect.gather import Gathered, gather
from pcapcheck.collect.merge import merge
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.collect.sizing import RECORD
from pcapcheck.decode.registry import Dissectors, dissector_table
from pcapcheck.errors import InputError
from pcapcheck.scale import scratch
from pcapcheck.scale.scratch import StoredFrame

Watch = Callable[[int], None]
MIN_SPILLED_ROWS: Final = 2_000  # fewer are never spilled: a file would cost more


@dataclass(frozen=True, slots=True)
class Task:
    """One byte range of one capture, and the plan of what to read in it; any process can do it.

    Attributes:
        path: the capture as the user gave it.
        address: where any process finds it.
        range: the bytes; None: the whole capture.
        plan: what to read.
        scratch: the folder for frames that are spilled; None: they are not spilled.
        name: the name of a file in `scratch`.
        rows: a frame of more rows is spilled, since a pipe between processes is slow; MIN_SPILLED never are.
    """

    path: str
    address: str
    range: Range | None
    plan: ReadPlan
    scratch: str | None
    name: str
    rows: int


def map_tasks(tasks: Sequence[Task], watch: Watch | None = None) -> list[RangeSummary]:
    """Gather byte ranges; small captures are gathered as one block, which makes them cheap.

    A capture that cannot be read gives a summary with an `error`; nothing is raised.

    Args:
        tasks: one task, or several of whole captures that can be opened again.
        watch: is called with the number of bytes read.
    """
    if len(tasks) == 1:
        return [map_range(tasks[0], watch)]
    plan = tasks[0].plan
    found: dict[str, RangeSummary] = {}
    read = list(_small(tasks))
    if read:
        block, first = join([each.blocks for each in read])
        packets = [sum(map(len, each.blocks)) for each in read]
        gathered = split(_settled(gather(block.pieces(), plan, _table(plan)), plan), first, packets)
        several = _kept(gathered, [each.task for each in read])
        for each, kept, count in zip(read, several, packets, strict=True):
            found[each.task.name] = _mapped(each.task, each.capture, kept, count)
    return [found.get(task.name) or map_range(task) for task in tasks]


def map_range(task: Task, watch: Watch | None = None) -> RangeSummary:
    """Gather one byte range; see `map_tasks`."""
    try:
        capture = open_capture(task.address)
        found = gather(_watched(capture.blocks(task.range), watch), task.plan, _table(task.plan))
    except InputError as problem:
        return RangeSummary(error=str(problem).replace(task.address, task.path))
    (kept,) = _kept([_settled(found, task.plan)], [task])
    return _mapped(task, capture, kept, found.packets)


@dataclass(frozen=True, slots=True)
class _Read:
    """A small capture, and all its packets."""

    task: Task
    capture: Capture
    blocks: Sequence[Block]


def _small(tasks: Iterable[Task]) -> Iterator[_Read]:
    """Yield what can be read together; the rest is read alone, if only to report what is wrong with it."""
    room = MAX_BATCH_BYTES
    for task in tasks:
        try:
            capture = open_capture(task.address)
            blocks = whole(capture, room)
        except InputError:
            continue
        if blocks is not None:
            room -= sum(map(bytes_of, blocks))
            yield _Read(task, capture, blocks)


def _table(plan: ReadPlan) -> Dissectors:
    return dissector_table(plan.decode_as, by_content=True)


def _settled(found: Gathered, plan: ReadPlan) -> Gathered:
    """Merge equal variants, and choose the fingerprints."""
    variants, places = merge([found.variants], [0])
    sightings = moved(found.sightings, places[0], 0) if places else found.sightings
    keys = renumbered(found.keys, places[0]) if places else found.keys
    if plan.keep is None:
        keys = fingerprints_of(sightings, len(variants))
    elif places:
        keys = first_of_each(keys, plan.keep)
    return Gathered(variants, sightings, keys, found.packets)


class _Kept(NamedTuple):
    """The frames that were gathered, in memory or spilled."""

    variants: StoredFrame
    sightings: StoredFrame
    keys: StoredFrame


def _kept(found: Sequence[Gathered], tasks: Sequence[Task]) -> Iterator[_Kept]:
    """Yield what was gathered for each task; what is much together is spilled together."""
    first, rows = tasks[0], max(MIN_SPILLED_ROWS, sum(task.rows for task in tasks))
    parts = [
        scratch.store_each(
            [getattr(each, part) for each in found], first.scratch, f"{first.name}-{part}", rows=rows
        )
        for part in _Kept._fields
    ]
    yield from map(_Kept, *parts)


def _mapped(task: Task, capture: Capture, kept: _Kept, packets: int) -> RangeSummary:
    summary = capture.summary
    return RangeSummary(
        variants=kept.variants,
        sightings=kept.sightings,
        keys=kept.keys,
        packets=packets,
        frames=summary.frames,
        interfaces=capture.interfaces,
        truncated=summary.truncated,
        clock=summary.clock,
        notes=(*summary.notes, *_whole(task, capture)),
        proven=summary.proven,
        comments=sum(frame > 0 for frame in capture.comments),
        format=" ".join(word for word in (capture.format, capture.compression) if word),
    )


def _watched(blocks: Iterable[Block], watch: Watch | None) -> Iterator[Block]:
    for block in blocks:
        yield block
        if watch:
            watch(int(block.captured.sum()) + RECORD * len(block))


def _whole(task: Task, capture: Capture) -> tuple[str, ...]:
    """Return a note on a file by URL that could not be read in pieces."""
    if not is_url(task.path) or capture.seekable:
        return ()
    why = f"it is {capture.compression}" if capture.compression else "its server gives no ranges"
    return (f"{why}: it was read as one stream, by one task",)
