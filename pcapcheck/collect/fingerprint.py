"""Strong keys: what only one packet has, so that it joins two tuples between which addresses were translated.

A few of each variant or tuple are enough. Takes sightings, gives variant, strong, time; it knows no files.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

FINGERPRINTS: Final = {"variant": pl.Int64, "strong": pl.UInt64, "time": pl.Int64}
KEYS_OF_A_TUPLE: Final = 64  # packets of each tuple and file that join it with others
MAX_FINGERPRINTS: Final = 500_000  # of a task, of a capture and of a run: more variants have fewer each
MIN_OF_A_VARIANT: Final = 4  # fingerprints of each variant, however many variants there are


def keys_of_a_variant(variants: int) -> int:
    """Return how many strong keys of each variant are chosen where there are so many variants."""
    return max(MIN_OF_A_VARIANT, min(KEYS_OF_A_TUPLE, MAX_FINGERPRINTS // max(variants, 1)))


def fingerprints_of(sightings: pl.DataFrame, variants: int) -> pl.DataFrame:
    """Return some strong keys of each of so many variants: a frame of KEYS."""
    keys = sightings.filter(pl.col("strong") != 0).select(*FINGERPRINTS)
    return some(keys, ["variant"], keys_of_a_variant(variants))


def some(keys: pl.DataFrame, group: Sequence[str], most: int = KEYS_OF_A_TUPLE) -> pl.DataFrame:
    """Return some strong keys of each group: the smallest, so that captures which overlap choose the same.

    What is chosen of parts holds what is chosen of the whole.
    """
    return smallest(keys.unique([*group, "strong", "time"], keep="first", maintain_order=True), group, most)


def smallest(keys: pl.DataFrame, group: Sequence[str], most: int) -> pl.DataFrame:
    """Return the smallest strong keys of each group, where none is there twice."""
    if keys.group_by(group).len().filter(pl.col("len") > most).is_empty():
        return keys  # as of most captures; ranking many small groups is slow
    return keys.filter(pl.col("strong").rank("dense").over(group) <= most)
