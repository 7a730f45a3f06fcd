"""Strong keys: a few of each variant, the same ones however a capture is cut."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.collect.fingerprint import (
    FINGERPRINTS,
    KEYS_OF_A_TUPLE,
    MAX_FINGERPRINTS,
    MIN_OF_A_VARIANT,
    fingerprints_of,
    keys_of_a_variant,
    some,
)

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 200), st.integers(0, 3)), max_size=300)


def keys(rows):
    return pl.DataFrame(rows, schema=FINGERPRINTS, orient="row")


def test_packets_without_a_strong_key_are_left_out():
    assert fingerprints_of(keys([(0, 0, 1), (0, 7, 2)]), 1).rows() == [(0, 7, 2)]


def test_the_smallest_of_each_group_are_chosen_with_all_their_times():
    rows = [(0, strong, time) for strong in range(KEYS_OF_A_TUPLE + 9, 0, -1) for time in (1, 2)]
    chosen = some(keys([*rows, (1, 99, 1)]), ["variant"])
    assert sorted(chosen.rows()) == [
        *((0, strong, time) for strong in range(1, KEYS_OF_A_TUPLE + 1) for time in (1, 2)),
        (1, 99, 1),
    ]


@given(ROWS, st.integers(0, 300))
def test_what_is_chosen_of_parts_holds_what_is_chosen_of_the_whole(rows, cut):
    parts = [some(keys(part), ["variant"]) for part in (rows[:cut], rows[cut:])]
    assert sorted(some(pl.concat(parts), ["variant"]).rows()) == sorted(some(keys(rows), ["variant"]).rows())


def test_the_more_variants_the_fewer_keys_has_each():
    assert [keys_of_a_variant(each) for each in (0, 1, MAX_FINGERPRINTS // 10, 10 * MAX_FINGERPRINTS)] == [
        KEYS_OF_A_TUPLE,
        KEYS_OF_A_TUPLE,
        10,
        MIN_OF_A_VARIANT,
    ]
    many = keys((0, strong, 1) for strong in range(1, 40))
    assert fingerprints_of(many, MAX_FINGERPRINTS // 10)["strong"].to_list() == list(range(1, 11))
