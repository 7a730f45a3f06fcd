"""A task of the map stage: a byte range of a capture, or several small captures, gathered by any process.

Takes where captures are and what to look at, gives what was found. It knows no topology and no rules.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pcapcheck import spill
from pcapcheck.capture.block import Block
from pcapcheck.capture.source import Capture, Range, open_capture
from pcapcheck.capture.together import ROOM, bytes_of, together, whole
from pcapcheck.captured import Mapped, first_of_each, moved, renumbered
from pcapcheck.correlate.apart import apart
from pcapcheck.correlate.gather import Gathered, Wanted, gather
from pcapcheck.correlate.merge import merge
from pcapcheck.correlate.strong import strong_keys_of
from pcapcheck.correlate.tuples import FIELDS
from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError
from pcapcheck.remote import is_url
from pcapcheck.sizing import RECORD
from pcapcheck.spill import Kept

Watch = Callable[[int], None]
FEW: Final = 2_000  # rows that are never spilled

# Fields of every variant, besides those of `tuples.FIELDS` and those that rules name.
HEADERS: Final = (
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
    rows: int  # more of variants, or of sightings, are spilled (FEW never): a pipe between processes is slow


def fields_to_read(named: Iterable[str]) -> tuple[str, ...]:
    """Return the fields to look at: the usual ones and those that rules name."""
    return tuple(dict.fromkeys((*FIELDS, *HEADERS, *named)))


def map_tasks(tasks: Sequence[Task], watch: Watch | None = None) -> list[Mapped]:
    """Gather byte ranges; those that are whole and small captures together, which is what makes them cheap.

    What cannot be read is said, not raised.

    Args:
        tasks: one, or several whole captures that can be opened again.
        watch: hears of bytes read, where there is one.
    """
    if len(tasks) == 1:
        return [map_range(tasks[0], watch)]
    look = tasks[0].look
    found: dict[str, Mapped] = {}
    read = list(_small(tasks))
    if read:
        block, first = together([each.blocks for each in read])
        packets = [sum(map(len, each.blocks)) for each in read]
        gathered = apart(_settled(gather(block.pieces(), _wanted(look)), look), first, packets)
        several = _kept(gathered, [each.task for each in read])
        for each, kept, count in zip(read, several, packets, strict=True):
            found[each.task.name] = _mapped(each.task, each.capture, kept, count)
    return [found.get(task.name) or map_range(task) for task in tasks]


def map_range(task: Task, watch: Watch | None = None) -> Mapped:
    """Gather one byte range; see `map_tasks`."""
    try:
        capture = open_capture(task.address)
        found = gather(_watched(capture.blocks(task.range), watch), _wanted(task.look))
    except InputError as problem:
        return Mapped(error=str(problem).replace(task.address, task.path))
    (kept,) = _kept([_settled(found, task.look)], [task])
    return _mapped(task, capture, kept, found.packets)


@dataclass(frozen=True, slots=True)
class _Read:
    """A small capture, and all its packets."""

    task: Task
    capture: Capture
    blocks: Sequence[Block]


def _small(tasks: Iterable[Task]) -> Iterator[_Read]:
    """Yield what can be read together; the rest is read alone, if only to say what is wrong with it."""
    room = ROOM
    for task in tasks:
        try:
            capture = open_capture(task.address)
            blocks = whole(capture, room)
        except InputError:
            continue
        if blocks is not None:
            room -= sum(map(bytes_of, blocks))
            yield _Read(task, capture, blocks)


def _wanted(look: Look) -> Wanted:
    table = dissector_table(look.decode_as, by_content=True)
    return Wanted(look.names, table, look.keep, look.since, look.until)


def _settled(found: Gathered, look: Look) -> Gathered:
    """Make variants that are the same one, and pick the strong keys."""
    variants, places = merge([found.variants], [0])
    sightings = moved(found.sightings, places[0], 0) if places else found.sightings
    keys = renumbered(found.keys, places[0]) if places else found.keys
    if look.keep is None:
        keys = strong_keys_of(sightings, len(variants))
    elif places:
        keys = first_of_each(keys, look.keep)
    return Gathered(variants, sightings, keys, found.packets)


class _Kept(NamedTuple):
    """What was gathered, where it can wait."""

    variants: Kept
    sightings: Kept
    keys: Kept


def _kept(found: Sequence[Gathered], tasks: Sequence[Task]) -> Iterator[_Kept]:
    """Yield what was gathered for each task; what is much together is spilled together."""
    first, rows = tasks[0], max(FEW, sum(task.rows for task in tasks))
    parts = [
        spill.keep_each(
            [getattr(each, part) for each in found], first.scratch, f"{first.name}-{part}", rows=rows
        )
        for part in _Kept._fields
    ]
    yield from map(_Kept, *parts)


def _mapped(task: Task, capture: Capture, kept: _Kept, packets: int) -> Mapped:
    summary = capture.summary
    return Mapped(
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
    """Say of a file by URL that it could not be read in pieces."""
    if not is_url(task.path) or capture.seekable:
        return ()
    why = f"it is {capture.compression}" if capture.compression else "its server gives no ranges"
    return (f"{why}: it was read as one stream, by one task",)
