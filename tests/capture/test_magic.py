import pytest

from pcapcheck.capture.recognise import is_capture


@pytest.mark.parametrize("head", [b"\xd4\xc3\xb2\xa1", b"\n\r\r\n", b"\x1f\x8b\x08", b"\xfd7zXZ"])
def test_captures_and_what_compresses_them_are_known(head):
    assert is_capture(head + b"more")


@pytest.mark.parametrize("head", [b"", b"text", b"PK\x03\x04"])
def test_other_files_are_no_captures(head):
    assert not is_capture(head)
