"""Source: captures as others open them, alone and compared with capinfos."""

import gzip
import io
import lzma
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import lz4.frame
import pytest
import zstandard
from captures_build import enhanced, interface, option, packets, pcap, record, section, statistics
from shared import PUBLIC, REASON, public

from pcapcheck.capture.source import open_capture
from pcapcheck.errors import InputError

PCAP = pcap(*(record(b"packet %d" % row, fraction=row) for row in range(100)))
PCAPNG = section(option(1, b"by hand")) + interface(option(2, b"eth0")) + enhanced(b"abc", option(1, b"why"))
COMPRESS = [gzip.compress, zstandard.compress, lzma.compress, lz4.frame.compress]
each_format = pytest.mark.parametrize("data", [PCAP, PCAPNG], ids=["pcap", "pcapng"])


@pytest.fixture
def opened(tmp_path):
    """Write bytes into a file that looks as if it had been there for long, and open it."""

    def write_and_open(data, settled=True):
        path = tmp_path / "capture"
        path.write_bytes(data)
        os.utime(path, (1_700_000_000, 1_700_000_000) if settled else None)
        return open_capture(str(path))

    return write_and_open


def test_file_tells_what_it_is(opened):
    capture = opened(PCAP)
    assert (capture.format, capture.size, capture.compression, capture.seekable) == (
        "pcap",
        len(PCAP),
        "",
        True,
    )


@each_format
def test_file_can_be_read_again_and_again(opened, data):
    capture = opened(data)
    assert packets(capture.blocks()) == packets(capture.blocks())


@each_format
def test_file_that_may_still_grow_reads_alike(opened, data):
    assert packets(opened(data, settled=False).blocks()) == packets(opened(data).blocks())


@pytest.mark.parametrize("compress", COMPRESS, ids=["gzip", "zstd", "xz", "lz4"])
@each_format
def test_compressed_file_reads_alike(opened, data, compress):
    expected = packets(opened(data).blocks())
    capture = opened(compress(data))
    assert packets(capture.blocks()) == expected
    assert packets(capture.blocks()) == expected


def test_compressed_file_that_is_cut_off_gives_what_there_is_and_a_note(opened):
    capture = opened(gzip.compress(PCAP, mtime=0)[:-20])
    assert 0 < len(packets(capture.blocks())) < 100
    assert "damaged" in capture.summary.notes[0]


def test_compressed_file_stays_one_range(opened):
    capture = opened(gzip.compress(PCAP))
    assert not capture.seekable
    (whole,) = capture.ranges(4)
    assert len(packets(capture.blocks(whole))) == 100


def test_ranges_are_the_whole(opened):
    capture = opened(PCAP)
    ranges = capture.ranges(3)
    assert len(ranges) == 3
    parts = [packet for part in ranges for packet in packets(capture.blocks(part))]
    assert parts == packets(capture.blocks())


def test_summary_is_of_the_last_reading(opened):
    capture = opened(PCAP)
    list(capture.blocks())
    list(capture.blocks(capture.ranges(2)[1]))
    assert capture.summary.packets == 50


def test_interfaces_are_known_before_reading(opened):
    assert [one.name for one in opened(PCAPNG).interfaces] == ["eth0"]


def test_drops_are_known_after_reading(opened):
    capture = opened(PCAPNG + statistics(option(5, bytes([9] + [0] * 7))))
    list(capture.blocks())
    assert capture.interfaces[0].dropped == 9


def test_comments_of_capture_and_packets_are_known_after_reading(opened):
    capture = opened(PCAPNG)
    list(capture.blocks())
    assert capture.comments == {0: ("by hand",), 1: ("why",)}


def test_head_takes_nothing_away(opened):
    capture = opened(PCAP)
    assert packets(capture.head()) == packets(capture.blocks())


@pytest.fixture
def piped(monkeypatch, tmp_path):
    """Open standard input, through which bytes come."""
    threads = []

    def pipe_and_open(data):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        threads.append(threading.Thread(target=pipe.write_bytes, args=(data,)))
        threads[0].start()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.FileIO(pipe))))
        return open_capture("-")

    yield pipe_and_open
    sys.stdin.close()
    threads[0].join()


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@each_format
def test_standard_input_reads_alike(piped, opened, data, pack):
    assert packets(piped(pack(data)).blocks()) == packets(opened(data).blocks())


def test_standard_input_gives_again_what_head_took(piped, opened):
    capture = piped(PCAP)
    assert packets(capture.head())[:1] == packets(opened(PCAP).blocks())[:1]
    assert packets(capture.blocks()) == packets(opened(PCAP).blocks())


def test_standard_input_is_one_range(piped):
    capture = piped(PCAP)
    assert (capture.size, capture.seekable, len(capture.ranges(3))) == (None, False, 1)
    capture.close()


def test_other_files_are_the_users_mistake(opened):
    with pytest.raises(InputError, match="it is text"):
        opened(b"cluster:\n")


def test_compressed_file_without_a_capture_is_the_users_mistake(opened):
    with pytest.raises(InputError, match="it is text"):
        opened(gzip.compress(b"cluster:\n"))


def test_compressed_file_that_is_nothing_but_a_magic_number_is_the_users_mistake(opened):
    with pytest.raises(InputError, match="it is empty"):
        opened(b"\x1f\x8b")


def capinfos(file):
    """Return how many packets capinfos finds, None if it refuses the file."""
    done = subprocess.run(["capinfos", "-c", "-M", file], capture_output=True, text=True, check=False)
    found = re.search(r"Number of packets:\s+(\d+)", done.stdout)
    return int(found[1]) if found else None


def counted(file):
    try:
        return sum(len(block) for block in open_capture(str(file)).blocks())
    except InputError:
        return None


@pytest.mark.skipif(not public(), reason=REASON)
def test_public_captures_give_packets_or_a_message():
    assert sum(counted(file) or 0 for file in public()) > 10_000


@pytest.mark.slow
@pytest.mark.tshark
@pytest.mark.parametrize("file", public(), ids=lambda file: str(Path(file).relative_to(PUBLIC)))
def test_public_captures_have_as_many_packets_as_capinfos_finds(file):
    expected = capinfos(file)
    assert expected is None or counted(file) == expected
