"""Rows: packets of one shape, as the first bytes of each. A field is a strided column of them.

The same names and the same columns as `columns.column` gives for the same packets.
"""

from dataclasses import dataclass, field

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Numbers
from pcapcheck.capture.block import Block
from pcapcheck.decode.columns import (
    FRAME_FIELDS,
    Column,
    Occurrences,
    dtype_of,
    frame_column,
    kind_of,
    parse_name,
)
from pcapcheck.decode.field import ABSENT
from pcapcheck.decode.headers import Headers, decode
from pcapcheck.decode.shape import FieldPlace, Header, Shape, strided

WIRE_DTYPES: dict[str, type[np.unsignedinteger]] = {
    "u1": np.uint8,
    ">u2": np.uint16,
    "<u2": np.uint16,
    ">u4": np.uint32,
    "<u4": np.uint32,
    "ipv4": np.uint32,
    ">u8": np.uint64,
    "<u8": np.uint64,
}


@dataclass(frozen=True, slots=True)
class Rows:
    """`m` packets of one shape.

    Attributes:
        shape: what they have in common.
        block: where they come from.
        row: int64 (m,), their rows in the block.
        bytes: uint8 (m, width), C-contiguous: the first bytes of each packet. Beyond the captured ones
            lies whatever follows in the file, and no field of the shape.
    """

    shape: Shape
    block: Block
    row: Ints
    bytes: Bytes
    _headers: dict[int, Headers] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.row)

    def some(self, which: Bools) -> "Rows":
        """Return some of these packets."""
        if which.all():
            return self
        return Rows(self.shape, self.block, self.row[which], lines(self.bytes, which))

    def column(self, name: str) -> Column:
        """Return one field of these packets.

        Raises:
            InputError: there is no such field.
        """
        if parse_name(name).field in FRAME_FIELDS:
            return frame_column(self.block, parse_name(name).field, self.row)
        places = self.shape.find(name)
        if not places:
            return self._absent(name)
        if any(place.offset == ABSENT for place in places):
            return self._varying(name, places)
        values = self._values(places[0]).astype(dtype_of(name), copy=False)
        return Column(values, np.ones(len(self), np.bool_), kind_of(name))

    def _absent(self, name: str) -> Column:
        return Occurrences(len(self), name).column()

    def _varying(self, name: str, places: tuple[FieldPlace, ...]) -> Column:
        """Read a field that lies elsewhere in each packet, as the wavefront does."""
        result = Occurrences(len(self), name)
        for header in {place.header.depth: place.header for place in places}.values():
            values, present = self.headers(header).column(parse_name(name).field)
            result.add(np.arange(len(self)), values, present)
        return result.column()

    def headers(self, header: Header, *, whole: bool = False) -> Headers:
        """Return one header of all packets, as the wavefront would find it.

        Its bytes are those in `bytes`, where it surely fits, unless `whole` asks for all that follows.
        """
        if whole or header.offset + header.protocol.reach > self.bytes.shape[1]:
            return self._find(header, self.block.offset[self.row], self.block.data)
        if header.depth not in self._headers:
            base = np.arange(len(self)) * self.bytes.shape[1]
            self._headers[header.depth] = self._find(header, base, self.bytes.reshape(-1))
        return self._headers[header.depth]

    def _find(self, header: Header, base: Ints, data: Bytes) -> Headers:
        captured, original = self.block.captured[self.row], self.block.original[self.row]
        end = np.maximum(original, captured)
        for outer in self.shape.headers[: header.depth]:
            if outer.protocol.extent:
                name, uncounted = outer.protocol.extent
                place = next(p for p in self.shape.places[name] if p.header.depth == outer.depth)
                size = self._values(place).astype(np.int64)
                end = np.where(size > 0, np.minimum(outer.offset + uncounted + size, end), end)
        stop = np.minimum(captured, end)
        if data is not self.block.data:
            stop = np.minimum(stop, self.bytes.shape[1])
        return Headers(header.protocol, data, base + header.offset, base + stop, base + end)

    def _values(self, place: FieldPlace) -> Numbers:
        """Read a field at its fixed place."""
        type_ = place.field.type
        if type_ == "ipv6":
            halves = [strided(self.bytes, place.offset + skip, ">u8").astype(np.uint64) for skip in (0, 8)]
            return np.stack(halves, axis=1)
        if type_ == "mac":
            upper = strided(self.bytes, place.offset, ">u2").astype(np.uint64)
            return upper << np.uint64(32) | strided(self.bytes, place.offset + 2, ">u4")
        wire = ">u4" if type_ == "ipv4" else type_
        return decode(strided(self.bytes, place.offset, wire).astype(WIRE_DTYPES[type_]), place.field)


def lines(bytes_: Bytes, which: Bools) -> Bytes:
    """Return some rows, with one copy per row; `bytes_[which]` takes five times as long."""
    width = bytes_.shape[1]
    return bytes_.view(f"V{width}").reshape(-1)[which].view(np.uint8).reshape(-1, width)
