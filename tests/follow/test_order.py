"""Packets that were overtaken between two nodes."""

import polars as pl

from pcapcheck.follow.order import late, ways

SCHEMA = {"rank": pl.Int64, "key": pl.UInt64, "time": pl.Int64}
WIRES = pl.DataFrame({"direction": [0], "rank": [0], "to": [1]})
STAYS = pl.DataFrame({"direction": [0] * 4, "rank": range(4), "stay": [1, 1, 2, 2]})


def seen(*rows, kind="udp", length=10):
    """Return packets: (rank, key, time)."""
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row").with_row_index("row").cast({"row": pl.Int64})
    return frame.with_columns(
        direction=pl.lit(0, pl.Int64), start=pl.lit(0), length=pl.lit(length), kind=pl.lit(kind)
    )


def keys(frame):
    return late(frame, WIRES)["key"].to_list()


def test_what_arrives_after_its_successor_is_late():
    assert keys(seen((0, 1, 1), (0, 2, 2), (0, 3, 3), (1, 2, 11), (1, 1, 12), (1, 3, 13))) == [1]


def test_clocks_that_differ_change_no_order():
    assert keys(seen((0, 1, 1_000_000), (0, 2, 1_000_001), (1, 1, 5), (1, 2, 6))) == []


def test_what_was_sent_twice_has_no_order():
    assert keys(seen((0, 1, 1), (0, 2, 2), (0, 1, 3), (1, 2, 11), (1, 1, 12), (1, 1, 13))) == []


def test_pure_acknowledgements_have_no_order():
    assert keys(seen((0, 1, 1), (0, 2, 2), (1, 2, 11), (1, 1, 12), kind="tcp", length=0)) == []


def test_only_ways_between_nodes_count():
    rows = seen((0, 1, 1), (0, 2, 2), (1, 2, 11), (1, 1, 12))
    assert late(rows, WIRES.filter(pl.col("rank") == 5)).is_empty()


def test_orders_are_compared_where_the_network_begins_and_ends():
    assert ways(seen((0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 1, 4)), STAYS).rows() == [(0, 1, 2)]


def test_where_an_uplink_saw_little_the_step_behind_it_shows_the_order():
    sent = [(0, key, key) for key in range(4)]
    there = [(3, key, 10 + key) for key in range(4)]
    assert ways(seen(*sent, (1, 0, 1), (2, 0, 3), *there), STAYS).rows() == [(0, 0, 3)]


def test_what_stays_at_one_node_has_no_way():
    assert ways(seen((0, 1, 1), (1, 1, 2)), STAYS).is_empty()
