import io
import os
import sys
import threading
from pathlib import Path

import pytest

from pcapcheck.capture.inputs import Input, spool


def named(path):
    return Input(str(path), "as the user called it", named=True)


@pytest.fixture
def typed(monkeypatch):
    """Let standard input have some bytes."""

    def give(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


def test_standard_input_becomes_a_file_that_is_still_called_as_before(tmp_path, typed):
    typed(b"a capture")
    [copied] = spool([named("-")], str(tmp_path))
    assert Path(copied.path).read_bytes() == b"a capture"
    assert copied.shown == "as the user called it"


def test_a_pipe_is_read_to_its_end(tmp_path):
    pipe, data = tmp_path / "pipe", b"packets" * 400_000
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(data,))
    writer.start()
    [copied] = spool([named(pipe)], str(tmp_path))
    writer.join()
    assert Path(copied.path).read_bytes() == data


def test_two_streams_become_two_files(tmp_path, typed):
    typed(b"x")
    first, second = spool([named("-"), named("-")], str(tmp_path))
    assert first.path != second.path


def test_what_can_be_read_again_stays_as_it_is(tmp_path):
    (tmp_path / "x.pcap").write_bytes(b"x")
    kept = tuple(
        named(each) for each in (tmp_path / "x.pcap", tmp_path, tmp_path / "absent", "s3://a/b.pcap")
    )
    assert spool(kept, str(tmp_path)) == kept


def test_nothing_to_read_is_nothing_to_copy(tmp_path):
    assert spool([], str(tmp_path)) == ()
