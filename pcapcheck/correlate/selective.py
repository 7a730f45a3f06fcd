"""Selective points: captures that lack packets which must have passed there, such as filtered ones.

`tcpdump port 53`, `-Q in` or one packet in N leave out packets that later hops have. Nothing can be missed at
such a point: whoever counts there accuses the network of what the filter did. What was captured is judged.
"""

from typing import Final

import polars as pl

OF_STEP: Final = ["path", "step"]


def selective(
    placed: pl.DataFrame, flows: pl.DataFrame, steps: pl.DataFrame, step_points: pl.DataFrame
) -> frozenset[int]:
    """Return the points that saw no packet of a direction that must have passed there.

    A direction passed where a later step of its path saw it, and reached its end where the answer left it.
    Where a point has only one direction of each flow, so did others that have only one.

    Args:
        placed: variants with direction, path, step and point.
        flows: the directions: direction, reverse, flow, client.
        steps: the expected steps.
        step_points: where they may be seen.
    """
    seen = placed.drop_nulls(["direction", "point"]).select("direction", "path", "point", "step").unique()
    if seen.is_empty() or step_points.is_empty():
        return frozenset()
    reached = seen.drop_nulls("step").group_by("direction").agg(pl.col("step").max().alias("reached"))
    begun = seen.filter(pl.col("step") == 0).select(pl.col("direction").alias("reverse")).unique()
    clients = flows.filter("client").select("direction", "reverse")
    answered = clients.join(begun, on="reverse", how="semi")["direction"]
    due = _due(seen.drop_nulls("path"), steps, step_points)
    passed = due.join(reached, on="direction", how="left").filter(
        (pl.col("step") < pl.col("reached")) | pl.col("direction").is_in(answered.implode())
    )
    unseen = passed.join(seen, on=["direction", "point"], how="anti")
    lacking = frozenset(unseen["point"].unique().to_list())
    one_way = _one_way(seen, flows)
    return lacking | one_way if lacking & one_way else lacking


def _due(seen: pl.DataFrame, steps: pl.DataFrame, step_points: pl.DataFrame) -> pl.DataFrame:
    """Return the points of each direction that it cannot avoid: direction, step, point."""
    captured = step_points.join(step_points.group_by(OF_STEP).agg(pl.len().alias("points")), on=OF_STEP)
    sure = steps.filter(~pl.col("optional") & ~pl.col("opaque")).select(*OF_STEP, "interfaces")
    only = captured.join(sure, on=OF_STEP).filter((pl.col("interfaces") == 1) & (pl.col("points") == 1))
    return (
        seen.select("direction", "path").unique().join(only, on="path").select("direction", "step", "point")
    )


def _one_way(seen: pl.DataFrame, flows: pl.DataFrame) -> frozenset[int]:
    """Return the points that have only one of the two directions of every flow that has two."""
    both = flows.drop_nulls("reverse").select("direction", "flow")
    at = seen.join(both, on="direction").group_by("point", "flow").agg(pl.col("direction").n_unique())
    found = at.group_by("point").agg((pl.col("direction") == 1).all().alias("one"))
    return frozenset(found.filter("one")["point"].to_list())
