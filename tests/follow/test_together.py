"""Partitions put together: a gap that one of them proves counts for all."""

import polars as pl

from pcapcheck.follow.follow import Fates
from pcapcheck.follow.reduce import together

NOTHING = pl.DataFrame()


def part(direction, fate, *, silent=False, gappy=()):
    """Return what a partition says of one packet that point 2 did not see."""
    counts = {"direction": direction, "step": 4, "missing": 1, "lost": int(fate == "lost"), "unknown": 0}
    loss = {
        "direction": direction,
        "next_step": 4,
        "point": 1,
        "next_point": 2,
        "fate": fate,
        "silent": silent,
    }
    gaps = pl.DataFrame({"next_point": list(gappy)}, schema={"next_point": pl.Int64})
    return Fates(
        pl.DataFrame([counts]),
        pl.DataFrame([loss]),
        NOTHING,
        NOTHING,
        NOTHING,
        gaps,
        NOTHING,
        NOTHING,
        NOTHING,
    )


def test_loss_that_was_felt_stays_loss():
    found = together([part(0, "lost"), part(1, "gap", gappy=[2])])
    assert found.losses["fate"].to_list() == ["lost", "gap"]
    assert found.hops["lost"].to_list() == [1, 0]


def test_loss_that_nobody_felt_is_unknown_where_another_partition_proves_a_gap():
    found = together([part(0, "lost", silent=True), part(1, "gap", gappy=[2])])
    assert found.hops.select("lost", "unknown").rows() == [(0, 1), (0, 0)]
    assert found.losses.is_empty()


def test_a_gap_at_another_point_proves_nothing():
    found = together([part(0, "lost", silent=True), part(1, "gap", gappy=[3])])
    assert found.hops["lost"].to_list() == [1, 0]


def test_what_another_partition_delivered_is_compared_with_what_was_lost():
    lost = part(0, "lost")
    other = lost.losses.with_columns(direction=pl.lit(1, pl.Int64), fate=pl.lit(""))
    assert together([lost], [other]).losses["fate"].to_list() == ["lost", ""]
