"""Order: packets that were overtaken on the way between two nodes.

A packet is late if one that was sent after it arrived before it. Each order is that of one capture point, so
clocks do not matter. Retransmissions are no late packets, since they have identities of their own. Where the
capture at an uplink is too short, a step behind it shows the order.
"""

from typing import Final

import polars as pl

ORDERED_KEY: Final = ("direction", "key", "start", "length")


def ways(seen: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """Return the steps between which orders are compared: direction, rank (the sending step), to (the other).

    At each node it is the step nearest to the network that saw at least half as much as any step of the node.

    Args:
        seen: direction, rank, …; one row a packet (`loss.once`).
        stays: direction, rank, stay (`steps.stays`).
    """
    counted = seen.group_by("direction", "rank").len().join(stays, on=["direction", "rank"])
    visit = ["direction", "stay"]
    most = counted.filter(2 * pl.col("len") >= pl.col("len").max().over(visit))
    sending = most.group_by(visit).agg(pl.col("rank").max())
    receiving = most.group_by(visit).agg(pl.col("rank").min().alias("to"))
    return sending.join(receiving.with_columns(pl.col("stay") - 1), on=visit).drop("stay")


def late(seen: pl.DataFrame, ways: pl.DataFrame) -> pl.DataFrame:
    """Return the packets, as the receiving end saw them, that were overtaken.

    Args:
        seen: direction, rank, key, start, length, kind, time, row; one row a packet (`loss.once`).
        ways: direction, rank of the sending end, to: that of the receiving end.
    """
    elements = seen.filter((pl.col("kind") != "tcp") | (pl.col("length") > 0))
    # An element that was sent twice has no one place in the order.
    elements = elements.filter(pl.len().over(*ORDERED_KEY, "rank") == 1)
    there = elements.join(ways, on=["direction", "rank"]).sort("direction", "time", "row")
    sent = there.with_columns(pl.int_range(pl.len()).over("direction", "rank").alias("turn"))
    turns = sent.select(*ORDERED_KEY, pl.col("to").alias("rank"), "turn")
    got = elements.join(turns, on=[*ORDERED_KEY, "rank"]).sort("direction", "time", "row")
    before = pl.col("turn").cum_max().shift(1).over("direction", "rank")
    return got.filter(pl.col("turn") < before).drop("turn")
