"""Split: ranges one behind another are the whole file."""

import pytest
from captures_build import Dribble, enhanced, interface, packets, patient, pcap, record, section, statistics
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.capture.ranges import split
from pcapcheck.capture.reading import Reading
from pcapcheck.capture.recognise import recognise
from pcapcheck.capture.window import Range

PCAPNG_HEAD = section() + interface() + interface(linktype=113)


def ranges(data, count, size=100):
    return split(Dribble(data, size), recognise(data[:512], "x"), len(data), count)


def read(data, bounds):
    one = Reading(Dribble(data, 100), recognise(data[:512], "x"), bounds)
    return packets(one.blocks(9)), one.summary


def in_parts(data, count):
    """Return the packets of all ranges, and what the last one says of the file."""
    parts = [read(data, bounds) for bounds in ranges(data, count)]
    last = parts[-1][1]
    return [packet for part, _ in parts for packet in part], last.truncated, last.notes


def whole(data):
    found, summary = read(data, Range(0, len(data)))
    return found, summary.truncated, summary.notes


payloads = st.lists(st.binary(max_size=40) | st.builds(record, st.binary(max_size=9)), max_size=30)
tails = st.binary(max_size=30) | st.just(record(captured=0xFFFFFFFF) + record() * 10)
counts = st.integers(1, 6)


@patient
@given(payloads, tails, counts)
def test_ranges_of_a_pcap_are_the_whole(many, tail, count):
    data = pcap(*(record(payload, fraction=row) for row, payload in enumerate(many))) + tail
    assert in_parts(data, count) == whole(data)


blocks = st.builds(enhanced, st.binary(max_size=40), interface=st.integers(0, 2)) | st.just(statistics())


@patient
@given(st.lists(blocks | st.just(interface()) | st.just(section() + interface()), max_size=30), tails, counts)
def test_ranges_of_a_pcapng_are_the_whole(many, tail, count):
    data = PCAPNG_HEAD + b"".join(many) + tail
    assert in_parts(data, count) == whole(data)


def test_ranges_cover_the_file_without_gaps():
    data = pcap(record(bytes(84)) * 10)
    assert ranges(data, 2) == [Range(0, 524), Range(524, 1024)]


@pytest.mark.parametrize("head", [pcap(), section() + interface()], ids=["pcap", "pcapng"])
def test_cuts_may_lie_far_behind_the_first_windows(head):
    one = record(bytes(84)) if head == pcap() else enhanced(bytes(68))
    data = head + one * 2000
    assert [start for start, _ in ranges(data, 4, size=5000)] == [
        0,
        *(next(at for at in range(len(head), len(data), 100) if at >= len(data) * k // 4) for k in (1, 2, 3)),
    ]


def test_no_more_ranges_than_records():
    assert len(ranges(pcap(record(b"abc")), 5)) <= 2


def test_nothing_is_split_off_behind_the_place_where_the_file_is_broken():
    data = pcap(record(b"abc"), record(captured=0xFFFFFFFF), record(bytes(1000)) * 10)
    assert ranges(data, 4) == [Range(0, len(data))]


@pytest.mark.parametrize("late", [interface(), section() + interface()], ids=["interface", "section"])
def test_file_with_a_late_description_stays_whole(late):
    data = PCAPNG_HEAD + enhanced(b"a") * 10 + late + enhanced(b"a") * 10
    assert ranges(data, 2) == [Range(0, len(data))]


def test_file_whose_description_is_too_long_to_be_read_for_every_range_stays_whole():
    data = section() + interface() * 4000 + enhanced(b"a") * 4000
    assert ranges(data, 2, size=1 << 20) == [Range(0, len(data))]
