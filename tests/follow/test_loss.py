"""What the next hop did not see as often: counted, and by bytes."""

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcapcheck.follow.loss import RETRANSMISSION_NS, SEQUENCE_NUMBERS, _range_maximum, once, passed, surplus

SECOND = 1_000_000_000
SCHEMA = {
    "direction": pl.Int64,
    "rank": pl.Int64,
    "key": pl.UInt64,
    "start": pl.Int64,
    "length": pl.Int64,
    "time": pl.Int64,
    "ipid": pl.Int64,
    "variant": pl.Int64,
    "kind": pl.String,
}


def seen(*rows, ranks=2, kind="tcp"):
    """Return packets: (rank, key, start, length), in order of time; `ranks` hops were watched."""
    told = [
        (0, rank, key, start, length, number * SECOND, 1, 1, kind)
        for number, (rank, key, start, length) in enumerate(rows)
    ]
    frame = pl.DataFrame(told, schema=SCHEMA, orient="row")
    return frame.with_columns(ranks=pl.lit(ranks, pl.Int64), row=pl.int_range(pl.len(), dtype=pl.Int64))


def missing(*rows, ahead=1, ranks=2):
    return surplus(seen(*rows, ranks=ranks), ahead).tolist()


def test_packets_without_an_interval_are_counted():
    assert missing((0, 5, 0, 0), (0, 5, 0, 0), (1, 5, 0, 0)) == [1]


def test_nothing_is_missing_where_nobody_watched():
    assert missing((0, 5, 0, 0), ranks=1) == []


def test_the_last_hop_lacks_nothing():
    assert missing((0, 5, 0, 0), (1, 5, 0, 0), (1, 6, 0, 0)) == []


def test_a_later_hop_can_be_asked():
    rows = ((0, 5, 0, 0), (0, 6, 0, 0), (2, 5, 0, 0))
    assert missing(*rows, ranks=3) == [0, 1]
    assert missing(*rows, ahead=2, ranks=3) == [1]


def test_segments_cover_a_super_packet():
    assert missing((0, 5, 100, 3000), (1, 5, 100, 1000), (1, 5, 1100, 1000), (1, 5, 2100, 1000)) == []


def test_a_super_packet_covers_segments():
    assert missing((0, 5, 100, 1000), (0, 5, 1100, 1000), (1, 5, 100, 2000)) == []


def test_a_segment_that_is_missing_makes_the_super_packet_missing():
    assert missing((0, 5, 100, 3000), (1, 5, 100, 1000), (1, 5, 2100, 1000)) == [0]


def test_super_packet_and_its_segments_sent_again_are_two_super_packets():
    sent = ((0, 5, 0, 200), (0, 5, 0, 100), (0, 5, 100, 100))
    assert missing(*sent, (1, 5, 0, 200), (1, 5, 0, 200)) == []


def test_the_latest_of_equal_packets_is_the_missing_one():
    assert missing((0, 5, 7, 9), (0, 5, 7, 9), (0, 5, 7, 9), (1, 5, 7, 9)) == [1, 2]


def test_sequence_numbers_go_on_from_the_greatest_to_0():
    end = SEQUENCE_NUMBERS - 500
    assert missing((0, 5, end, 1000), (1, 5, end, 500), (1, 5, 0, 500)) == []
    assert missing((0, 5, end, 1000), (1, 5, end, 500)) == [0]
    assert missing((0, 5, end, 500), (0, 5, 0, 500), (1, 5, end, 1000)) == []


def test_bytes_of_two_gigabytes_later_are_other_bytes():
    half = SEQUENCE_NUMBERS // 2
    sent = ((0, 5, 0, 100), (0, 5, half - 50, 100), (0, 5, half + 50, 100))
    assert missing(*sent, (1, 5, 0, 100), (1, 5, half - 50, 200)) == []


def test_keys_do_not_cover_each_other():
    assert missing((0, 5, 0, 100), (1, 6, 0, 100)) == [0]


def test_fragments_cover_their_datagram():
    assert missing((0, 9, 0, 2008), (1, 9, 0, 1480), (1, 9, 1480, 528)) == []
    assert missing((0, 9, 0, 1480), (0, 9, 1480, 528), (1, 9, 0, 1480)) == [1]


NEAR_THE_END = st.integers(-24, 24).map(lambda number: number % SEQUENCE_NUMBERS)
PACKETS = st.tuples(st.integers(0, 1), st.integers(5, 6), NEAR_THE_END, st.integers(0, 12))


def by_byte(rows):
    """Return the rows that are missing, by counting every byte that each hop saw."""
    count, elements = Counter(), Counter()
    for rank, key, start, length in rows:
        elements[rank, key, start, length] += 1
        for byte in range(length):
            count[rank, key, (start + byte) % SEQUENCE_NUMBERS] += 1
    found = []
    for (rank, key, start, length), here in elements.items():
        if rank == 1:
            continue
        if length:
            places = [(key, (start + byte) % SEQUENCE_NUMBERS) for byte in range(length)]
            short = max(count[0, *place] - count[1, *place] for place in places)
        else:
            short = here - elements[1, key, start, length]
        mine = [number for number, row in enumerate(rows) if row == (rank, key, start, length)]
        found += mine[len(mine) - max(0, min(short, here)) :]
    return sorted(found)


@given(st.lists(PACKETS, max_size=24))
@settings(deadline=None, max_examples=300)
def test_surplus_is_what_counting_every_byte_gives(rows):
    assert missing(*rows) == by_byte(rows)


@given(st.lists(PACKETS, max_size=16), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_surplus_does_not_depend_on_the_order_of_rows(rows, random):
    frame = seen(*rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    assert surplus(frame[order], 1).tolist() == surplus(frame, 1).tolist()


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=40), st.data())
@settings(deadline=None)
def test_the_maximum_of_a_range_is_exact(values, data):
    low = data.draw(st.integers(0, len(values) - 1))
    high = data.draw(st.integers(low + 1, len(values)))
    found = _range_maximum(np.array(values), np.array([low]), np.array([high]))
    assert found.tolist() == [max(values[low:high])]


def passing(*rows, kind="udp"):
    """Return sightings of one packet at one hop: (seconds, IP ID, variant)."""
    told = [(0, 0, 5, 0, 0, int(time * SECOND), ipid, variant, kind) for time, ipid, variant in rows]
    frame = pl.DataFrame(told, schema=SCHEMA, orient="row")
    return frame.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64))


@pytest.mark.parametrize(
    ("first", "second", "kind", "packets"),
    [
        ((0, 7, 1), (0.1, 7, 1), "udp", 1),
        ((0, 7, 1), (0.3, 7, 1), "udp", 2),
        ((0, 7, 1), (0.1, 8, 1), "udp", 2),
        ((0, 0, 1), (0.1, 0, 1), "udp", 2),
        ((0, 0, 1), (0.1, 0, 2), "udp", 1),
        ((0, 0, 1), (0.1, 0, 1), "tcp", 1),
    ],
    ids=["bridge", "much later", "another ID", "no ID", "no ID, other headers", "no ID, TCP"],
)
def test_passes_of_one_packet_are_one(first, second, kind, packets):
    assert len(once(passing(first, second, kind=kind))) == packets


def test_the_first_pass_stands_for_all():
    told = once(passing((0.15, 7, 3), (0, 7, 1), (0.05, 7, 2)))
    assert told.select("row", "variant", "passes").rows() == [(1, 1, 3)]


def test_each_pass_may_be_late_by_the_same_time():
    step = RETRANSMISSION_NS * 0.9 / SECOND
    assert len(once(passing((0, 7, 1), (step, 7, 1), (2 * step, 7, 1)))) == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2), st.integers(1, 2)), max_size=20))
@settings(deadline=None)
def test_no_sighting_is_dropped_or_counted_twice(rows):
    frame = passing(*rows)
    joined = once(frame)
    assert joined["passes"].sum() == len(frame)
    assert joined["row"].is_unique().all()
    assert sorted(passed(frame, ("direction", "rank"))["row"].to_list()) == list(range(len(frame)))
