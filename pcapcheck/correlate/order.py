"""Order: packets that were overtaken on the way between two nodes.

Takes packets at watched steps, one row a packet; a packet is late if one that was sent after it arrived
before it. Times are compared at one point only, so clocks do not matter. Retransmissions have an identity of
their own.
"""

from typing import Final

import polars as pl

ELEMENT: Final = ("direction", "key", "start", "length")


def late(seen: pl.DataFrame, wires: pl.DataFrame) -> pl.DataFrame:
    """Return the packets, as the receiving end saw them, that were overtaken.

    Args:
        seen: direction, rank, key, start, length, kind, time, row; one row a packet (`loss.once`).
        wires: direction, rank of the sending ends (`places.wires`).
    """
    told = seen.filter((pl.col("kind") != "tcp") | (pl.col("length") > 0))
    told = told.filter(pl.len().over(*ELEMENT, "rank") == 1)  # sent once, and told apart from all others
    there = told.join(wires, on=["direction", "rank"], how="semi").sort("direction", "time", "row")
    sent = there.with_columns(pl.int_range(pl.len()).over("direction", "rank").alias("turn"))
    turns = sent.select(*ELEMENT, (pl.col("rank") + 1).alias("rank"), "turn")
    got = told.join(turns, on=[*ELEMENT, "rank"]).sort("direction", "time", "row")
    before = pl.col("turn").cum_max().shift(1).over("direction", "rank")
    return got.filter(pl.col("turn") < before).drop("turn")
