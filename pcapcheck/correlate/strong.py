"""Strong keys: what only one packet has, so that it joins two tuples between which addresses were translated.

A few of each variant or tuple are enough. Takes sightings, gives variant, strong, time; it knows no files.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

KEYS: Final = {"variant": pl.Int64, "strong": pl.UInt64, "time": pl.Int64}
KEYS_OF_A_TUPLE: Final = 64  # packets of each tuple and file whose strong keys join it with others


def strong_keys_of(sightings: pl.DataFrame) -> pl.DataFrame:
    """Return some strong keys of each variant: a frame of KEYS."""
    return some(sightings.filter(pl.col("strong") != 0).select(*KEYS), ["variant"])


def some(keys: pl.DataFrame, group: Sequence[str]) -> pl.DataFrame:
    """Return some strong keys of each group: the smallest, so that captures which overlap choose the same.

    What is chosen of parts holds what is chosen of the whole.
    """
    once = keys.unique([*group, "strong", "time"], keep="first", maintain_order=True)
    large = pl.len().over(group) > KEYS_OF_A_TUPLE
    if not once.select(large.any()).item():
        return once  # as of most captures; ranking many small groups is slow
    return once.filter(pl.col("strong").rank("dense").over(group) <= KEYS_OF_A_TUPLE)
