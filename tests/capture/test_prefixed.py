"""Prefixed: bytes that were read already come again."""

import io

from pcapcheck.capture.openfile import Prefixed


def test_bytes_come_before_those_of_the_stream():
    assert Prefixed(b"abc", io.BytesIO(b"def")).readall() == b"abcdef"


def test_bytes_can_be_read_in_small_pieces():
    stream = Prefixed(b"abc", io.BytesIO(b"def"))
    assert [stream.read(2), stream.read(2), stream.read(2)] == [b"ab", b"c", b"de"]


def test_close_closes_the_stream():
    stream = io.BytesIO()
    Prefixed(b"", stream).close()
    assert stream.closed
