"""Fields as polars frames with one row per packet; values are written as tshark writes them.

Takes blocks, gives a frame for each: addresses as text, numbers and booleans (1 or 0) as integers, null where
the packet has no such field.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import polars as pl

from pcapcheck.capture.block import Block
from pcapcheck.capture.interface import NS_PER_SECOND
from pcapcheck.decode.columns import Column, column, dtype_of, kind_of
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import Dissectors
from pcapcheck.documents.values import written_each


def frames(blocks: Iterable[Block], names: Sequence[str], table: Dissectors) -> Iterator[pl.DataFrame]:
    """Yield a frame per block; quoted packets are seen as tshark sees them: after what quotes them.

    Raises:
        InputError: there is no field of one of these names.
    """
    for block in blocks:
        layers = find_layers(block, table)
        columns = {name: column(layers, name, quoted_too=True) for name in dict.fromkeys(names)}
        yield pl.DataFrame([series(name, columns[name]) for name in dict.fromkeys(names)])


def no_rows(names: Sequence[str]) -> pl.DataFrame:
    """Return a frame of these fields without a row, for the types of its columns."""
    empty = {
        name: Column(np.zeros(0, dtype_of(name)), np.zeros(0, np.bool_), kind_of(name)) for name in names
    }
    return pl.DataFrame([series(name, column) for name, column in empty.items()])


def series(name: str, column: Column) -> pl.Series:
    """Return a column as a series, null where absent."""
    if column.kind in ("mac", "ipv4", "ipv6"):
        written = _texts(column)
    elif column.kind == "time":
        written = _seconds(column)
    else:
        written = pl.Series(column.values)
    return pl.select(pl.when(pl.Series(column.present)).then(written).alias(name)).to_series()


def _texts(column: Column) -> pl.Series:
    """Write each distinct value once."""
    halves = np.atleast_2d(column.values.T)
    values = pl.DataFrame([pl.Series(str(i), np.ascontiguousarray(half)) for i, half in enumerate(halves)])
    distinct = values.unique()
    numbers = (sum(part << 64 * i for i, part in enumerate(reversed(row))) for row in distinct.iter_rows())
    texts = pl.Series("text", written_each(column.kind, numbers), pl.String)
    joined = values.join(distinct.with_columns(texts), on=values.columns, how="left", maintain_order="left")
    return joined["text"]


def _seconds(column: Column) -> pl.Series:
    """Write nanoseconds as seconds with nine decimals."""
    time = pl.Series("time", column.values)
    whole, rest = time // NS_PER_SECOND, time % NS_PER_SECOND
    return pl.select(pl.format("{}.{}", whole, rest.cast(pl.String).str.zfill(9))).to_series()
