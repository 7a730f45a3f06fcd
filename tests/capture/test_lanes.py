"""Lanes: whatever the bytes, the walk in lanes is the walk record by record."""

import numpy as np
import pytest
from captures_build import enhanced, interface, patient, pcap_header, record, section, simple, window
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.capture.chain import walk
from pcapcheck.capture.lanes import walk_in_lanes
from pcapcheck.capture.pcap import Pcap
from pcapcheck.capture.pcapng import Pcapng

orders = st.sampled_from("<>")
LANES = 40


def pcap_reader(order="<", magic=0xA1B2C3D4):
    return Pcap(pcap_header(order, magic), "x")


def pcapng_reader(order="<"):
    reader = Pcapng(section(order=order), "x")
    reader.read(window(section(order=order)))
    reader.read(window(interface(order=order)))
    return reader


def walks(reader, data, lanes=LANES):
    """Return both walks over the bytes, as plain values."""
    array = np.frombuffer(data, np.uint8)
    chain = reader._chain
    both = walk(array, chain), walk_in_lanes(array, chain, reader._signs(array), lanes=lanes)
    return [(found.starts.tolist(), found.end, found.broken) for found in both]


@st.composite
def hostile_records(draw, order):
    """Draw records whose payload imitates records, whose lengths lie, and whose end is cut."""
    numbers = st.integers(0, 2**32 - 1)
    short = st.binary(max_size=40)
    imitation = st.builds(record, short, order=st.just(order))
    lie = st.builds(record, short, captured=st.integers(0, 100) | numbers, order=st.just(order))
    odd = st.builds(record, short, seconds=numbers, fraction=numbers, original=numbers, order=st.just(order))
    payload = st.lists(imitation | lie | short, max_size=4).map(b"".join)
    honest = st.builds(record, payload, order=st.just(order))
    many = draw(st.lists(honest, min_size=10, max_size=60))
    if draw(st.booleans()):
        many.insert(draw(st.integers(0, len(many))), draw(lie | odd))
    data = b"".join(many)
    return data[: len(data) - draw(st.integers(0, 20))]


@patient
@given(st.data(), orders)
def test_pcap_in_lanes_is_as_exact_as_record_by_record(data, order):
    plain, lanes = walks(pcap_reader(order), data.draw(hostile_records(order)))
    assert lanes == plain


@st.composite
def hostile_blocks(draw, order):
    """Draw blocks whose packets imitate blocks, whose lengths lie at one end, and whose end is cut."""
    numbers = st.integers(0, 2**32 - 1)
    short = st.binary(max_size=40)
    imitation = st.builds(enhanced, short, order=st.just(order))
    lie = st.builds(enhanced, short, total=st.integers(0, 100) | numbers, order=st.just(order))
    payload = st.lists(imitation | lie | short, max_size=4).map(b"".join)
    honest = st.builds(enhanced, payload, order=st.just(order)) | st.builds(
        simple, short, order=st.just(order)
    )
    many = draw(st.lists(honest, min_size=10, max_size=60))
    if draw(st.booleans()):
        many.insert(draw(st.integers(0, len(many))), draw(lie))
    data = b"".join(many)
    return data[: len(data) - draw(st.integers(0, 20))]


@patient
@given(st.data(), orders)
def test_pcapng_in_lanes_is_as_exact_as_block_by_block(data, order):
    plain, lanes = walks(pcapng_reader(order), data.draw(hostile_blocks(order)))
    assert lanes == plain


@patient
@given(st.binary(max_size=6000), orders, st.integers(2, 100))
def test_any_bytes_are_walked_alike(data, order, lanes):
    plain, in_lanes = walks(pcap_reader(order), data, lanes)
    assert in_lanes == plain


@patient
@given(st.binary(max_size=40), st.integers(20, 200))
def test_one_pattern_over_and_over_is_walked_alike(pattern, times):
    plain, in_lanes = walks(pcap_reader(), record(b"abc") + pattern * times)
    assert in_lanes == plain


@pytest.fixture(scope="module")
def captured():
    """Return 5000 records of realistic sizes with random payload, as bytes."""
    random = np.random.default_rng(7)
    sizes = random.choice([60, 66, 555, 1514], 5000).tolist()
    times = np.cumsum(random.integers(0, 10**6, 5000)).tolist()
    return b"".join(
        record(random.bytes(size), 1_700_000_000 + time // 10**6, time % 10**6)
        for size, time in zip(sizes, times, strict=True)
    )


def test_number_of_lanes_is_chosen_by_the_data(captured):
    plain, lanes = walks(pcap_reader(), captured, lanes=None)
    assert lanes == plain
    assert len(lanes[0]) == 5000


@pytest.mark.parametrize("cut", [1, 15, 16, 17, 1000])
def test_end_that_is_cut_off_is_found(captured, cut):
    plain, lanes = walks(pcap_reader(), captured[:-cut], lanes=None)
    assert lanes == plain


@pytest.mark.parametrize("place", [0.0, 0.3, 0.999])
def test_walk_ends_at_an_impossible_length(captured, place):
    cut = walks(pcap_reader(), captured)[0][0][int(place * 5000)]
    broken = captured[:cut] + record(captured=300_000) + captured[cut:]
    plain, lanes = walks(pcap_reader(), broken, lanes=None)
    assert lanes == plain == (plain[0], cut, True)


def test_capture_within_a_packet_is_not_mistaken_for_the_capture(captured):
    nested = record(captured[:200_000]) + captured[:100_000]
    plain, lanes = walks(pcap_reader(), captured[:300_003] + nested, lanes=None)
    assert lanes == plain


def test_times_far_from_the_first_are_walked_alike(captured):
    late = b"".join(record(bytes(100), seconds=1_900_000_000) for _ in range(3000))
    plain, lanes = walks(pcap_reader(), captured[:500_000] + late, lanes=None)
    assert lanes == plain
