"""Compiler: from one packet with known headers to the shape of all packets with the same headers.

It traces, bit by bit, what decided where each header lies and what follows it. Another packet with equal
bits there has the same headers. A condition that is not an equality of bits (a length that reaches far
enough, a port) becomes a guard.
"""

from dataclasses import dataclass, field

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Numbers
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers, among
from pcapcheck.decode.layers import carried, length
from pcapcheck.decode.registry import Codes, Dissectors, code_of, protocols
from pcapcheck.decode.shape import Extent, FieldPlace, Header, Ports, Shape, field_bits

OURS, FOREIGN = 1, 2


class Varies(Exception):  # noqa: N818 (an answer, no error)
    """A decision depends on more than equal bits and guards, so the packet has no fixed shape."""


@dataclass(frozen=True, slots=True)
class Traced(Headers):
    """One header. The bits that are read of it are noted in `bits`, which begin at `base`."""

    bits: Bytes = field(kw_only=True)
    base: int = field(kw_only=True)

    def number(self, offset: int | Ints, width: int = 1) -> Ints:
        """Read bytes and note them."""
        self._note(int(np.broadcast_to(offset, (1,))[0]), np.full(width, 0xFF, np.uint8))
        return Headers.number(self, offset, width)

    def read_field(self, line: Field) -> tuple[Numbers, Bools]:
        """Read a field, and note its bits and those that decide whether it is present."""
        offset = self.place(line)
        if offset == ABSENT:
            return np.zeros(1, np.uint64), np.zeros(1, np.bool_)
        self._note(offset, field_bits(line))
        return Headers.read_field(self, line)

    def place(self, line: Field) -> int:
        """Return the offset of a field from the header, ABSENT if it has none; note the bits that decide it.

        Raises:
            Varies: it is computed, or its bytes are not there though nothing forbids them.
        """
        if line.compute:
            raise Varies
        for name, allowed in line.when.items():
            if not among(self(name), allowed)[0]:
                return ABSENT
        offset = line.offset if isinstance(line.offset, int) else int(line.offset(self)[0])
        if offset != ABSENT:
            self._note(offset, np.zeros(line.width, np.uint8))
        return offset

    def guarded(self, name: str) -> Ints:
        """Read a length without a note: its guard allows more than equality would."""
        return Headers(self.protocol, self.data, self.start, self.stop, self.end)(name)

    def find_option(self, first: int, last: Ints, kind: int) -> Ints:
        """Refuse: a walk over options depends on all that it reads."""
        raise Varies

    def _note(self, offset: int, mask: Bytes) -> None:
        begin = int(self.start[0]) - self.base + offset
        fits = 0 <= begin <= len(self.bits) - len(mask) and begin + len(mask) <= self.stop[0] - self.base
        if not fits:
            raise Varies
        self.bits[begin : begin + len(mask)] |= mask


class Compiler:
    """Compiles the shape of one packet.

    Args:
        trail: its headers, outermost first, one row each.
        base: its first byte in `data`.
        table: the dissectors that found them.
        width: bytes of a row.
    """

    def __init__(self, trail: list[Headers], base: int, table: Dissectors, width: int) -> None:
        self.trail, self.base, self.table = trail, base, table
        self.bits = np.zeros(width, np.uint8)
        self.ports: list[Ports] = []
        self.guessed = ABSENT
        self.reach = 0

    def shape(self, stack: str, linktype: int) -> Shape | None:
        """Return the shape, None if the packet has no fixed one."""
        try:
            announced = int(self.table.tables["linktype"][linktype])
            for header, following in zip(self.trail, [*self.trail[1:], None], strict=True):
                self._trace_sound(header, announced)
                announced = self._follow(header, following)
            places = self._places()
        except Varies:
            return None
        last = self.trail[-1]
        self.reach = max(self.reach, self._offset(last) + last.protocol.minimum)
        if self.reach > min(len(self.bits), int(last.stop[0]) - self.base):
            return None
        return Shape(
            stack=stack,
            headers=tuple(self._header(depth) for depth in range(len(self.trail))),
            linktype=linktype,
            reach=self.reach,
            words=self._words(),
            extents=self._extents(),
            ports=tuple(self.ports),
            places=places,
            guessed=self.guessed,
        )

    def _trace_sound(self, header: Headers, announced: int) -> None:
        """Trace why a header was taken for what was announced, or for something else instead."""
        for protocol in (*protocols()[announced - 1 : announced], header.protocol):
            if protocol.sound:
                protocol.sound(self._traced(header, protocol))

    def _follow(self, header: Headers, following: Headers | None) -> int:
        """Trace what decided what follows a header, and where; return the code that was announced."""
        protocol = header.protocol
        if protocol.carries is None:
            return 0
        code = int(carried(header, self.table)[0])
        if following is None and code:
            raise Varies  # it is cut off here; in another packet it may be there
        traced = self._traced(header)
        if isinstance(protocol.carries, tuple):
            self._guard_ports(header, code)
            self._trace_content(traced, code, following)
        elif not isinstance(protocol.carries, int):
            _ = traced(protocol.carries) if isinstance(protocol.carries, str) else protocol.carries(traced)
        size = int(length(traced)[0])
        if protocol.extent:  # `sound` may ask that the length reaches beyond the options
            self.reach = max(self.reach, self._offset(header) + size)
        return code

    def _guard_ports(self, header: Headers, code: int) -> None:
        """Require that no other protocol claims either port, whichever is the lower one."""
        entries: Codes = self.table.tables[header.protocol.table]
        kinds = np.where(entries == 0, 0, np.where(entries == code, OURS, FOREIGN)).astype(np.uint8)
        self.ports.append(Ports(self._offset(header), kinds, OURS if code else 0))

    def _trace_content(self, traced: Traced, code: int, following: Headers | None) -> None:
        """Trace why the content was recognised; if it was not, every packet must be asked."""
        candidates = self.table.by_content.get(traced.protocol.table, ())
        if code or not candidates:
            return
        if following is None:
            self.guessed = self._offset(traced) + traced.protocol.minimum
            return
        for candidate in candidates[: candidates.index(code_of(following.protocol.name)) + 1]:
            protocol = protocols()[candidate - 1]
            if protocol.recognise:
                protocol.recognise(self._traced(following, protocol))

    def _places(self) -> dict[str, tuple[FieldPlace, ...]]:
        """Find the place of every field; fields without a fixed place are read packet by packet."""
        places: dict[str, tuple[FieldPlace, ...]] = {}
        for depth, header in enumerate(self.trail):
            for line in header.protocol.fields:
                place = self._place(line, depth)
                if place:
                    places[line.name] = (*places.get(line.name, ()), place)
        return places

    def _place(self, line: Field, depth: int) -> FieldPlace | None:
        before = self.bits.copy()
        header = self._header(depth)
        try:
            offset = self._traced(self.trail[depth]).place(line)
        except Varies:
            self.bits = before
            return FieldPlace(line, header, ABSENT)
        if any(isinstance(allowed, range) for allowed in line.when.values()) and (self.bits != before).any():
            self.bits = before  # a range of lengths, say: equality with this packet's would be too narrow
            return FieldPlace(line, header, ABSENT)
        if offset == ABSENT:
            return None
        self.reach = max(self.reach, header.offset + offset + line.width)
        return FieldPlace(line, header, header.offset + offset)

    def _extents(self) -> tuple[Extent, ...]:
        """Require of every length that the whole shape lies inside."""
        extents = []
        for header in self.trail:
            if header.protocol.extent:
                name, uncounted = header.protocol.extent
                offset = header.protocol.named(name)[0].offset
                if isinstance(offset, int):
                    least = self.reach - self._offset(header) - uncounted
                    extents.append(Extent(self._offset(header) + offset, max(least, 1)))
        return tuple(extents)

    def _words(self) -> tuple[tuple[int, np.uint64, np.uint64], ...]:
        row = self.trail[0].data[self.base : self.base + len(self.bits)]
        values = np.zeros(len(self.bits), np.uint8)
        values[: len(row)] = row
        values &= self.bits
        masks, wanted = self.bits.view("<u8"), values.view("<u8")
        return tuple((int(i), np.uint64(masks[i]), np.uint64(wanted[i])) for i in np.flatnonzero(masks))

    def _traced(self, header: Headers, protocol: Protocol | None = None) -> Traced:
        chosen = protocol or header.protocol
        return Traced(
            chosen, header.data, header.start, header.stop, header.end, bits=self.bits, base=self.base
        )

    def _header(self, depth: int) -> Header:
        return Header(self.trail[depth].protocol, depth, self._offset(self.trail[depth]))

    def _offset(self, header: Headers) -> int:
        return int(header.start[0]) - self.base


def compile_shape(
    trail: list[Headers], base: int, table: Dissectors, *, width: int, stack: str, linktype: int
) -> Shape | None:
    """Return the shape of one packet whose headers are known; None if it has no fixed one."""
    return Compiler(trail, base, table, width).shape(stack, linktype)
