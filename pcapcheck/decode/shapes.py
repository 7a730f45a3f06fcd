"""Splitting blocks by shape: the fast way to the same columns as the wavefront's.

The question is how to decode millions of packets without touching each header of each of them.

The wavefront (`layers`) is exact for any bytes, but it decodes a VXLAN packet in seven rounds, each of which
gathers bytes from all over the block. Assuming fixed offsets instead is fast and wrong: a VLAN tag or an IP
option moves everything behind it, a later fragment has no ports, UDP port 8472 is VXLAN only where the
profile says so, and a truncated packet ends somewhere in the middle.

The rule: the offsets of almost all packets of a capture are the same as those of a packet that was decoded
before, and which bits decided that can be written down. A *shape* is such a set of offsets, with a mask and a
value: a packet whose first 160 bytes equal the value under the mask has the same headers at the same places,
because every bit that led the wavefront there is in the mask. What is no equality of bits is a guard: lengths
must reach far enough, no other protocol may claim a port, the payload must not look like a tunnel.

    A shape never accepts a packet that the wavefront would decode otherwise. At worst it misses one.

What no shape accepts goes to the wavefront, so shapes change the speed and never the result. They are learnt:
if at least 2,048 of 8,192 packets fit no shape, the wavefront decodes a sample of 512 of them. `_learn`
groups the sample by which headers lie where, the largest group first, and compiles a shape from one member of
each (`compiler`). What the new shape accepts is taken out of the group; what is left differs in another bit
that matters, and makes another shape. At most 24 samples are taken and 48 shapes kept, so on traffic of
endless variety the cost of learning is bounded, and the wavefront does the rest.

An example: the shape of `eth:ip:udp:vxlan:eth:ip:tcp` says that bytes 12 and 13 are 08 00, that byte 14 is 45
(version 4, a header of 20 bytes), that the fragment offset is 0, the protocol 17 and the flags of VXLAN 08,
and the same of the inner headers. Its guard says that one port is that of VXLAN and that no other protocol
claims either. A packet with an IP option has 46 in byte 14, is left over, and gets a shape of its own if
there are enough like it. A TCP option has no fixed place: the shape stands, and that field is read packet by
packet.

Packets are taken 8,192 at a time, so that their rows stay in the cache, and the shapes that matched most are
asked first.

What breaks it: a protocol that decides where its payload begins by bytes that the compiler does not see being
read. `Traced` notes what is read through `number`, `read_field` and `place`; code that reads `data` itself
escapes it, and a shape would accept what it must not. Anything that cannot be traced must raise `Varies`, and
then the packet has no shape. Tests compare shapes with the wavefront on arbitrary bytes.
"""

from collections.abc import Iterator

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints
from pcapcheck.capture.block import Block
from pcapcheck.decode.compiler import compile_shape
from pcapcheck.decode.field import ABSENT
from pcapcheck.decode.headers import Headers
from pcapcheck.decode.layers import Layers, find_layers
from pcapcheck.decode.registry import Dissectors, protocols
from pcapcheck.decode.rows import Rows, lines
from pcapcheck.decode.shape import RowWords, Shape

ROWS_AT_ONCE = 8192  # they stay in the second-level cache
LESSON_PACKETS = 512  # packets that shapes are learnt from at once
MAX_LESSONS = 24  # of a task: traffic that fits no shape by then is too varied for shapes
MAX_SHAPES = 48  # each is compared with every packet that fits none before it
# A shape must fit at least one packet in this many of a sample. As large a part of the packets must fit no
# shape before another sample is taken.
RARE_SHAPE = 64


class Shapes:
    """Splits blocks by shape; keeps what it learnt from block to block.

    Args:
        table: the dissectors.
        width: bytes of a row, a multiple of 8.
        least: packets without a shape that are worth a lesson.
    """

    def __init__(self, table: Dissectors, width: int = 160, *, least: int = 2048) -> None:
        self.table, self.width, self.least = table, width, least
        self.shapes: list[Shape] = []
        self._hits: dict[int, int] = {}
        self._lessons = MAX_LESSONS

    def split(self, block: Block) -> tuple[list[Rows], Ints]:
        """Return the rows of each shape, and which rows of the block fit none."""
        found: list[Rows] = []
        rest: list[Ints] = []
        for rows, left in self.pieces(block):
            found += rows
            rest.append(left)
        return found, np.concatenate(rest) if rest else np.zeros(0, np.int64)

    def pieces(self, block: Block) -> Iterator[tuple[list[Rows], Ints]]:
        """Yield what `split` returns, 8,192 packets at a time, each piece while it is still in the cache."""
        for begin in range(0, len(block), ROWS_AT_ONCE):
            row = np.arange(begin, min(begin + ROWS_AT_ONCE, len(block)))
            found, left = self._split(block, row, self.shapes)
            if self._lessons and len(left) >= max(self.least, len(row) // RARE_SHAPE):
                more, left = self._split(block, left, self._learn(block, left))
                found += more
            yield found, left
        self.shapes.sort(key=lambda shape: -self._hits.get(id(shape), 0))

    def _split(self, block: Block, row: Ints, shapes: list[Shape]) -> tuple[list[Rows], Ints]:
        """Split some packets among these shapes; the first that matches has it."""
        found: list[Rows] = []
        if not shapes or not len(row):
            return found, row
        bytes_, free = first_bytes(block, row, self.width), np.ones(len(row), np.bool_)
        words = RowWords(bytes_)
        for shape in shapes:
            taken = shape.fits(words) & free
            rows = Rows(shape, block, row, bytes_).some(taken)
            passed = self._passes(rows) if len(rows) else taken[:0]
            rows = rows.some(passed)
            if not len(rows):
                continue
            found.append(rows)
            self._hits[id(shape)] = self._hits.get(id(shape), 0) + len(rows)
            taken[taken] = passed
            free ^= taken
            remaining = int(np.count_nonzero(free))
            if not remaining:
                break
            if 2 * remaining < len(row):
                row, bytes_, free = row[free], lines(bytes_, free), np.ones(remaining, np.bool_)
                words = RowWords(bytes_)
        return found, row[free]

    def _passes(self, rows: Rows) -> Bools:
        """Return which rows pass the guards of their shape."""
        shape, block = rows.shape, rows.block
        passed = shape.holds(rows.bytes, block.captured[rows.row])
        passed &= _of_linktype(block, rows.row, shape.linktype)
        if shape.guessed != ABSENT:
            passed &= ~self._looks_like_tunnel(rows)
        return passed

    def _looks_like_tunnel(self, rows: Rows) -> Bools:
        """Ask each candidate about the payload behind the last header, which may lie beyond the row."""
        last = rows.shape.headers[-1]
        udp = rows.headers(last, whole=True)
        start = udp.start + (rows.shape.guessed - last.offset)
        found = np.zeros(len(rows), np.bool_)
        for code in self.table.by_content[udp.protocol.table]:
            protocol = protocols()[code - 1]
            if protocol.recognise:
                found |= protocol.recognise(Headers(protocol, udp.data, start, udp.stop, udp.end))
        return found

    def _learn(self, block: Block, row: Ints) -> list[Shape]:
        """Compile the shapes of a sample; return the new ones, the most frequent first."""
        self._lessons -= 1
        sample = block.take(row[:: max(1, len(row) // LESSON_PACKETS)][:LESSON_PACKETS])
        layers = find_layers(sample, self.table)
        new: list[Shape] = []
        left = np.ones(len(sample), np.bool_)
        bytes_ = first_bytes(sample, np.arange(len(sample)), self.width)
        for members in _alike(layers):
            while len(members) * RARE_SHAPE >= len(sample) and len(self.shapes) + len(new) < MAX_SHAPES:
                shape = self._compile(layers, int(members[0]))
                if shape is None:
                    break
                new.append(shape)
                left &= ~(shape.fits(RowWords(bytes_)) & shape.holds(bytes_, sample.captured))
                left[members[0]] = False
                members = members[left[members]]
        self.shapes += new
        return new

    def _compile(self, layers: Layers, packet: int) -> Shape | None:
        block = layers.block
        return compile_shape(
            _trail(layers, packet),
            int(block.offset[packet]),
            self.table,
            width=self.width,
            stack=layers.stacks[int(layers.stack[packet])],
            linktype=block.linktype[int(block.interface[packet])],
        )


def first_bytes(block: Block, row: Ints, width: int) -> Bytes:
    """Return the first `width` bytes of some packets: uint8 (m, width); zeros beyond the end of the data."""
    begin, data = block.offset[row], block.data
    late = begin > len(data) - width
    if late.any():
        start = int(begin[late].min())
        tail = np.concatenate((data[start:], np.zeros(width, np.uint8)))
        rows = np.empty((len(row), width), np.uint8)
        rows[late] = _windows(tail, begin[late] - start, width)
        rows[~late] = _windows(data, begin[~late], width) if not late.all() else 0
        return rows
    return _windows(data, begin, width)


def _windows(data: Bytes, begin: Ints, width: int) -> Bytes:
    at_every_byte = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    return at_every_byte[begin].view(np.uint8).reshape(len(begin), width)


def _of_linktype(block: Block, row: Ints, linktype: int) -> Bools | np.bool_:
    if all(one == linktype for one in block.linktype):
        return np.True_
    fits = np.array([*(one == linktype for one in block.linktype), False])
    return fits[np.minimum(block.interface[row], len(block.linktype))]


def _alike(layers: Layers) -> list[Ints]:
    """Return the packets whose headers are the same and lie at the same offsets, largest set first.

    Packets that quote others have no shape.
    """
    n, depths = len(layers.block), 1 + max((group.depth for group in layers.groups), default=0)
    signature = np.zeros((n, depths), np.int64)
    for group in layers.groups:
        offset = group.headers.start - layers.block.offset[group.packet]
        signature[group.packet, group.depth] = -1 if group.quoted else group.code << 32 | offset
    usable = np.flatnonzero((signature[:, 0] > 0) & (signature >= 0).all(axis=1))
    _, inverse, counts = np.unique(signature[usable], axis=0, return_inverse=True, return_counts=True)
    return [usable[inverse == number] for number in np.argsort(-counts)]


def _trail(layers: Layers, packet: int) -> list[Headers]:
    """Return the headers of one packet, outermost first."""
    trail = []
    for group in layers.groups:
        here = np.flatnonzero(group.packet == packet)
        if len(here):
            trail.append(group.headers.at(here))
    return trail
