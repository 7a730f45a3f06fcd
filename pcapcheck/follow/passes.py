"""Passes: packets that cross one capture point several times, and packets doubled between two steps.

A bridge shows a packet up to three times, VEPA shows it twice, and a loop again and again. Passes are not
judged here.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.schemas import PASSES_SCHEMA
from pcapcheck.follow.loss import passed

PASSING_KEY: Final = ("direction", "key", "start", "length")
ENDS_OF_PODS: Final = ("pod", "veth")  # others may reflect frames as they are, as VEPA does
CROSSED_TWICE: Final = ("bridge", "lo")  # roles of interfaces that show one packet several times by nature


def passes(located: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each pass of the packets that crossed a point more than once: PASSES_SCHEMA."""
    marked = passed(located, ("direction", "point")).with_columns(pl.len().over("packet").alias("passes"))
    again = marked.filter(pl.col("passes") > 1).sort("packet", "time", "row")
    numbered = again.with_columns(pl.col("packet").rank("dense").over("direction", "point"))
    return numbered.select(PASSES_SCHEMA.names)


def doubled(seen: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return the packets that a step saw several times and the step before it once.

    Steps that show a packet several times by nature are left out, also as the step before. Where a path
    crosses the end of a pod twice, copies with equal headers are doubled: in between, something changes.

    Args:
        seen: direction, rank, key, start, length, passes, alike; one row a packet (`loss.once`).
        places: direction, rank, role, crossings (`steps.places`).
    """
    single = places.filter(~pl.col("role").is_in(CROSSED_TWICE) & (pl.col("crossings") == 1))
    turns = single.select("direction", "rank", pl.col("rank").rank("dense").over("direction").alias("turn"))
    alone = seen.join(turns, on=["direction", "rank"])
    once = alone.filter(pl.col("passes") == 1).select(*PASSING_KEY, pl.col("turn") + 1)
    again = alone.filter(pl.col("passes") > 1).join(once, on=[*PASSING_KEY, "turn"], how="semi")
    return pl.concat([again.drop("turn"), _alike(seen, places)])


def _alike(seen: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return the packets that come twice with equal headers where their path crosses a pod's end twice."""
    crossed = places.filter(pl.col("role").is_in(ENDS_OF_PODS) & (pl.col("crossings") > 1))
    twice = seen.filter(pl.col("alike") > 1).join(
        crossed.select("direction", "rank"), on=["direction", "rank"]
    )
    before = seen.filter(pl.col("passes") == 1).select(*PASSING_KEY, pl.col("rank").alias("before"))
    sent_once = twice.select("row", "rank", *PASSING_KEY).join(before, on=PASSING_KEY)
    rows = sent_once.filter(pl.col("before") < pl.col("rank")).select("row").unique()
    return twice.join(rows, on="row", how="semi", maintain_order="left")
