"""Counts: what a dict of lists would hold of each variant, however the packets come in blocks."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from packets import block, eth

from pcapcheck.collect.counts import FRAMES_KEPT, Counts

NUMBERS = st.lists(st.integers(0, 5), max_size=60)


def some(count, first=1):
    """Return a block of `count` frames of different lengths."""
    return block(*(eth(bytes(number % 7)) for number in range(count)), first=first)


def counted(numbers, cut=None):
    """Count packets of these variants, in one block or in two."""
    counts = Counts()
    counts.allot(6)
    for begin, end in [(0, len(numbers))] if cut is None else [(0, cut), (cut, len(numbers))]:
        rows = np.arange(begin, end)
        part = some(len(numbers)).take(rows)
        counts.add(np.array(numbers[begin:end], np.int64), part)
    return counts.frame()


@settings(deadline=None)
@given(NUMBERS)
def test_counts_are_those_of_a_plain_loop(numbers):
    frame, packets = counted(numbers), some(len(numbers))
    for variant, row in enumerate(frame.iter_rows(named=True)):
        mine = [k for k, number in enumerate(numbers) if number == variant]
        assert row["packets"] == len(mine)
        assert row["bytes"] == sum(int(packets.original[k]) for k in mine)
        frames = [row[f"frame{k + 1}"] for k in range(FRAMES_KEPT)]
        assert frames == [*(k + 1 for k in mine[:FRAMES_KEPT]), *[0] * (FRAMES_KEPT - len(mine))]
        assert not mine or row["first"] == packets.time[mine].min()
        assert not mine or row["last"] == packets.time[mine].max()


@settings(deadline=None)
@given(NUMBERS, st.data())
def test_counts_do_not_depend_on_the_blocks(numbers, data):
    cut = data.draw(st.integers(0, len(numbers)))
    assert counted(numbers, cut).equals(counted(numbers))


def test_many_variants_of_few_packets_are_counted_the_same():
    counts = Counts()
    counts.allot(1000)
    counts.add(np.array([999, 3, 999]), some(3))
    frame = counts.frame()
    assert frame["packets"].sum() == 3
    assert frame["packets"][999] == 2
    assert frame["bytes"][999] == 14 + 16


def test_numbers_are_handed_out_in_order():
    counts = Counts()
    assert counts.allot(2).tolist() == [0, 1]
    assert counts.allot(3).tolist() == [2, 3, 4]
    assert len(counts.frame()) == 5


def test_packets_that_claim_the_greatest_length_do_not_overflow():
    counts = Counts()
    counts.allot(1)
    packets = block(*[b""] * 3000, original=[2**32 - 1] * 3000)
    counts.add(np.zeros(3000, np.int64), packets)
    assert counts.frame()["bytes"].to_list() == [3000 * (2**32 - 1)]


@settings(deadline=None)
@given(NUMBERS, st.integers(1, 4), st.data())
def test_first_rows_are_the_first_of_each_variant_over_all_blocks(numbers, limit, data):
    cut = data.draw(st.integers(0, len(numbers)))
    counts = Counts()
    counts.allot(6)
    rows = np.arange(cut)
    counts.add(np.array(numbers[:cut], np.int64), some(len(numbers)).take(rows))
    found = counts.first_rows(np.array(numbers[cut:], np.int64), limit)
    wanted = [k for k in range(cut, len(numbers)) if numbers[:k].count(numbers[k]) < limit]
    assert (found + cut).tolist() == wanted
