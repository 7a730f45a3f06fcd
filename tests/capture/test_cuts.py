"""Cuts: guessed without reading the file, and proven by the reader of the range before."""

import pytest
from captures_build import Dribble, enhanced, interface, packets, pcap, record, section

from pcapcheck.capture import ranges
from pcapcheck.capture.reading import Reading
from pcapcheck.capture.recognise import recognise
from pcapcheck.capture.window import Range

HEAD = section() + interface()
PACKETS = [bytes([number % 251]) * (60 + number % 7) for number in range(2000)]
PCAP = pcap(*(record(packet, fraction=row) for row, packet in enumerate(PACKETS)))
PCAPNG = HEAD + b"".join(enhanced(packet) for packet in PACKETS)


@pytest.fixture(autouse=True)
def _short_looks(monkeypatch):
    monkeypatch.setattr(ranges, "CUT_SEARCH", 2000)
    monkeypatch.setattr(ranges, "INTERFACE_SEARCH", 500)


def cut(data, count):
    return ranges.cut(Dribble(data, 1 << 20), recognise(data[:512], "x"), len(data), count)


def read(data, bounds):
    reading = Reading(Dribble(data, 1 << 20), recognise(data[:512], "x"), bounds)
    return packets(reading.blocks(999)), reading.summary.proven


@pytest.mark.parametrize("data", [PCAP, PCAPNG], ids=["pcap", "pcapng"])
def test_ranges_are_the_whole_file_and_prove_it(data):
    parts = [read(data, bounds) for bounds in cut(data, 4)]
    assert len(parts) == 4
    assert all(proven for _, proven in parts)
    whole, _ = read(data, Range(0, len(data)))
    assert [packet for part, _ in parts for packet in part] == whole


def test_a_cut_within_a_packet_is_not_proven():
    inner = pcap(*(record(b"x" * 60, fraction=row) for row in range(200)))[24:]
    data = pcap(record(b"a" * 60), record(inner), *(record(b"b" * 60) for _ in range(40)))
    first, *_ = cut(data, 3)
    assert first.stop < len(data)
    assert not read(data, first)[1]


def test_where_nothing_looks_like_a_record_nothing_is_cut():
    assert cut(pcap(record(bytes(50_000))), 4) == [Range(0, 24 + 16 + 50_000)]


def test_interfaces_behind_the_head_allow_no_cut():
    data = section() + b"".join(interface() for _ in range(50)) + PCAPNG[len(HEAD) :]
    assert len(cut(data, 4)) == 1


def test_an_interface_in_a_range_is_no_proof_for_the_next():
    data = PCAPNG[: len(PCAPNG) // 2 // 4 * 4]
    data = HEAD + b"".join(enhanced(packet) for packet in PACKETS[:1000]) + interface()
    data += b"".join(enhanced(packet) for packet in PACKETS[1000:])
    first = cut(data, 2)[0]
    assert not read(data, Range(0, len(data)))[1]
    assert first.stop < len(data)
