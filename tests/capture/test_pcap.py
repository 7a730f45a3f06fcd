"""Classic pcap: variants, byte orders, odd lengths."""

import struct

import pytest
from captures_build import NANOSECONDS, pcap, pcap_header, record, window

from pcapcheck.capture.pcap import Pcap, is_pcap
from pcapcheck.errors import InputError

both_orders = pytest.mark.parametrize("order", "<>")


def read(data):
    """Return reader and batch of a whole capture."""
    reader = Pcap(data[:24], "x.pcap")
    return reader, reader.read(window(data[reader.first :], reader.first))


def rows(data):
    _, batch = read(data)
    columns = (batch.offset, batch.captured, batch.original, batch.time)
    return list(zip(*(values.tolist() for values in columns), strict=True))


@both_orders
def test_record_is_read(order):
    data = pcap(record(b"abc", 5, 7, original=9, order=order), order=order)
    assert rows(data) == [(16, 3, 9, 5_000_007_000)]


@both_orders
def test_magic_number_tells_nanoseconds(order):
    data = pcap(record(b"abc", 5, 7, order=order), order=order, magic=NANOSECONDS)
    assert rows(data)[0][3] == 5_000_000_007


@both_orders
def test_kuznetzovs_records_have_longer_headers(order):
    extra = struct.pack(order + "IHBB", 2, 0x0800, 4, 0)
    one = record(extra + b"abc", 5, 7, captured=3, order=order)
    assert rows(pcap(one, one, order=order, magic=0xA1B2CD34)) == [
        (24, 3, 3, 5_000_007_000),
        (51, 3, 3, 5_000_007_000),
    ]


@pytest.mark.parametrize("magic", [0x1C0001AC, 0x1C0001AB], ids=["hardware", "software"])
def test_ixias_files_have_four_bytes_more_and_nanoseconds(magic):
    assert rows(pcap(b"\0\0\0\0", record(b"abc", 5, 7), magic=magic)) == [(16, 3, 3, 5_000_000_007)]


def test_lengths_are_swapped_before_version_2_3():
    assert rows(pcap(record(b"abc", captured=9, original=3), version=(2, 2)))[0][1:3] == (3, 9)


def test_bits_about_a_frame_check_sequence_are_no_part_of_the_link_type():
    reader, _ = read(pcap(linktype=0x24000001))
    assert reader.linktypes == (1,)


def test_snapshot_length_is_kept():
    reader, _ = read(pcap(snaplen=96))
    assert reader.interfaces[0].snaplen == 96


def test_time_after_2106_does_not_exist_but_after_2038_does():
    assert rows(pcap(record(seconds=0xFFFFFFFF)))[0][3] == 0xFFFFFFFF * 10**9


def test_record_that_is_cut_off_is_left():
    _, batch = read(pcap(record(b"abc"), record(b"de", captured=9)))
    assert (batch.packets, batch.used, batch.end) == (1, 19, "")


def test_impossible_length_ends_the_file_and_is_said():
    _, batch = read(pcap(record(b"abc"), record(captured=262145)))
    assert (batch.packets, batch.used) == (1, 19)
    assert "the record at byte 43 claims 262145 captured bytes" in batch.end


def test_largest_possible_length_is_read():
    assert rows(pcap(record(bytes(262144))))[0][1] == 262144


def test_large_snapshot_length_allows_large_packets():
    assert rows(pcap(record(bytes(300_000)), snaplen=300_000))[0][1] == 300_000


def test_scan_finds_the_records_that_read_finds():
    reader, batch = read(pcap(record(b"abc"), record(b"de"), record(captured=0xFFFFFFFF)))
    data = pcap(record(b"abc"), record(b"de"), record(captured=0xFFFFFFFF))
    scan = reader.scan(window(data[24:], 24))
    assert (scan.starts.tolist(), scan.used, scan.end) == ([0, 19], batch.used, batch.end)


def test_header_that_is_cut_off_is_the_users_mistake():
    with pytest.raises(InputError, match=r"x\.pcap: the file ends after 10 bytes"):
        Pcap(pcap_header()[:10], "x.pcap")


@pytest.mark.parametrize("version", [(1, 2), (3, 0)])
def test_other_versions_are_the_users_mistake(version):
    with pytest.raises(InputError, match=rf"version {version[0]}\.{version[1]}"):
        Pcap(pcap_header(version=version), "x.pcap")


@pytest.mark.parametrize("head", [b"", b"\xd4\xc3\xb2", b"\n\r\r\n", b"GET / HTTP"])
def test_other_files_are_no_pcap(head):
    assert not is_pcap(head)
