"""Shape: a stack whose headers lie at fixed offsets, recognised by one masked comparison.

It never recognises a packet that the wavefront would decode otherwise; at worst it misses one: `compiler.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Numbers, Words64
from pcapcheck.decode.columns import FRAME_FIELDS, parse_name
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.registry import Codes


class Header(NamedTuple):
    """One header of a shape: `depth` counts the headers before it, `offset` the bytes."""

    protocol: Protocol
    depth: int
    offset: int


class FieldPlace(NamedTuple):
    """Where a field lies in every packet of a shape; offset ABSENT: packet by packet."""

    field: Field
    header: Header
    offset: int


class Extent(NamedTuple):
    """A guard: the length at `offset` is 0 or at least `least`."""

    offset: int
    least: int


class Ports(NamedTuple):
    """A guard: `entries` calls neither port at `offset` foreign (2), and one `expected` (0: neither)."""

    offset: int
    entries: Codes
    expected: int


@dataclass(frozen=True, slots=True)
class Shape:
    """A stack with fixed offsets.

    Attributes:
        stack: as `Layers.stacks` writes it.
        headers: outermost first.
        linktype: of the packets.
        reach: bytes that must be captured, and lie inside all lengths.
        words: per 8-byte word: its number, mask and value; little-endian.
        extents, ports: the guards.
        places: per field name, its occurrences, outermost first.
        guessed: offset of a UDP payload that must not look like a tunnel; ABSENT if that need not be asked.
    """

    stack: str
    headers: tuple[Header, ...]
    linktype: int
    reach: int
    words: tuple[tuple[int, np.uint64, np.uint64], ...]
    extents: tuple[Extent, ...]
    ports: tuple[Ports, ...]
    places: dict[str, tuple[FieldPlace, ...]]
    guessed: int

    def fits(self, words: RowWords) -> Bools:
        """Say which rows have the bits of this shape.

        The last words tell most shapes apart; where no row is left, the others need not be compared.
        """
        hit: Bools = np.ones(len(words), np.bool_)
        for number, mask, value in reversed(self.words):
            hit &= (words.column(number) & mask) == value
            if not hit.any():
                break
        return hit

    def holds(self, rows: Bytes, captured: Ints) -> Bools:
        """Say which rows that fit also pass the guards, but for `guessed`; `captured` is int64 (m,)."""
        passed: Bools = captured >= self.reach
        for extent in self.extents:
            size = strided(rows, extent.offset, ">u2").astype(np.uint16)
            size -= np.uint16(1)  # 0, "to the end", becomes the largest number
            passed &= size >= extent.least - 1
        for ports in self.ports:
            found = ports.entries.take(strided(rows, ports.offset, ">u2").astype(np.intp))
            found |= ports.entries.take(strided(rows, ports.offset + 2, ">u2").astype(np.intp))
            passed &= found == ports.expected
        return passed

    def find(self, name: str) -> tuple[FieldPlace, ...]:
        """Return the positions of a name, outermost first: one, none, or several if they vary."""
        wanted = parse_name(name)
        places = self.places.get(wanted.field, ())
        if wanted.quoted or any(place.offset == ABSENT for place in places):
            return () if wanted.quoted else places
        chosen = places[-1:] if wanted.inner else places[wanted.occurrence - 1 : wanted.occurrence]
        return tuple(chosen)

    def mask(self, names: Iterable[str], width: int = 160) -> Bytes:
        """Return the bits that these fields occupy in a packet of this shape: uint8 (width,).

        A field that the shape lacks has no bits.

        Raises:
            KeyError: a field has no fixed place (`frame.*`, TCP options).
        """
        bits = np.zeros(width, np.uint8)
        for name in names:
            if name in FRAME_FIELDS or any(place.offset == ABSENT for place in self.find(name)):
                raise KeyError(name)
            for place in self.find(name):
                bits[place.offset : place.offset + place.field.width] |= field_bits(place.field)
        return bits


class RowWords:
    """Rows as columns of 8-byte words; one that several shapes compare is copied together once."""

    def __init__(self, rows: Bytes) -> None:
        """Take rows, uint8 (m, width), C-contiguous, width a multiple of 8."""
        self._words = rows.view("<u8")
        self._columns: dict[int, Words64] = {}

    def __len__(self) -> int:
        return len(self._words)

    def column(self, number: int) -> Words64:
        """Return word `number` of every row: uint64 (m,)."""
        known = number in self._columns
        self._columns[number] = (
            np.ascontiguousarray(self._columns[number]) if known else self._words[:, number]
        )
        return self._columns[number]


def strided(rows: Bytes, offset: int, type_: str) -> Numbers:
    """Return a view of the number at `offset` of each row."""
    if not len(rows):
        return np.zeros(0, type_)
    return np.ndarray((len(rows),), type_, rows, offset, (rows.shape[1],))


def field_bits(field: Field) -> Bytes:
    """Return the bits of a field as bytes, in the order of the packet."""
    mask = field.mask or (1 << 8 * field.width) - 1
    return np.frombuffer(mask.to_bytes(field.width, "little" if field.type[0] == "<" else "big"), np.uint8)
