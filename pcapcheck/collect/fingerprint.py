"""Fingerprints: hashes that only one packet has, before and after its addresses were translated.

The fingerprints of a few packets of each variant or tuple are enough to join tuples. This takes sightings and
gives variant, strong (the fingerprint) and time. It knows no files.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

FINGERPRINTS: Final = {"variant": pl.Int64, "strong": pl.UInt64, "time": pl.Int64}
KEYS_OF_A_TUPLE: Final = 64  # packets of each tuple and file that join it with others
MAX_FINGERPRINTS: Final = 500_000  # of a task, of a capture and of a run: more variants have fewer each
MIN_OF_A_VARIANT: Final = 4  # fingerprints of each variant, however many variants there are


def keys_of_a_variant(variants: int) -> int:
    """Return how many fingerprints of each variant are kept, for a given number of variants."""
    return max(MIN_OF_A_VARIANT, min(KEYS_OF_A_TUPLE, MAX_FINGERPRINTS // max(variants, 1)))


def fingerprints_of(sightings: pl.DataFrame, variants: int) -> pl.DataFrame:
    """Return some fingerprints of each variant, up to `variants` variants, as a frame of FINGERPRINTS."""
    keys = sightings.filter(pl.col("strong") != 0).select(*FINGERPRINTS)
    return some(keys, ["variant"], keys_of_a_variant(variants))


def some(keys: pl.DataFrame, group: Sequence[str], most: int = KEYS_OF_A_TUPLE) -> pl.DataFrame:
    """Return some fingerprints of each group: the smallest, so that captures which overlap choose the same.

    The choice from parts includes the choice from the whole, so parts can be chosen from first.
    """
    return smallest(keys.unique([*group, "strong", "time"], keep="first", maintain_order=True), group, most)


def smallest(keys: pl.DataFrame, group: Sequence[str], most: int) -> pl.DataFrame:
    """Return the smallest fingerprints of each group, in which there must be no duplicates."""
    if keys.group_by(group).len().filter(pl.col("len") > most).is_empty():
        return keys  # most captures end here, without ranking many small groups, which is slow
    return keys.filter(pl.col("strong").rank("dense").over(group) <= most)
