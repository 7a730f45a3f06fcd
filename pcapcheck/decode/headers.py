"""Headers: the headers of one protocol in a block, and how to read their fields at column speed.

It knows bytes and tables, but neither where headers come from nor what follows them. A protocol's own
functions receive one of these and call it: `read("ip.proto")`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Numbers
from pcapcheck.decode.field import ABSENT, Field, Protocol

WIDEST = 16  # bytes of the widest field


@dataclass(frozen=True, slots=True)
class Headers:
    """`k` headers of one protocol.

    Attributes:
        protocol: whose table they are read by.
        data: uint8 (size,).
        start: int64 (k,), the first byte of each header in `data`.
        stop: int64 (k,), the first byte after what was captured of the packet and belongs to this layer.
        end: int64 (k,), the same on the wire; beyond `stop` where the snap length cut the packet.
    """

    protocol: Protocol
    data: Bytes
    start: Ints
    stop: Ints
    end: Ints
    _read: dict[str, tuple[Numbers, Bools]] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.start)

    def __call__(self, name: str) -> Ints:
        """Return a field of all headers as int64 (k,), 0 where absent, so that it can be computed with."""
        if name not in self._read:
            self._read[name] = self.column(name)
        return self._read[name][0].astype(np.int64)

    def guarded(self, name: str) -> Ints:
        """Return the field that `extent` names; a shape does not compare it, but guards it."""
        return self(name)

    def column(self, name: str) -> tuple[Numbers, Bools]:
        """Return values (k,) or (k, 2), and bool (k,): whether the field is there."""
        variants = self.protocol.named(name)
        values, present = self.read_field(variants[0])
        for variant in variants[1:]:
            others, here = self.read_field(variant)
            values[here] = others[here]
            present = present | here
        return values, present

    def number(self, offset: int | Ints, width: int = 1) -> Ints:
        """Return the big-endian number that lies `offset` bytes into each header, 0 where it does not fit."""
        at = self.start + offset
        present = (at >= self.start) & (at + width <= self.stop)
        type_ = {1: "u1", 2: ">u2", 4: ">u4"}[width]
        values = gather(self.data, np.where(present, at, 0), type_).astype(np.int64)
        return np.where(present, values, 0)

    def find_option(self, first: int, last: Ints, kind: int) -> Ints:
        """Return where option `kind` of a TCP-like list begins, in bytes from the header; else ABSENT.

        Args:
            first: where the list begins.
            last: int64 (k,), where it ends.
            kind: the option number; 0 ends a list and 1 is a single byte of padding.
        """
        found = np.full(len(self), ABSENT, np.int64)
        rows = np.flatnonzero(first < last)
        place, limit = self.start[rows] + first, self.start[rows] + last[rows]
        while len(rows):
            this, size = self.data.take(place), self.data.take(np.minimum(place + 1, limit - 1))
            hit = this == kind
            found[rows[hit]] = place[hit] - self.start[rows[hit]]
            place += np.where(this == 1, 1, size)
            going = (this != 0) & ~hit & ((this == 1) | (size >= 2)) & (place < limit)
            rows, place, limit = rows[going], place[going], limit[going]
        return found

    def at(self, rows: Ints) -> "Headers":
        """Return some of the headers."""
        return Headers(self.protocol, self.data, self.start[rows], self.stop[rows], self.end[rows])

    def read_field(self, line: Field) -> tuple[Numbers, Bools]:
        """Return values and presence of one line of the table."""
        if line.compute:
            return _computed(line.compute(self), line)
        present = self._present(line)
        at = self.start + (line.offset if isinstance(line.offset, int) else line.offset(self))
        if present.all():
            return decode(gather(self.data, at, line.type), line), present
        values = decode(gather(self.data, np.where(present, at, 0), line.type), line)
        values[~present] = 0
        return values, present

    def _present(self, line: Field) -> Bools:
        least = 0 if self.protocol.partial else self.protocol.minimum
        if isinstance(line.offset, int):
            present = self.start + max(line.offset + line.width, least) <= self.stop
        else:
            offset = line.offset(self)
            present = (offset != ABSENT) & (self.start + offset + line.width <= self.stop)
        for name, allowed in line.when.items():
            present &= among(self(name), allowed)
        return present


def among(values: Ints, allowed: Collection[int]) -> Bools:
    """Return which values are allowed: bool (k,)."""
    if isinstance(allowed, range) and allowed.step == 1:
        return (values >= allowed.start) & (values < allowed.stop)
    found = np.zeros(len(values), np.bool_)
    for value in allowed:
        found |= values == value
    return found


def gather(data: Bytes, at: Ints, type_: str) -> Numbers:
    """Return the numbers that begin at data[at]; (k,) -> (k,), IPv6 addresses (k, 2).

    Several takes of single bytes are twice as fast as one unaligned wide gather: `data[i:].take(at)`.
    """
    if len(data) < WIDEST:
        data = np.concatenate((data, np.zeros(WIDEST, np.uint8)))
    return READERS[type_](data, at)


def decode(values: Numbers, line: Field) -> Numbers:
    """Apply mask, shift and scale of a field to raw numbers."""
    if line.mask:
        lowest_bit = (line.mask & -line.mask).bit_length() - 1
        values = (values & values.dtype.type(line.mask)) >> values.dtype.type(lowest_bit)
    return values * values.dtype.type(line.scale) if line.scale > 1 else values


def _computed(values: Ints, line: Field) -> tuple[Numbers, Bools]:
    present = values != ABSENT
    dtype = {"u1": np.uint8, ">u2": np.uint16, ">u4": np.uint32}[line.type]
    return np.where(present, values, 0).astype(dtype), present


def _big_endian(width: int, dtype: type[np.unsignedinteger]) -> Callable[[Bytes, Ints], Numbers]:
    def read(data: Bytes, at: Ints) -> Numbers:
        value = data.take(at).astype(dtype)
        for i in range(1, width):
            value <<= dtype(8)
            value |= data[i:].take(at)
        return value

    return read


def _little_endian(width: int, dtype: type[np.unsignedinteger]) -> Callable[[Bytes, Ints], Numbers]:
    def read(data: Bytes, at: Ints) -> Numbers:
        value = data[width - 1 :].take(at).astype(dtype)
        for i in reversed(range(width - 1)):
            value <<= dtype(8)
            value |= data[i:].take(at)
        return value

    return read


def _wide(width: int) -> Callable[[Bytes, Ints], Numbers]:
    """Read numbers of more than four bytes: one copy of the bytes, then a view of words."""

    def read(data: Bytes, at: Ints) -> Numbers:
        at_every_byte = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
        padded = np.zeros((len(at), -(-width // 8) * 8), np.uint8)
        padded[:, -width:] = at_every_byte[at].view(np.uint8).reshape(len(at), width)
        words = padded.view(">u8").astype(np.uint64)
        return words if width > 8 else words[:, 0]

    return read


READERS: dict[str, Callable[[Bytes, Ints], Numbers]] = {
    "u1": _big_endian(1, np.uint8),
    ">u2": _big_endian(2, np.uint16),
    ">u4": _big_endian(4, np.uint32),
    "ipv4": _big_endian(4, np.uint32),
    "<u2": _little_endian(2, np.uint16),
    "<u4": _little_endian(4, np.uint32),
    "<u8": _little_endian(8, np.uint64),
    ">u8": _wide(8),
    "mac": _wide(6),
    "ipv6": _wide(16),
}
