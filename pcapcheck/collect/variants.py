"""Variants: packets of one interface that have the same values in every header field that was asked for.

The headers of a flow hardly change, so millions of packets become thousands of variants, on which rules are
judged. The variant of a packet of a known shape is looked up by its masked header bytes, without decoding any
field; that of other packets by the values of the fields. Variants do not know what fields mean.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Words16, Words64
from pcapcheck.capture.block import Block
from pcapcheck.collect.counts import Counts
from pcapcheck.collect.hashtable import Table
from pcapcheck.decode.columns import Column, kind_of
from pcapcheck.decode.cutoff import doubtful, shortened
from pcapcheck.decode.part import Part, decoded_part, shaped_part
from pcapcheck.decode.registry import Dissectors
from pcapcheck.decode.rows import Rows
from pcapcheck.decode.shape import Shape
from pcapcheck.decode.shapes import Shapes
from pcapcheck.decode.stack import form

Allot: TypeAlias = Callable[[int], Ints]  # hands out the next numbers
NO_ROWS: Final = np.zeros(0, np.int64)
NO_PACKETS: Final = Block(
    np.zeros(0, np.uint8),
    NO_ROWS,
    NO_ROWS,
    NO_ROWS,
    NO_ROWS,
    np.zeros(0, np.uint16),
    linktype=(),
    frame=NO_ROWS,
)
MAX_LISTED_ROWS = 256  # of a list: for fewer, an operation of polars costs more
LOW = "~"  # a column with this behind its name has the low 64 bits of an IPv6 address


class Variants:
    """Variants of the packets of one byte range, filled block by block."""

    def __init__(
        self,
        names: Sequence[str],
        table: Dissectors,
        shapes: Shapes | None = None,
        *,
        partial: bool = False,
    ) -> None:
        """Take what to read, and how.

        Args:
            names: fields.
            table: the dissectors.
            shapes: shapes that were learnt before.
            partial: whether packets that were cut off within their headers have fields up to there.
        """
        self.names = tuple(dict.fromkeys(names))
        self.counts = Counts()
        self._table = table
        self._partial = partial
        self._shapes = shapes or Shapes(table)
        self._masks: dict[int, Bytes | None] = {}  # by id of the shape; None: a field has no fixed place
        # By id of the shape, and whether there are several interfaces.
        self._masked: dict[tuple[int, bool], _Masked] = {}
        self._odd = _Odd(self.names)

    def number(self, block: Block, visit: Callable[[Part], None] | None = None) -> Ints:
        """Return the variant of each packet of a block, int64 (n,); `counts` counts them.

        Args:
            block: the packets.
            visit: called with each part of the block while it is still in the cache.
        """
        numbers = np.zeros(len(block), np.int64)
        left: list[Ints] = []
        for shaped, rest in self._pieces(block):
            left += rest
            for rows in shaped:
                if self._mask(rows.shape) is None:
                    left.append(rows.row)
                    continue
                self._number(block, rows, numbers)
                if visit:
                    visit(shaped_part(rows))
        odd = np.sort(np.concatenate(left)) if left else NO_ROWS
        if len(odd):
            part = self._decoded(block, odd)
            numbers[odd] = self._odd.number(part, block.interface[odd], self.counts.allot)
            if visit:
                visit(part)
        return numbers

    def parts(self, block: Block) -> Iterator[Part]:
        """Yield all packets of a block in parts; none of them is numbered."""
        left: list[Ints] = []
        for shaped, rest in self._pieces(block):
            left += rest
            yield from map(shaped_part, shaped)
        odd = np.sort(np.concatenate(left)) if left else NO_ROWS
        if len(odd):
            yield self._decoded(block, odd)

    def _decoded(self, block: Block, odd: Ints) -> Part:
        part = decoded_part(block.take(odd), self._table, partial=self._partial)
        return part._replace(row=odd)

    def _pieces(self, block: Block) -> Iterator[tuple[list[Rows], list[Ints]]]:
        """Yield the rows of each shape and the rest: packets that may be cut off, and those of text."""
        if block.absent:
            yield [], [np.arange(len(block))]
            return
        short = None if self._partial else shortened(block)
        if short is None or not short.any():
            yield from ((shaped, [rest]) for shaped, rest in self._shapes.pieces(block))
            return
        for shaped, rest in self._shapes.pieces(block):
            doubts = [doubtful(rows, short) for rows in shaped]
            sure = [rows.some(~doubt) for rows, doubt in zip(shaped, doubts, strict=True)]
            sent = [rows.row[doubt] for rows, doubt in zip(shaped, doubts, strict=True)]
            yield [rows for rows in sure if len(rows)], [rest, *sent]

    def _number(self, block: Block, rows: Rows, numbers: Ints) -> None:
        """Give the packets of one shape their numbers."""
        several = len(block.linktype) > 1
        key = (id(rows.shape), several)
        if key not in self._masked:
            mask = self._mask(rows.shape)
            assert mask is not None, "number() has sent its packets elsewhere"
            self._masked[key] = _Masked(rows.shape, mask, several=several)
        interface = block.interface[rows.row] if several else None
        numbers[rows.row] = self._masked[key].number(rows.bytes, interface, self.counts.allot)

    def _mask(self, shape: Shape) -> Bytes | None:
        """Return the bits that the fields occupy in a packet of this shape; None: one has no fixed place."""
        if id(shape) not in self._masks:
            try:
                self._masks[id(shape)] = shape.mask(self.names)
            except KeyError:
                self._masks[id(shape)] = None
        return self._masks[id(shape)]

    def frame(self) -> pl.DataFrame:
        """Return one row per variant, in order of its number.

        Columns: variant, interface, stack, form, the counts, and one for each field: UInt64, null where
            absent; an IPv6 address is two, the low half's name ends with `LOW`.
        """
        parts = [group.frame(self.names) for group in self._masked.values()]
        both = pl.concat([*parts, self._odd.frame()], how="vertical").sort("variant")
        forms = {stack: form(stack) for stack in both["stack"].unique().to_list()}
        named = both.with_columns(
            pl.col("stack").replace_strict(forms, default="", return_dtype=pl.String).alias("form")
        )
        return named.hstack(self.counts.frame())


class _Masked:
    """The variants of one shape, by the bytes of their headers under a mask, and the interface."""

    def __init__(self, shape: Shape, mask: Bytes, *, several: bool) -> None:
        words = mask.view("<u8")
        self._shape = shape
        self._width = len(mask)
        self._where = np.flatnonzero(words)
        self._mask = words[self._where]
        self._table = Table(
            len(self._where) + several
        )  # the last word is the interface, if there are several
        self._numbers = np.zeros(0, np.int64)

    def number(self, rows: Bytes, interface: Words16 | None, allot: Allot) -> Ints:
        """Return the numbers of packets; `interface` is None where there is one."""
        words: Words64 = rows.view("<u8")[:, self._where] & self._mask
        if interface is not None:
            words = np.concatenate([words, interface[:, None].astype(np.uint64)], axis=1)
        local, new = self._table.number(words)
        self._numbers = np.concatenate([self._numbers, allot(len(new))]) if len(new) else self._numbers
        return self._numbers.take(local)

    def frame(self, names: Sequence[str]) -> pl.DataFrame:
        count, width = self._table.count, len(self._where)
        words = np.zeros((count, self._width // 8), np.uint64)
        words[:, self._where] = self._table.rows[:, :width]
        rows = Rows(self._shape, NO_PACKETS, np.arange(count), words.view(np.uint8))
        interface = self._table.rows[:, width:].astype(np.uint16)
        return _frame(
            {name: rows.column(name) for name in names},
            self._numbers,
            pl.repeat(self._shape.stack, count, eager=True, dtype=pl.String),
            interface[:, 0] if interface.size else np.zeros(count, np.uint16),
        )


class _Odd:
    """The variants of packets that fit no shape, or whose shape does not fix all fields, by their values."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._wide = [kind_of(name) == "ipv6" for name in names]
        self._present = (len(names) + 63) // 64
        self._width = sum(1 + wide for wide in self._wide) + self._present + 2
        self._table = Table(self._width)
        self._stacks: dict[str, int] = {}
        self._numbers = np.zeros(0, np.int64)

    def number(self, part: Part, interface: Words16, allot: Allot) -> Ints:
        words = np.zeros((len(interface), self._width), np.uint64)
        present = words[:, -2 - self._present : -2]
        place = 0
        for position, (name, wide) in enumerate(zip(self._names, self._wide, strict=True)):
            each = part.read(name)
            if each.present.any():
                present[:, position // 64] |= each.present.astype(np.uint64) << np.uint64(position % 64)
                values = each.values if each.values.ndim == 2 else each.values[:, None]
                words[:, place : place + 1 + wide] = np.where(each.present[:, None], values, 0)
            place += 1 + wide
        codes = np.array(
            [self._stacks.setdefault(stack, len(self._stacks)) for stack in part.stacks], np.uint64
        )
        words[:, -2], words[:, -1] = codes[part.stack], interface
        local, new = self._table.number(words)
        self._numbers = np.concatenate([self._numbers, allot(len(new))])
        return self._numbers.take(local)

    def frame(self) -> pl.DataFrame:
        rows, place = self._table.rows, 0
        present = rows[:, -2 - self._present : -2]
        ever = np.bitwise_or.reduce(present, axis=0)
        none = np.zeros(len(rows), np.bool_)
        columns = {}
        for position, (name, wide) in enumerate(zip(self._names, self._wide, strict=True)):
            values = rows[:, place : place + 2] if wide else rows[:, place]
            place += 1 + wide
            word, bit = position // 64, np.uint64(1 << position % 64)
            columns[name] = Column(
                values, (present[:, word] & bit).astype(bool) if ever[word] & bit else none
            )
        stacks = list(self._stacks)
        stack = pl.Series([stacks[code] for code in rows[:, -2].tolist()], dtype=pl.String)
        return _frame(columns, self._numbers, stack, rows[:, -1].astype(np.uint16))


def _frame(columns: dict[str, Column], numbers: Ints, stack: pl.Series, interface: Words16) -> pl.DataFrame:
    """Return a frame of the fields, numbers, stacks and interfaces of some variants."""
    absent = pl.Series([None] * len(numbers), dtype=pl.UInt64)  # shared, since columns are never changed
    series: dict[str, pl.Series] = {}
    for name, each in columns.items():
        halves = each.values.T if each.values.ndim == 2 else (each.values,)
        for suffix, values in zip(("", LOW), halves, strict=False):
            series[name + suffix] = _nullable(values, each.present) if each.present.any() else absent
    return pl.DataFrame(series | {"variant": numbers, "stack": stack, "interface": interface})


def _nullable(values: NDArray[np.generic], present: Bools) -> pl.Series:
    """Return values as UInt64, null where absent."""
    whole = np.ascontiguousarray(values).astype(np.uint64)
    if present.all():
        return pl.Series(whole)
    if len(whole) <= MAX_LISTED_ROWS:  # each operation of polars costs what this list does
        pairs = zip(whole.tolist(), present.tolist(), strict=True)
        return pl.Series([value if here else None for value, here in pairs], dtype=pl.UInt64)
    return pl.Series(whole).set(pl.Series(~present), None)
