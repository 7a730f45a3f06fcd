"""Opening: maps, reads or streams, as the file is."""

import gzip
import os
import threading

import pytest
from captures_build import pcap, record

from pcapcheck.capture.openfile import open_path
from pcapcheck.capture.window import MappedFile, ReadWindows, Streamed
from pcapcheck.errors import InputError

CAPTURE = pcap(record(b"abc"))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "one.pcap"
    path.write_bytes(CAPTURE)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def opened(path):
    found = open_path(str(path))
    found.windows.close()
    return found


def test_file_that_nobody_writes_to_is_mapped(file):
    assert isinstance(opened(file).windows, MappedFile)


def test_file_that_was_written_just_now_is_read(file):
    os.utime(file)
    assert isinstance(opened(file).windows, ReadWindows)


def test_file_from_the_future_is_mapped(file):
    os.utime(file, (4_000_000_000, 4_000_000_000))
    assert isinstance(opened(file).windows, MappedFile)


def test_empty_file_is_read_because_it_cannot_be_mapped(file):
    file.write_bytes(b"")
    os.utime(file, (1_700_000_000, 1_700_000_000))
    assert isinstance(opened(file).windows, ReadWindows)


def test_size_of_a_file_is_known(file):
    assert (opened(file).size, opened(file).seekable, opened(file).again) == (len(CAPTURE), True, True)


def test_compressed_file_is_a_stream_that_can_be_opened_again(file):
    file.write_bytes(gzip.compress(CAPTURE))
    found = opened(file)
    assert isinstance(found.windows, Streamed)
    assert (found.size, found.seekable, found.again, found.compression) == (None, False, True, "gzip")


@pytest.mark.parametrize("data", [CAPTURE, gzip.compress(CAPTURE), b"abc"], ids=["plain", "gzip", "short"])
def test_pipe_gives_all_its_bytes(tmp_path, data):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    found = open_path(str(pipe))
    window = found.windows.window(0, 1000)
    found.windows.close()
    writer.join()
    assert window.data.tobytes() == (data if data == b"abc" else CAPTURE)
    assert (found.seekable, found.again) == (False, False)


def test_missing_file_is_the_users_mistake(tmp_path):
    with pytest.raises(InputError, match="there is no such file"):
        open_path(str(tmp_path / "missing.pcap"))


def test_folder_is_the_users_mistake(tmp_path):
    with pytest.raises(InputError, match="it is a folder"):
        open_path(str(tmp_path))


def test_path_through_a_file_is_the_users_mistake(file):
    with pytest.raises(InputError, match="can't be read: Not a directory"):
        open_path(str(file / "below"))


def test_path_with_a_zero_byte_is_the_users_mistake():
    with pytest.raises(InputError, match="can't be read"):
        open_path("a\0b")
