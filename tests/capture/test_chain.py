"""Chain: from record to record by the lengths that they tell."""

import numpy as np
import pytest
from captures_build import record

from pcapcheck.capture.chain import Chain, walk

PCAP = Chain("<", 8, 16, 0, 1000, align=1, header=16)
BLOCKS = Chain("<", 4, 0, 12, 1000, align=4, header=12, stop=0x0A0D0D0A)


def bytes_of(*parts):
    return np.frombuffer(b"".join(parts), np.uint8)


def numbers(*values):
    return np.array(values, "<u4").tobytes()


def test_walk_finds_every_record():
    found = walk(bytes_of(record(b"abc"), record(), record(b"de")), PCAP)
    assert (found.starts.tolist(), found.end, found.broken) == ([0, 19, 35], 53, False)


def test_record_that_is_cut_off_is_not_found():
    found = walk(bytes_of(record(b"abc"), record(b"de", captured=9)), PCAP)
    assert (found.starts.tolist(), found.end, found.broken) == ([0], 19, False)


def test_header_that_is_cut_off_is_not_found():
    assert walk(bytes_of(record(b"abc"), b"\0" * 15), PCAP).end == 19


def test_length_above_the_limit_breaks_the_chain():
    found = walk(bytes_of(record(b"abc"), record(captured=1001)), PCAP)
    assert (found.starts.tolist(), found.end, found.broken) == ([0], 19, True)


def test_length_below_the_least_breaks_the_chain():
    assert walk(bytes_of(numbers(7, 0, 0)), BLOCKS).broken


def test_lengths_are_rounded_up_to_the_alignment():
    assert walk(bytes_of(numbers(7, 13, 0, 13), numbers(7, 12, 12)), BLOCKS).starts.tolist() == [0, 16]


def test_walk_stops_before_a_record_with_the_mark():
    found = walk(bytes_of(numbers(7, 12, 12), numbers(0x0A0D0D0A, 12, 12)), BLOCKS)
    assert (found.starts.tolist(), found.end, found.broken) == ([0], 12, False)


def test_walk_stops_at_a_place_it_was_told():
    assert walk(bytes_of(record(b"abc"), record(), record()), PCAP, until={19}).end == 19


@pytest.mark.parametrize(("length", "possible"), [(11, False), (12, True), (1000, True), (1001, False)])
def test_limits_are_possible_themselves(length, possible):
    assert BLOCKS.possible(np.array([length], np.uint32)).tolist() == [possible]


def test_largest_length_does_not_overflow():
    assert BLOCKS.whole(np.array([0xFFFFFFFF], np.uint32)).tolist() == [1 << 32]
