"""Merging of equal variants: from several ranges of a capture, or found in two ways within one range.

It takes frames of variants with their counts, and gives one frame and the new number of each old row. The
result depends on the packets and not on how the capture was split. It does not know what fields mean.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from pcapcheck.capture.arrays import Ints
from pcapcheck.collect.counts import FRAMES_KEPT

FRAME_COLUMNS: Final = tuple(f"frame{k + 1}" for k in range(FRAMES_KEPT))
NO_FRAME: Final = np.iinfo(np.int64).max
COUNT_COLUMNS: Final = ("variant", "packets", "bytes", "first", "last", *FRAME_COLUMNS)


class Groups(NamedTuple):
    """Groups of equal rows: the rows of group i are order[starts[i] : starts[i + 1]], ascending.

    Attributes:
        order: int64 (n,), rows of the frame.
        starts: int64 (k,), into `order`; ascending, from 0.
    """

    order: Ints
    starts: Ints

    @property
    def sizes(self) -> Ints:
        """How many rows each group has, int64 (k,)."""
        return np.diff(self.starts, append=len(self.order))


def merge(parts: Sequence[pl.DataFrame], starts: Sequence[int]) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the variants of all parts, and for each part the new number `to` of each old `variant`.

    A single part without equal rows is returned as it is; its numbers stay, and the list is empty.

    Args:
        parts: as `Variants.frame` gives them.
        starts: how many packets of the capture lie before each part.
    """
    absent = _absent(parts)
    keys = [name for name in parts[0].columns if name not in {*COUNT_COLUMNS, *absent}]
    every = pl.concat(_shifted(part.drop(absent), start) for part, start in zip(parts, starts, strict=True))
    groups = _alike(every.select(keys))
    if len(parts) == 1 and not starts[0] and len(groups.starts) == len(every):
        return parts[0], []
    joined = every.select(keys)[groups.order[groups.starts]].hstack(_counted(every, groups))
    ranks = np.argsort(joined["frame1"].to_numpy())
    number = np.empty(len(ranks), np.int64)
    number[ranks] = np.arange(len(ranks))
    to = np.empty(len(every), np.int64)
    to[groups.order] = np.repeat(number, groups.sizes)
    whole = joined[ranks].with_columns(
        pl.int_range(pl.len(), dtype=pl.Int64).alias("variant"),
        *(pl.lit(None, parts[0].schema[name]).alias(name) for name in absent),
    )
    bounds = np.cumsum([len(part) for part in parts])[:-1]
    moved = zip(parts, np.split(to, bounds), strict=True)
    return whole.select(parts[0].columns), [
        part.select("variant").with_columns(to=new) for part, new in moved
    ]


def _absent(parts: Sequence[pl.DataFrame]) -> list[str]:
    """Return the fields that no variant has, as most of them: they distinguish no variants."""
    nulls = sum((np.array(part.null_count().row(0)) for part in parts), np.zeros(parts[0].width, int))
    rows = sum(map(len, parts))
    return [name for name, absent in zip(parts[0].columns, nulls, strict=True) if 0 < rows == absent]


def _shifted(part: pl.DataFrame, packets: int) -> pl.DataFrame:
    """Count frames from the start of the file: `packets` lie before this part."""
    return part.with_columns(
        pl.when(pl.col(name) > 0).then(pl.col(name) + packets).otherwise(0).alias(name)
        for name in FRAME_COLUMNS
    )


def _alike(keys: pl.DataFrame) -> Groups:
    """Return the groups of rows that have the same values; an absent value equals another absent one."""
    groups = _grouped(keys.hash_rows().to_numpy())
    ordered = keys[groups.order]
    same = ordered.select(pl.all_horizontal(pl.all().eq_missing(pl.all().shift(1)))).to_series().to_numpy()
    follows = np.ones(len(ordered), np.bool_)
    follows[groups.starts] = False
    if same[follows].all():
        return groups
    # Two different rows have the same hash: compare all rows by their values.
    distinct = keys.unique(maintain_order=True).with_row_index("number")
    told = keys.join(distinct, on=keys.columns, how="left", nulls_equal=True, maintain_order="left")
    return _grouped(told["number"].to_numpy())


def _grouped(marks: np.ndarray) -> Groups:
    """Return the groups of rows with the same mark, (n,)."""
    order = np.argsort(marks, kind="stable")
    ordered = marks[order]
    return Groups(order, np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(order)]))


def _counted(every: pl.DataFrame, groups: Groups) -> pl.DataFrame:
    """Return the counts of each group."""
    columns = {name: every[name].to_numpy()[groups.order] for name in ("packets", "bytes", "first", "last")}
    join = {"packets": np.add, "bytes": np.add, "first": np.minimum, "last": np.maximum}
    counts = {
        name: join[name].reduceat(values, groups.starts) if len(values) else values
        for name, values in columns.items()
    }
    proof = _earliest(every.select(FRAME_COLUMNS).to_numpy(), groups)
    return pl.DataFrame(counts | {name: proof[:, number] for number, name in enumerate(FRAME_COLUMNS)})


def _earliest(proof: np.ndarray, groups: Groups) -> np.ndarray:
    """Return the first frames of each group of rows: (groups, FRAMES), 0 where there are no more.

    Args:
        proof: the first frames of each row: (rows, FRAMES), 0 where there are no more.
        groups: which rows belong together.
    """
    frames = np.where(proof > 0, proof, NO_FRAME)
    earliest = np.empty((len(groups.starts), FRAMES_KEPT), np.int64)
    for size in np.unique(groups.sizes):  # as one matrix each, which is sorted at once
        alike = np.flatnonzero(groups.sizes == size)
        rows = groups.order[groups.starts[alike, None] + np.arange(size)]
        theirs = frames[rows].reshape(len(alike), -1)
        earliest[alike] = np.sort(theirs, axis=1)[:, :FRAMES_KEPT]
    return np.where(earliest < NO_FRAME, earliest, 0)
