"""What became of a packet that the next captured hop lacks: loss needs proof."""

import polars as pl
import pytest

from pcapcheck.follow.fate import fates

SECOND = 1_000_000_000
REVERSE = pl.DataFrame({"direction": [0, 1], "reverse": [1, 0]})
HOPS = {"direction": pl.Int64, "rank": pl.Int64, "hop_point": pl.Int64, "hop_step": pl.Int64}
SCHEMA = {
    "direction": pl.Int64,
    "rank": pl.Int64,
    "key": pl.UInt64,
    "start": pl.Int64,
    "length": pl.Int64,
    "acked": pl.Int64,
    "time": pl.Int64,
    "kind": pl.String,
    "question": pl.Int64,
    "is_request": pl.Boolean,
    "asks": pl.Boolean,
}


def segment(rank, start, seconds, *, direction=0, length=100, acked=None):
    """Return a TCP packet seen at a watched hop; its key is what it carries."""
    return (
        direction,
        rank,
        1 + start + (direction << 20),
        start,
        length,
        acked,
        seconds,
        "tcp",
        0,
        False,
        direction == 0,
    )


def echo(rank, number, seconds, *, reply=False):
    return (
        int(reply),
        rank,
        10 + number + 1000 * reply,
        0,
        0,
        None,
        seconds,
        "echo",
        number,
        not reply,
        not reply,
    )


def datagram(rank, number, seconds, *, direction=0, asks=True):
    return (direction, rank, 50 + number, 0, 0, None, seconds, "udp", 0, False, asks)


def fate(*rows, here=60, there=(0, 60), ranks=2, reverse=REVERSE):
    """Return (fate, felt) of each missing packet, in the order of the rows.

    `here`: until when the first hop looked; `there`: from when to when the others did, in seconds.
    """
    timed = [(*row[:6], int(row[6] * SECOND), *row[7:]) for row in rows]
    seen = pl.DataFrame(timed, schema=SCHEMA, orient="row").with_columns(
        ranks=pl.lit(ranks, pl.Int64),
        row=pl.int_range(pl.len(), dtype=pl.Int64),
        ipid=pl.col("key").cast(pl.Int64),
        variant=pl.lit(1, pl.Int64),
        content=pl.col("key"),
        point=pl.col("rank"),
        next_point=pl.col("rank") + 1,
    )
    windows = [(0, 0, here), *((point, *there) for point in (1, 2) if there)]
    looked = pl.DataFrame(
        [(point, int(first * SECOND), int(last * SECOND)) for point, first, last in windows],
        schema={"point": pl.Int64, "from": pl.Int64, "to": pl.Int64},
        orient="row",
    )
    looked = looked.with_columns(late=pl.lit(value=False), early=pl.lit(value=False))
    hops = pl.DataFrame(
        [(way, rank, rank, rank) for way in (0, 1) for rank in range(ranks)], HOPS, orient="row"
    )
    found = fates(seen, reverse, hops, looked).sort("row")
    return list(found.select("fate", "felt").iter_rows())


def test_nothing_missing_has_no_fate():
    assert fate(segment(0, 0, 1), segment(1, 0, 1.001)) == []


def test_a_segment_that_was_sent_again_is_lost():
    again = fate(segment(0, 0, 1), segment(0, 0, 1.3), segment(1, 0, 1.301))
    assert again == [("lost", True)]


def test_a_segment_that_was_acknowledged_and_not_sent_again_is_a_gap_of_the_capture():
    answer = segment(0, 0, 1.2, direction=1, length=0, acked=100)
    assert fate(segment(0, 0, 1), answer, segment(1, 0, 1.19, direction=1, length=0, acked=100)) == [
        ("gap", False)
    ]


def test_a_request_that_nobody_answered_is_lost():
    assert fate(echo(0, 1, 1)) == [("lost", True)]


def test_a_request_at_the_end_of_the_capture_may_still_be_answered():
    assert fate(echo(0, 1, 1), here=1) == [("unknown", False)]


def test_a_request_that_was_answered_is_a_gap_of_the_capture():
    rows = (echo(0, 1, 1), echo(0, 1, 1.01, reply=True), echo(1, 1, 1.009, reply=True))
    assert fate(*rows) == [("gap", False)]


def test_what_a_later_hop_saw_is_a_gap_of_the_capture_between():
    assert fate(echo(0, 1, 1), echo(2, 1, 1.002), ranks=3) == [("gap", False)]


@pytest.mark.parametrize("there", [(0, 2.5), (2.5, 60)], ids=["ended early", "began late"])
def test_a_hop_that_was_not_looking_lost_no_datagrams_that_nobody_answered(there):
    sent = [datagram(0, number, number) for number in range(5)]
    seen = [datagram(1, number, number + 0.001) for number in range(5) if there[0] <= number <= there[1]]
    assert set(fate(*sent, *seen, there=there)) == {("unknown", False)}


def test_a_hop_that_never_saw_the_flow_lost_datagrams_that_nobody_answered():
    assert fate(datagram(0, 1, 1), datagram(0, 2, 2), there=(0, 0.5)) == [("lost", True)] * 2


def test_datagrams_that_nobody_waits_for_are_lost_only_if_most_are():
    some = [datagram(0, number, number, asks=False) for number in range(8)]
    there = [datagram(1, number, number + 0.001, asks=False) for number in range(8)]
    both_ways = [datagram(0, 99, 0, direction=1), datagram(1, 99, 0, direction=1)]
    assert fate(*some, *there[1:], *both_ways) == [("unknown", False)]
    assert fate(*some, *there[6:], *both_ways) == [("lost", False)] * 6


def test_that_a_segment_was_sent_again_may_be_seen_at_another_hop():
    again = (0, 1, 999, *segment(1, 0, 1.5)[3:])
    assert fate(segment(0, 0, 1), again, here=1.2) == [("lost", True)]
