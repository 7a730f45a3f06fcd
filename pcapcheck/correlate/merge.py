"""Variants that are the same, made one: of several ranges of a capture, or found in two ways in one range.

Takes frames of variants with their counts, gives one, and where each row of the old ones went. The result
depends on the packets alone, not on how a capture was split. It does not know what fields mean.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from pcapcheck.correlate.counts import FRAMES

PROOF: Final = tuple(f"frame{k + 1}" for k in range(FRAMES))
NEVER: Final = np.iinfo(np.int64).max
COUNTS: Final = ("variant", "packets", "bytes", "first", "last", *PROOF)


def merge(parts: Sequence[pl.DataFrame], starts: Sequence[int]) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the variants of all parts, and for each part where they went: `variant` and `to`.

    One part without twins is left as it is; nothing went anywhere, and the list is empty.

    Args:
        parts: as `Variants.frame` gives them.
        starts: how many packets of the capture lie before each part.
    """
    absent = _absent(parts)
    keys = [name for name in parts[0].columns if name not in {*COUNTS, *absent}]
    if len(parts) == 1 and not starts[0] and not _twins(parts[0], keys).any():
        return parts[0], []
    shifted = [_shifted(part.drop(absent), start) for part, start in zip(parts, starts, strict=True)]
    every = pl.concat(
        frame.with_columns(pl.lit(number).alias("part")) for number, frame in enumerate(shifted)
    )
    every = every.with_row_index("row")
    twins = _twins(every, keys)
    alone = every.filter(~twins).with_columns(pl.concat_list("row").alias("rows"))
    columns = [*shifted[0].columns, "rows"]
    joined = pl.concat([alone.select(columns), _joined(every.filter(twins), keys).select(columns)])
    joined = joined.sort("frame1").with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("variant"))
    places = joined.select(pl.col("variant").alias("to"), pl.col("rows").alias("row")).explode("row")
    moved = every.select("row", "part", "variant").join(places, on="row", how="left", maintain_order="left")
    whole = joined.with_columns(pl.lit(None, parts[0].schema[name]).alias(name) for name in absent)
    return whole.select(parts[0].columns), [
        moved.filter(pl.col("part") == number).select("variant", "to") for number in range(len(parts))
    ]


def _absent(parts: Sequence[pl.DataFrame]) -> list[str]:
    """Return the fields that no variant has, as most: they tell none from another."""
    nulls = sum((np.array(part.null_count().row(0)) for part in parts), np.zeros(parts[0].width, int))
    rows = sum(map(len, parts))
    return [name for name, absent in zip(parts[0].columns, nulls, strict=True) if 0 < rows == absent]


def _twins(variants: pl.DataFrame, keys: Sequence[str]) -> pl.Series:
    """Mark the rows that may have the same values as another."""
    return variants.select(keys).hash_rows().is_duplicated()


def _shifted(part: pl.DataFrame, packets: int) -> pl.DataFrame:
    """Count frames from the start of the file: `packets` lie before this part."""
    return part.with_columns(
        pl.when(pl.col(name) > 0).then(pl.col(name) + packets).otherwise(0).alias(name) for name in PROOF
    )


def _joined(every: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """Return a row for each distinct combination of values."""
    grouped = (
        every.with_row_index("at")
        .group_by(keys)
        .agg(
            pl.col("packets", "bytes").sum(),
            pl.col("first").min(),
            pl.col("last").max(),
            pl.col("row").alias("rows"),
            pl.col("at"),
        )
    )
    proof = _earliest(every.select(PROOF).to_numpy(), grouped["at"])
    columns = (pl.Series(name, proof[:, number]) for number, name in enumerate(PROOF))
    return grouped.drop("at").with_columns(*columns, pl.lit(0, pl.Int64).alias("variant"))


def _earliest(proof: np.ndarray, members: pl.Series) -> np.ndarray:
    """Return the first frames of each group of rows: (groups, FRAMES), 0 where there are no more.

    Args:
        proof: the frames of each row, as many, 0 where there are no more.
        members: the rows of each group.
    """
    lengths = members.list.len().to_numpy().astype(np.int64)
    starts = np.cumsum(lengths) - lengths
    rows = members.explode().to_numpy()
    frames = np.where(proof > 0, proof, NEVER)
    earliest = np.empty((len(lengths), FRAMES), np.int64)
    for length in np.unique(lengths):  # as one matrix each, which is sorted at once
        alike = np.flatnonzero(lengths == length)
        theirs = frames[rows[starts[alike, None] + np.arange(length)]].reshape(len(alike), -1)
        earliest[alike] = np.sort(theirs, axis=1)[:, :FRAMES]
    return np.where(earliest < NEVER, earliest, 0)
