"""Recognise: what a file is, by its first bytes."""

import pytest
from captures_build import pcap, section

from pcapcheck.capture.recognise import recognise
from pcapcheck.errors import InputError


@pytest.mark.parametrize(("head", "name"), [(pcap(), "pcap"), (section(), "pcapng")])
def test_captures_get_their_reader(head, name):
    assert recognise(head, "x").format == name


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"", "it is empty"),
        (b"cluster:\n  profile: calico\n", "it is text"),
        ("grüße".encode() * 100, "it is text"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"a" * 257 + b"ustar", "a tar archive"),
        (b"snoop\0\0\0\0\0\0\2", "a Solaris snoop capture"),
        (b"\x7fELF\2\1", "a program"),
        (b"\x80\x02\x00\xff\xfe", r"unknown data \(it begins with 80 02 00 ff fe\)"),
        (b"\0\0\0\0", r"unknown data \(it begins with 00 00 00 00\)"),
    ],
    ids=["empty", "text", "text-cut-within-a-letter", "zip", "tar", "snoop", "elf", "binary", "zeros"],
)
def test_other_files_are_named(head, what):
    with pytest.raises(InputError, match=what):
        recognise(head[:512], "x")


def test_message_says_where_and_how_to_mend_it():
    with pytest.raises(InputError, match=r"^bad\.pcap: (.|\n)*fix: convert it with `editcap"):
        recognise(b"RTSS rest", "bad.pcap")
