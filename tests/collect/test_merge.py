"""Variants of several parts, made one."""

import polars as pl
from polars.testing import assert_frame_equal

from pcapcheck.collect.merge import merge


def part(*rows):
    """Return variants: (ttl, packets, first, last, frames)."""
    return pl.DataFrame(
        [
            {
                "ip.ttl": ttl,
                "variant": number,
                "stack": "eth:ip",
                "packets": packets,
                "bytes": 100 * packets,
                "first": first,
                "last": last,
                **{f"frame{k + 1}": (frames + [0] * 5)[k] for k in range(5)},
            }
            for number, (ttl, packets, first, last, frames) in enumerate(rows)
        ],
        schema_overrides={"ip.ttl": pl.UInt64},
    )


def frames(frame):
    return frame.select(pl.concat_list(f"frame{k + 1}" for k in range(5))).to_series().to_list()


def test_the_same_values_are_one_variant_with_all_counts():
    joined, places = merge([part((64, 2, 10, 20, [1, 2])), part((64, 3, 5, 15, [1, 2, 3]))], [0, 7])
    assert joined.select("packets", "bytes", "first", "last").rows() == [(5, 500, 5, 20)]
    assert frames(joined) == [[1, 2, 8, 9, 10]]
    assert [place.rows() for place in places] == [[(0, 0)], [(0, 0)]]


def test_variants_come_in_the_order_of_their_first_frames():
    joined, places = merge([part((64, 1, 0, 0, [3]), (63, 1, 0, 0, [1])), part((62, 1, 0, 0, [1]))], [0, 3])
    assert joined["ip.ttl"].to_list() == [63, 64, 62]
    assert joined["variant"].to_list() == [0, 1, 2]
    assert [place.rows() for place in places] == [[(0, 1), (1, 0)], [(0, 2)]]


def test_absent_values_are_the_same_value():
    joined, _ = merge([part((None, 1, 0, 0, [1]), (0, 1, 0, 0, [2])), part((None, 1, 0, 0, [1]))], [0, 2])
    assert joined.select("ip.ttl", "packets").rows() == [(None, 2), (0, 1)]


def test_only_the_first_frames_of_all_parts_are_kept():
    joined, _ = merge([part((64, 6, 0, 0, [10, 11, 12, 13, 14])), part((64, 2, 0, 0, [1, 2]))], [20, 0])
    assert frames(joined) == [[1, 2, 30, 31, 32]]


def test_nothing_changes_where_all_differ():
    rows = part((64, 1, 0, 0, [1]), (63, 1, 0, 0, [2]))
    joined, _ = merge([rows], [0])
    assert_frame_equal(joined, rows)


def test_what_hashes_alike_is_not_made_one(monkeypatch):
    ranges = [part((64, 1, 0, 0, [3]), (63, 1, 0, 0, [1])), part((63, 1, 0, 0, [1]))]
    right = merge(ranges, [0, 3])
    monkeypatch.setattr(pl.DataFrame, "hash_rows", lambda self: pl.Series([7] * len(self), dtype=pl.UInt64))
    joined, places = merge(ranges, [0, 3])
    assert_frame_equal(joined, right[0])
    assert joined["packets"].to_list() == [2, 1]
    assert [place.rows() for place in places] == [place.rows() for place in right[1]]


def test_nothing_is_made_of_nothing():
    empty = part((64, 1, 0, 0, [1])).clear()
    assert merge([empty], [0])[0].is_empty()
    joined, places = merge([empty, empty], [0, 0])
    assert (joined.columns, len(joined), [len(place) for place in places]) == (empty.columns, 0, [0, 0])
