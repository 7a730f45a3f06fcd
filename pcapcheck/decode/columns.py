"""Columns: one field of every packet of a block, by Wireshark's name, read on demand.

A plain name is the outermost occurrence, `inner.` the innermost, `#2` the second. `quoted.` looks into the
packet that an ICMP error quotes; other names do not. Rows of a shape give the same columns (`rows.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Bools, Ints, Numbers
from pcapcheck.capture.block import Block
from pcapcheck.decode import registry
from pcapcheck.decode.field import Kind
from pcapcheck.decode.layers import Group, Layers
from pcapcheck.decode.printed import not_printed
from pcapcheck.errors import InputError, did_you_mean

FRAME_FIELDS: dict[str, Kind] = {
    "frame.number": "integer",
    "frame.len": "integer",
    "frame.cap_len": "integer",
    "frame.time_epoch": "time",
    "frame.interface_id": "integer",
}
# In a packet that ICMP quotes, Wireshark shows the number as tcp.seq: packet-tcp.c.
RENAMED = "tcp.seq_raw"
COLUMN_DTYPES: dict[int, type[np.unsignedinteger]] = {1: np.uint8, 2: np.uint16, 4: np.uint32}


@dataclass(frozen=True, slots=True)
class Column:
    """One field of `n` packets.

    Attributes:
        values: unsigned (n,), 0 where absent; IPv6 addresses uint64 (n, 2), the upper half first;
            `frame.time_epoch` int64 nanoseconds.
        present: bool (n,).
        kind: what the values mean.
    """

    values: Numbers | Ints
    present: Bools
    kind: Kind = "integer"

    def tolist(self) -> list[int | None]:
        """Return Python numbers, None where absent; an IPv6 address is one number."""
        values: list[int] = self.values.tolist()
        if self.values.ndim == 2:
            values = [high << 64 | low for high, low in self.values.tolist()]
        return [value if here else None for value, here in zip(values, self.present.tolist(), strict=True)]


class FieldName(NamedTuple):
    """A name as rules and people write it: `quoted.inner.ip.src`, `ip.src#2`."""

    field: str
    inner: bool = False
    quoted: bool = False
    occurrence: int = 1


def field_names() -> dict[str, Kind]:
    """Return every name that a rule may use, with its kind; without `inner.`, `quoted.` and `#2`."""
    return {**FRAME_FIELDS, **registry.field_kinds()}


@cache
def parse_name(text: str) -> FieldName:
    """Split a name into its parts.

    Raises:
        InputError: there is no such field, or what stands around it makes no sense.
    """
    quoted = text.startswith("quoted.")
    rest = text.removeprefix("quoted.")
    inner = rest.startswith("inner.")
    field, hash_, number = rest.removeprefix("inner.").partition("#")
    if field not in registry.fields() and field not in FRAME_FIELDS:
        raise InputError(
            f"field `{text}`",
            f"`{field}` is not a field of any protocol",
            did_you_mean(field, field_names(), "`pcapcheck rules fields` lists the known names"),
        )
    if (hash_ and not (number.isascii() and number.isdigit() and 0 < int(number[:9]) < 100)) or (
        hash_ and inner
    ):
        raise InputError(f"field `{text}`", "`#` counts occurrences from the outermost", f"write `{field}#2`")
    if field in FRAME_FIELDS and text != field:
        raise InputError(f"field `{text}`", f"`{field}` occurs once in a packet", f"write `{field}`")
    return FieldName(field, inner, quoted, int(number) if hash_ else 1)


def kind_of(name: str) -> Kind:
    """Return the kind of a field, however its name is written."""
    field = parse_name(name).field
    return FRAME_FIELDS[field] if field in FRAME_FIELDS else registry.fields()[field].kind


def column(layers: Layers, name: str, *, quoted_too: bool = False) -> Column:
    """Return one field of all packets of a block.

    Args:
        layers: what `find_layers` found.
        name: Wireshark's name, private names too; with `inner.`, `quoted.` or `#2`.
        quoted_too: let plain and `inner.` names see quoted packets too, as tshark does.

    Raises:
        InputError: there is no such field.
    """
    found = _read(layers, name, quoted_too=quoted_too)
    return _printed(layers, name, found) if layers.block.absent else found


def _printed(layers: Layers, name: str, found: Column) -> Column:
    """Return a column without the values that were not printed."""
    wanted = parse_name(name)

    def outermost() -> Bools:
        if wanted.inner:
            return ~_read(layers, f"{wanted.field}#2").present
        return np.full(len(layers.block), wanted.occurrence == 1)

    lacks = not_printed(layers.block, wanted.field, quoted=wanted.quoted, outermost=outermost)
    if lacks is None:
        return found
    absent = lacks[:, None] if found.values.ndim == 2 else lacks
    return replace(found, values=np.where(absent, 0, found.values), present=found.present & ~lacks)


def _read(layers: Layers, name: str, *, quoted_too: bool = False) -> Column:
    wanted = parse_name(name)
    if wanted.field in FRAME_FIELDS:
        return frame_column(layers.block, wanted.field)
    result = Occurrences(len(layers.block), name)
    codes = registry.codes_with(wanted.field)
    for group in layers.groups:
        if group.code not in codes or (group.quoted != wanted.quoted and not quoted_too):
            continue
        values, present = group.headers.column(wanted.field)
        if quoted_too and wanted.field == RENAMED:
            present = present & ~_quoted_by_icmp(layers, group)
        result.add(group.packet, values, present)
    return result.column()


class Occurrences:
    """Picks one occurrence of a field per packet; groups come outermost first."""

    def __init__(self, n: int, name: str) -> None:
        self.kind = kind_of(name)
        self.values: Numbers = np.zeros((n, 2) if self.kind == "ipv6" else n, dtype_of(name))
        self.seen = np.zeros(n, np.uint8)
        self.name = parse_name(name)
        self.wanted = np.uint8(self.name.occurrence)

    def add(self, packet: Ints, values: Numbers, present: Bools) -> None:
        """Add the next occurrence of some packets."""
        if not present.all():
            packet, values = packet[present], values[present]
        self.seen[packet] += np.uint8(1)
        if self.name.inner:
            self.values[packet] = values
            return
        chosen = self.seen[packet] == self.wanted
        self.values[packet[chosen]] = values[chosen]

    def column(self) -> Column:
        """Return what was picked."""
        return Column(self.values, self.seen >= self.wanted, self.kind)


def _quoted_by_icmp(layers: Layers, group: Group) -> Bools:
    """Return which transport headers are in an IP packet that ICMP quotes: bool (k,)."""
    icmp = [
        other.packet
        for other in layers.groups
        if other.code == registry.code_of("icmp") and other.depth == group.depth - 2
    ]
    return np.isin(group.packet, np.concatenate(icmp)) if icmp else np.zeros(len(group.packet), np.bool_)


def frame_column(block: Block, name: str, row: Ints | None = None) -> Column:
    """Return a column of the capture's own data about each packet, or about some rows of the block."""
    values = FRAME_VALUES[name](block, np.arange(len(block)) if row is None else row)
    return Column(values, np.ones(len(values), np.bool_), FRAME_FIELDS[name])


@cache
def dtype_of(name: str) -> type[np.unsignedinteger]:
    """Return the narrowest type that holds every place of this field."""
    field = parse_name(name).field
    if field in FRAME_FIELDS:
        return np.uint64 if field == "frame.number" else np.uint32
    widest = max(f.width for protocol in registry.protocols() for f in protocol.named(field))
    return COLUMN_DTYPES.get(widest, np.uint64)


FRAME_VALUES: dict[str, Callable[[Block, Ints], Numbers | Ints]] = {
    "frame.number": lambda block, row: block.frame[row].astype(np.uint64),
    "frame.len": lambda block, row: block.original[row].astype(np.uint32),
    "frame.cap_len": lambda block, row: block.captured[row].astype(np.uint32),
    "frame.time_epoch": lambda block, row: block.time[row],
    "frame.interface_id": lambda block, row: block.interface[row].astype(np.uint32),
}
