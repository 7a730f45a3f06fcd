"""Shares: what is compared stays together, and partitions stay small."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.follow.partition import NO_FLOW, plan_partitions

SCHEMA = {"flow": pl.Int64, "packets": pl.Int64, "kind": pl.String, "source": pl.String}


def variants(*rows):
    """Return variants: (flow, packets, kind, source)."""
    told = pl.DataFrame(
        [(*row, "tcp", "a")[:4] if len(row) < 4 else row for row in rows], SCHEMA, orient="row"
    )
    return told.with_row_index("variant").cast({"variant": pl.Int64}).with_columns(destination=pl.lit("z"))


def of(cut):
    return cut.of.sort("variant")["share"].to_list()


def test_all_fits_one_share():
    cut = plan_partitions(variants((0, 5), (1, 5)), 10)
    assert (of(cut), cut.packets.tolist()) == ([0, 0], [10])


def test_variants_of_one_flow_stay_together():
    assert of(plan_partitions(variants((0, 5), (1, 5), (0, 5)), 10)) == [0, 1, 0]


def test_a_flow_that_is_too_large_is_alone_and_told_of():
    cut = plan_partitions(variants((0, 5), (7, 50), (8, 5)), 10)
    assert of(cut) == [0, 1, 2]
    assert (cut.largest, cut.most) == (7, 50)


def test_fragments_stay_with_the_flows_between_their_addresses():
    cut = plan_partitions(variants((0, 9, "udp", "a"), (1, 9, "udp", "b"), (2, 9, "fragment", "a")), 10)
    assert of(cut) == [0, 1, 0]


def test_what_has_no_flow_is_kept():
    cut = plan_partitions(variants((None, 5), (1, 50)), 10)
    assert of(cut) == [0, 1]
    assert plan_partitions(variants((None, 5)), 1).largest == NO_FLOW


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 30)), min_size=1), st.integers(1, 60))
def test_no_share_is_larger_than_wanted_unless_it_is_one_flow(rows, wanted):
    table = variants(*rows)
    cut = plan_partitions(table, wanted)
    told = (
        table.join(cut.of, on="variant")
        .group_by("share")
        .agg(pl.col("packets").sum(), pl.col("flow").n_unique())
    )
    assert ((told["packets"] <= wanted) | (told["flow"] == 1)).all()
    assert sorted(told["packets"]) == sorted(cut.packets)
