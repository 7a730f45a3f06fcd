"""Compressed streams: the same bytes, in bounded pieces, and what is damaged is said."""

import gzip
import io
import lzma
import random
import zlib

import lz4.frame
import pytest
import zstandard

from pcapcheck.capture.compressed import Decompressed, compression

BYTES = random.Random(7).randbytes(100_000) + b"\0" * 1_000_000
COMPRESS = {
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "xz": lzma.compress,
    "lz4": lz4.frame.compress,
}
each_kind = pytest.mark.parametrize("kind", COMPRESS)


def decompressed(data, kind):
    return Decompressed(io.BytesIO(data), kind)


@each_kind
def test_kind_is_told_by_the_first_bytes(kind):
    assert compression(COMPRESS[kind](BYTES)[:6]) == kind


def test_pcap_is_not_compressed():
    assert compression(b"\xd4\xc3\xb2\xa1\2\0") == ""


@each_kind
def test_bytes_come_back(kind):
    assert decompressed(COMPRESS[kind](BYTES), kind).readall() == BYTES


@each_kind
def test_stream_without_damage_gives_no_complaint(kind):
    stream = decompressed(COMPRESS[kind](BYTES), kind)
    stream.readall()
    assert stream.complaint == ""


@each_kind
def test_frames_one_behind_another_are_one_stream(kind):
    two = COMPRESS[kind](BYTES) + COMPRESS[kind](b"more")
    assert decompressed(two, kind).readall() == BYTES + b"more"


@pytest.mark.parametrize("kind", ["gzip", "xz", "lz4"])
def test_stream_that_is_cut_off_gives_what_there_is_and_complains(kind):
    stream = decompressed(COMPRESS[kind](BYTES)[:90_000], kind)
    got = stream.readall()
    assert BYTES.startswith(got)
    assert "too early" in stream.complaint


def test_damage_is_said():
    data = bytearray(gzip.compress(BYTES))
    data[50_000:50_100] = bytes(100)
    stream = decompressed(bytes(data), "gzip")
    stream.readall()
    assert stream.complaint.startswith("the gzip data are damaged")


def test_zeros_behind_a_frame_are_padding():
    stream = decompressed(gzip.compress(b"abc") + b"\0" * 512, "gzip")
    assert (stream.readall(), stream.complaint) == (b"abc", "")


def test_something_else_behind_a_frame_is_said():
    stream = decompressed(gzip.compress(b"abc") + b"garbage", "gzip")
    assert stream.readall() == b"abc"
    assert "something else follows" in stream.complaint


def test_thousands_of_empty_members_are_no_recursion():
    stream = decompressed(gzip.compress(b"") * 3000 + gzip.compress(b"end"), "gzip")
    assert stream.readall() == b"end"


@each_kind
def test_no_piece_is_larger_than_asked_for(kind):
    stream = decompressed(COMPRESS[kind](bytes(50_000_000)), kind)
    assert len(stream.read(1000)) <= 1000


def test_xz_that_wants_too_much_memory_is_refused():
    small = lzma.compress(b"abc")
    flags = bytes([0x02, 0x00, 0x21, 0x01, 36]) + bytes(3)  # block header: LZMA2 with a dictionary of 1 GB
    header = flags + zlib.crc32(flags).to_bytes(4, "little")
    stream = decompressed(small[:12] + header + small[24:], "xz")
    assert stream.readall() == b""
    assert "damaged" in stream.complaint


def test_close_closes_the_file_below():
    file = io.BytesIO(gzip.compress(b""))
    Decompressed(file, "gzip").close()
    assert file.closed
