"""Inspection: an overview of one capture, as text and as JSON (`inspect-v1`).

Takes counts, and does not know how captures are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from json import dumps

from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.documents import values
from pcapcheck.report.escape import utf8
from pcapcheck.report.layout import Layout
from pcapcheck.report.quantity import count, duration, moment, percent, size

INSPECT_SCHEMA = "inspect-v1"
ID_NAMES = {each.name: each.id_name for each in TUNNELS}
MAX_TABLE_LINES = 12  # of each table in the text, which is an overview
MAX_ENDPOINTS = 6  # addresses in the text
CLOCK_REMARKS = {"seconds": "whole seconds only", "user-space": "read in user space", "none": "no times"}


@dataclass(frozen=True, slots=True)
class InterfaceSeen:
    """One interface that a capture says it was made on; `dropped` is None where that was not counted."""

    name: str
    description: str
    linktype: str
    packets: int
    dropped: int | None
    filter: str


@dataclass(frozen=True, slots=True)
class TunnelSeen:
    """Packets that travel in one tunnel: its outer UDP port, its VNI or key; None where there is none."""

    form: str
    port: int | None
    id: int | None
    packets: int


@dataclass(frozen=True, slots=True)
class LooksLike:
    """The profile that a capture looks like, how sure that is, and why."""

    profile: str
    confidence: float
    evidence: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """An overview of one capture.

    Attributes:
        file: as the user named it.
        error: why it could not be read, else None.
        format: pcap or pcapng, and how it is compressed.
        packets: how many there are.
        bytes: their length on the wire.
        first, last: int nanoseconds since 1970 UTC, None without packets.
        clock: ns, us, user-space, seconds or none.
        truncated: the last record is cut off.
        interfaces: in the order of the file.
        stacks: layers of packets and how many packets have them, the most frequent first.
        tunnels: the most frequent first.
        endpoints: innermost addresses and how many packets each sent or got; the busiest only.
        addresses: how many distinct ones there are.
        comments: how many packets have comments.
        notes: what is wrong with the file, one sentence each.
        looks_like: a profile, or None.
    """

    file: str
    error: str | None = None
    format: str = ""
    packets: int = 0
    bytes: int = 0
    first: int | None = None
    last: int | None = None
    clock: str = "none"
    truncated: bool = False
    interfaces: tuple[InterfaceSeen, ...] = ()
    stacks: Mapping[str, int] = field(default_factory=dict)
    tunnels: tuple[TunnelSeen, ...] = ()
    endpoints: Mapping[str, int] = field(default_factory=dict)
    addresses: int = 0
    comments: int = 0
    notes: tuple[str, ...] = ()
    looks_like: LooksLike | None = None


def document(inspections: Iterable[Inspection]) -> Iterator[str]:
    """Yield all inspections as JSON, one line each."""
    yield f'{{"schema": "{INSPECT_SCHEMA}", "captures": ['
    for number, each in enumerate(inspections):
        yield (",\n  " if number else "\n  ") + dumps(_item(each), allow_nan=False)
    yield "]}\n"


def text(inspections: Iterable[Inspection], *, color: bool = False, width: int = 80) -> Iterator[str]:
    """Yield all inspections as text, with an empty line between two."""
    layout = Layout(width, color)
    for number, each in enumerate(inspections):
        yield "\n" if number else ""
        yield from _lines(layout, each)


def _item(each: Inspection) -> dict[str, object]:
    item = asdict(each)
    for name in ("first", "last"):
        item[name] = None if item[name] is None else values.time_text(item[name])
    legal = {name: utf8(value) if isinstance(value, str) else value for name, value in item.items()}
    return legal | {"notes": [utf8(note) for note in each.notes]}


def _lines(layout: Layout, each: Inspection) -> Iterator[str]:
    yield from layout.verbatim(each.file, style="bold")
    if each.error:
        yield from layout.paragraph(f"can't be read: {each.error}", indent=2, style="red")
        return
    yield from layout.paragraph(_summary(each), indent=2)
    for interface in each.interfaces:
        yield from layout.paragraph(_interface(interface), indent=2, lead="Interface:")
    yield from _table(layout, "Stacks", [(number, stack) for stack, number in each.stacks.items()])
    yield from _table(layout, "Tunnels", [(tunnel.packets, _tunnel(tunnel)) for tunnel in each.tunnels])
    yield from _endpoints(layout, each)
    if each.looks_like:
        yield from layout.paragraph(_profile(each.looks_like), indent=2, lead="Looks like:")
    for note in _notes(each):
        yield from layout.paragraph(note, indent=2, lead="Note:", style="yellow")


def _summary(each: Inspection) -> str:
    parts = [each.format, count(each.packets, "packet")]
    if each.first is not None and each.last is not None:
        parts += [size(each.bytes), moment(each.first), duration(each.last - each.first)]
    return ", ".join(parts)


def _interface(each: InterfaceSeen) -> str:
    parts = [each.name, each.description, each.linktype, count(each.packets, "packet")]
    parts += [f"{each.dropped:,} dropped"] if each.dropped is not None else []
    parts += [f"filter {each.filter}"] if each.filter else []
    return ", ".join(part for part in parts if part)


def _tunnel(each: TunnelSeen) -> str:
    port = f", UDP port {each.port}" if each.port is not None else ""
    return each.form + port + (f", {ID_NAMES[each.form]} {each.id}" if each.id is not None else "")


def _table(layout: Layout, title: str, rows: Sequence[tuple[int, str]]) -> Iterator[str]:
    if not rows:
        return
    yield from layout.verbatim(f"{title}:", indent=2)
    wide = max(len(f"{number:,}") for number, _ in rows)
    for number, what in rows[:MAX_TABLE_LINES]:
        yield from layout.verbatim(f"{number:>{wide},}  {what}", indent=4)
    if len(rows) > MAX_TABLE_LINES:
        yield from layout.verbatim(f"and {len(rows) - MAX_TABLE_LINES:,} more", indent=4 + wide + 2)


def _endpoints(layout: Layout, each: Inspection) -> Iterator[str]:
    busiest = [f"{address} ({number:,})" for address, number in each.endpoints.items()][:MAX_ENDPOINTS]
    more = f" and {each.addresses - len(busiest):,} more" if each.addresses > len(busiest) else ""
    if busiest:
        yield from layout.paragraph(", ".join(busiest) + more, indent=2, lead="Endpoints:")


def _profile(each: LooksLike) -> str:
    others = f"; it could be {', '.join(each.alternatives)}" if each.alternatives else ""
    return f"{each.profile} ({each.evidence}, confidence {percent(each.confidence)}){others}"


def _notes(each: Inspection) -> Iterator[str]:
    yield from each.notes
    if each.truncated:
        yield "the capture is truncated at the end"
    if each.comments:
        yield f"{count(each.comments, 'packet')} with comments"
    if each.packets and each.clock in CLOCK_REMARKS:
        yield f"the clock: {CLOCK_REMARKS[each.clock]}"
