"""Clocks of nodes, from packets that several saw."""

from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pcapcheck.correlate.clocks import FARTHEST, offsets

SCHEMA = {"node": pl.String, "tuple": pl.Int64, "flow": pl.Int64, "strong": pl.UInt64, "time": pl.Int64}


def keys(*rows):
    """Return keys: (node, tuple, strong, time); tuples 2k and 2k + 1 are both ways of one flow."""
    told = [(node, number, number // 2, strong, time) for node, number, strong, time in rows]
    return pl.DataFrame(told, schema=SCHEMA, orient="row")


def test_latency_cancels_where_both_directions_were_seen():
    there = [("a", 0, 1, 1000), ("b", 0, 1, 6100)]
    back = [("b", 1, 2, 7000), ("a", 1, 2, 2100)]
    assert offsets(keys(*there, *back)) == {"a": 0, "b": 5000}


def test_one_direction_alone_is_better_than_nothing():
    assert offsets(keys(("a", 0, 1, 1000), ("b", 0, 1, 6100))) == {"a": 0, "b": 5100}


def test_a_flow_in_both_directions_outweighs_those_in_one():
    both = [("a", 0, 1, 1000), ("b", 0, 1, 6100), ("b", 1, 2, 7000), ("a", 1, 2, 2100)]
    alone = [row for number in range(2, 20, 2) for row in (("a", number, 3, 0), ("b", number, 3, 90_000))]
    assert offsets(keys(*both, *alone)) == {"a": 0, "b": 5000}


def test_one_wrong_pair_does_not_move_a_clock():
    flows = [
        row
        for number in range(5)
        for row in (
            ("a", 2 * number, 1, 0),
            ("b", 2 * number, 1, 5100),
            ("b", 2 * number + 1, 2, 10_000),
            ("a", 2 * number + 1, 2, 5100),
        )
    ]
    wrong = [("a", 20, 1, 0), ("b", 20, 1, 9_000_000), ("b", 21, 2, 9_000_000), ("a", 21, 2, 0)]
    assert offsets(keys(*flows, *wrong)) == {"a": 0, "b": 5000}


def test_clocks_are_chained_over_nodes_that_share_no_packet():
    rows = [("a", 0, 1, 0), ("b", 0, 1, 100), ("b", 2, 2, 0), ("c", 2, 2, 1000)]
    assert offsets(keys(*rows)) == {"a": 0, "b": 100, "c": 1100}


def test_a_node_that_shares_no_packet_keeps_its_time():
    assert offsets(keys(("a", 0, 1, 0), ("b", 2, 1, 5000))) == {"a": 0, "b": 0}


def test_a_packet_seen_twice_at_a_node_counts_when_it_was_seen_first():
    assert offsets(keys(("a", 0, 1, 0), ("a", 0, 1, 7), ("b", 0, 1, 100))) == {"a": 0, "b": 100}


def test_sightings_of_no_node_are_left_out():
    assert offsets(keys((None, 0, 1, 0), ("b", 0, 1, 5))) == {"b": 0}


def test_nobody_saw_anything():
    assert offsets(keys()) == {}


def test_clocks_from_1970_and_from_today_can_be_compared():
    today = 1_790_000_000 * 10**9
    ahead = offsets(keys(("a", 0, 1, today), ("b", 0, 1, 1000)))["b"]
    assert abs(ahead + today) < 10_000


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=8, max_size=8))
def test_no_times_are_too_far_apart(times):
    names = ("a", "b", "c", "d", "e")
    rows = [
        row
        for k, (first, second) in enumerate(pairwise(names))
        for row in ((first, 2 * k, 1, times[2 * k]), (second, 2 * k, 1, times[2 * k + 1]))
    ]
    assert all(abs(offset) <= FARTHEST for offset in offsets(keys(*rows)).values())


@settings(deadline=None)
@given(
    st.permutations([("a", 0, 1, 0), ("b", 0, 1, 105), ("b", 1, 2, 200), ("a", 1, 2, 105), ("c", 0, 1, 30)])
)
def test_offsets_do_not_depend_on_the_order_of_packets(rows):
    assert offsets(keys(*rows)) == offsets(keys(*sorted(rows)))
