"""Variants: the packets of one interface that have the same values in every wanted header field, as one row with counts.

Headers of a flow hardly change, so millions of packets become thousands of variants; rules are judged on these. A packet of a known
shape is found by its masked header bytes, without decoding a field; the rest by the fields' values. It does not know what fields mean.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pcapcheck.capture.block import Block, Bytes, Ints
from pcapcheck.correlate.counts import Counts
from pcapcheck.correlate.table import Table, Words
from pcapcheck.decode.columns import Column, column, kind_of
from pcapcheck.decode.layers import Dissectors, Layers, find_layers
from pcapcheck.decode.shapes import Rows, Shape, Shapes
from pcapcheck.decode.stack import form

Allot: TypeAlias = Callable[[int], Ints]  # hands out the next numbers
LOW = "~"  # a column with this behind its name has the low 64 bits of an IPv6 address


class Split(NamedTuple):
    """The packets of a block: rows of known shapes; layers and int64 (k,) row numbers of the rest."""

    shaped: list[Rows]
    layers: Layers
    rest: Ints


class Variants:
    """Variants of the packets of one byte range, filled block by block."""

    def __init__(self, names: Sequence[str], table: Dissectors) -> None:
        """Look at the fields `names`, of packets decoded with `table`."""
        self.names = tuple(dict.fromkeys(names))
        self.counts = Counts()
        self._table = table
        self._shapes = Shapes(table)
        self._masked: dict[tuple[Shape, int], _Masked] = {}
        self._odd = _Odd(self.names)

    def split(self, block: Block) -> Split:
        """Tell the packets of known shapes from the rest."""
        shaped, rest = self._shapes.split(block)
        return Split(shaped, find_layers(block.take(rest), self._table), rest)

    def add(self, block: Block, frames: Ints, split: Split) -> Ints:
        """Count the packets of a block, with these frame numbers; return the variant of each, int64 (n,)."""
        numbers = np.zeros(len(block), np.int64)
        for rows in split.shaped:
            for interface, inside in _by_interface(block, rows.row):
                group = self._group(rows.shape, interface)
                numbers[rows.row[inside]] = group.number(rows.bytes[inside], self.counts.allot)
        if len(split.rest):
            numbers[split.rest] = self._odd.number(
                split.layers, block.interface[split.rest], self.counts.allot
            )
        self.counts.add(numbers, block, frames)
        return numbers

    def _group(self, shape: Shape, interface: int) -> "_Masked":
        key = (shape, interface)
        if key not in self._masked:
            self._masked[key] = _Masked(shape.mask(self.names))
        return self._masked[key]

    def frame(self) -> pl.DataFrame:
        """Return a row a variant, in order of its number: counts, interface, stack, form, and a column for each field."""
        parts = [
            group.frame(self.names, shape).with_columns(pl.lit(interface, pl.UInt16).alias("interface"))
            for (shape, interface), group in self._masked.items()
        ]
        both = pl.concat([*parts, self._odd.frame()], how="vertical").sort("variant")
        forms = {stack: form(stack) for stack in both["stack"].unique().to_list()}
        named = both.with_columns(
            pl.col("stack").replace_strict(forms, default="", return_dtype=pl.String).alias("form")
        )
        return named.hstack(self.counts.frame())


def _by_interface(block: Block, rows: Ints) -> list[tuple[int, Ints | slice]]:
    """Return (interface, which of the rows) for each interface of these packets."""
    if len(block.linktype) <= 1:
        return [(0, slice(None))]
    interface = block.interface[rows]
    return [(int(number), np.flatnonzero(interface == number)) for number in np.unique(interface)]


class _Masked:
    """The variants of one shape on one interface, by the bytes of their headers under a mask."""

    def __init__(self, mask: Bytes) -> None:
        words = mask.view("<u8")
        self._width = len(mask)
        self._where = np.flatnonzero(words)
        self._mask = words[self._where]
        self._table = Table(len(self._where))
        self._numbers = np.zeros(0, np.int64)

    def number(self, rows: Bytes, allot: Allot) -> Ints:
        words: Words = rows.view("<u8")[:, self._where] & self._mask
        local, new = self._table.number(words)
        self._numbers = np.concatenate([self._numbers, allot(len(new))]) if len(new) else self._numbers
        return self._numbers.take(local)

    def frame(self, names: Sequence[str], shape: Shape) -> pl.DataFrame:
        words = np.zeros((self._table.count, self._width // 8), np.uint64)
        words[:, self._where] = self._table.rows
        rows = Rows(shape, np.arange(len(words)), words.view(np.uint8))
        columns = {name: rows.column(name) for name in names}
        return _fields(columns).with_columns(variant=pl.Series(self._numbers), stack=pl.lit(shape.stack))


class _Odd:
    """The variants of packets that fit no shape, by the values of their fields."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._wide = [kind_of(name) == "ipv6" for name in names]
        self._present = (len(names) + 63) // 64
        self._table = Table(sum(1 + wide for wide in self._wide) + self._present + 2)
        self._stacks: dict[str, int] = {}
        self._numbers = np.zeros(0, np.int64)

    def number(self, layers: Layers, interface: NDArray[np.uint16], allot: Allot) -> Ints:
        columns = [column(layers, name) for name in self._names]
        present = np.zeros((len(interface), self._present), np.uint64)
        words: list[Words] = []
        for position, (each, wide) in enumerate(zip(columns, self._wide, strict=True)):
            present[:, position // 64] |= each.present.astype(np.uint64) << np.uint64(position % 64)
            values = np.where(each.present[:, None], each.values.reshape(len(interface), -1), 0).astype(
                np.uint64
            )
            words += [values[:, k] for k in range(1 + wide)]
        codes = np.array(
            [self._stacks.setdefault(stack, len(self._stacks)) for stack in layers.stacks], np.uint64
        )
        words += [*present.T, codes[layers.stack], interface.astype(np.uint64)]
        local, new = self._table.number(np.stack(words, axis=1))
        self._numbers = np.concatenate([self._numbers, allot(len(new))])
        return self._numbers.take(local)

    def frame(self) -> pl.DataFrame:
        rows, place = self._table.rows, 0
        present = rows[:, -2 - self._present : -2]
        columns = {}
        for position, (name, wide) in enumerate(zip(self._names, self._wide, strict=True)):
            values = rows[:, place : place + 2] if wide else rows[:, place]
            place += 1 + wide
            bit = present[:, position // 64] >> np.uint64(position % 64) & np.uint64(1)
            columns[name] = Column(values, bit.astype(bool))
        stacks = list(self._stacks)
        return _fields(columns).with_columns(
            variant=pl.Series(self._numbers),
            stack=pl.Series([stacks[code] for code in rows[:, -2].tolist()], dtype=pl.String),
            interface=pl.Series(rows[:, -1].astype(np.uint16)),
        )


def _fields(columns: dict[str, Column]) -> pl.DataFrame:
    """Return columns as a frame: UInt64, null where absent; an IPv6 address is two columns."""
    series = []
    for name, each in columns.items():
        wide = each.values.ndim == 2
        for suffix, values in (
            (("", each.values[:, 0]), (LOW, each.values[:, 1])) if wide else (("", each.values),)
        ):
            whole = pl.Series(name + suffix, np.ascontiguousarray(values).astype(np.uint64))
            series.append(whole.set(pl.Series(~each.present), None) if not each.present.all() else whole)
    return pl.DataFrame(series)
