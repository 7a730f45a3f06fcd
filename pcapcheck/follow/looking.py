"""When each capture point was capturing, as far as the packets show it.

A classic pcap file does not say when the capture ran. A point that saw nothing from some time on may have
stopped, or no packet came any more. It had stopped if a later hop still saw packets that must have passed it.
This takes variants and the expected steps, and knows no single packets.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.correlate.schemas import WINDOWS_SCHEMA

APART: Final = 100_000_000  # ns: more than it takes from one hop to the next


def windows(sightings_of_points: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Return the windows of each point that saw anything, or that is known to have missed something.

    Args:
        sightings_of_points: variant, point, first, last of every variant, clocks aligned.
        network: its watched steps, variants and directions.
    """
    seen = sightings_of_points.group_by("point").agg(
        pl.col("first").min().alias("from"), pl.col("last").max().alias("to")
    )
    passed = _passed(sightings_of_points, network)
    both = seen.join(passed, on="point", how="full", coalesce=True)
    late = (pl.col("first") < pl.col("from") - APART) | (pl.col("from").is_null())
    early = (pl.col("last") > pl.col("to") + APART) | (pl.col("to").is_null())
    return both.with_columns(
        late.fill_null(value=False).alias("late"), early.fill_null(value=False).alias("early")
    ).select(WINDOWS_SCHEMA.names)


def _passed(sightings_of_points: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Return when later hops saw the first and the last of what must have passed each point."""
    at = network.variants.select("variant", "direction", "step").drop_nulls("step")
    steps = (
        sightings_of_points.join(at, on="variant")
        .group_by("direction", "step")
        .agg(pl.col("first").min().alias("first"), pl.col("last").max().alias("last"))
    )
    ordered = (
        network.watched.select("direction", "step")
        .join(steps, on=["direction", "step"], how="left")
        .sort("direction", "step", descending=True)
    )
    behind = ordered.with_columns(
        pl.col("first").cum_min().forward_fill().shift(1).over("direction"),
        pl.col("last").cum_max().forward_fill().shift(1).over("direction"),
    ).drop_nulls("first")
    paths = network.directions.select("direction", "path")
    points = behind.join(paths, on="direction").join(network.step_points, on=["path", "step"])
    return points.group_by("point").agg(pl.col("first").min(), pl.col("last").max())


def looking(missed: pl.DataFrame, hops: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """Add to packets that the next hop lacks which capture points were capturing at the time.

    `waited`: this hop, or one before it, went on capturing long enough for an answer. `alive`: the next point
    was capturing. `shut`: a later hop shows that it was not. `aim_point` and `aim_step`: the first hop behind
    it that was capturing; null where there is none.

    Args:
        missed: row, direction, rank, time, point, next_point, later (another hop behind saw it), patience (ns
            to wait for an answer).
        hops: direction, rank, hop_point, hop_step of all watched steps.
        windows: as `windows` gives them.
    """
    there = windows.rename({"point": "next_point"})
    joined = missed.join(there, on="next_point", how="left", maintain_order="left")
    before, after = pl.col("time") < pl.col("from"), pl.col("time") > pl.col("to")
    nothing = pl.col("from").is_null()
    shut = (pl.col("late") & (before | nothing)) | (pl.col("early") & after)
    judged = joined.with_columns(
        (~before & ~after).fill_null(value=False).alias("alive"),
        shut.fill_null(value=False).alias("shut"),
    ).drop(WINDOWS_SCHEMA.names[1:])
    others = _others(judged, hops, windows)
    # `_others` allows a moment for the way to a hop whose capture had just begun; these two need more.
    at_the_time = pl.col("time") >= pl.col("from")
    waits = pl.col("to") - pl.col("time") > pl.col("patience")
    waited = others.filter(at_the_time & waits & (pl.col("hop") <= pl.col("rank")))
    aimed = (
        others.filter((at_the_time | pl.col("later")) & (pl.col("hop") > pl.col("rank") + 1))
        .sort("row", "hop")
        .unique("row", keep="first", maintain_order=True)
        .select("row", pl.col("hop_point").alias("aim_point"), pl.col("hop_step").alias("aim_step"))
    )
    return judged.join(aimed, on="row", how="left", maintain_order="left").with_columns(
        pl.col("row").is_in(waited["row"].unique().implode()).alias("waited")
    )


def _others(missed: pl.DataFrame, hops: pl.DataFrame, windows: pl.DataFrame) -> pl.DataFrame:
    """Return the hops of each packet's direction that were capturing when it was seen, or a moment later."""
    watched = hops.join(windows.drop_nulls("from"), left_on="hop_point", right_on="point").rename(
        {"rank": "hop"}
    )
    packets = missed.select("row", "direction", "rank", "time", "later", "patience")
    return packets.join(watched, on="direction").filter(
        pl.col("time").is_between(pl.col("from") - APART, pl.col("to"))
    )
