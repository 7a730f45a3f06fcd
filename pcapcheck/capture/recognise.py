"""Recognise: finds out what a file is from its first bytes, never from its name."""

import codecs
from typing import Final

from pcapcheck.capture.pcap import Pcap, is_pcap
from pcapcheck.capture.pcapng import Pcapng, is_pcapng
from pcapcheck.capture.reader import Reader
from pcapcheck.errors import InputError

CAPTURE_MAGICS: Final = (
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\xc3\xd4",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x34\xcd\xb2\xa1",
    b"\xa1\xb2\xcd\x34",
    b"\x0a\x0d\x0d\x0a",  # pcapng
)
COMPRESSED_MAGICS: Final = (
    b"\x1f\x8b",  # gzip
    b"\x28\xb5\x2f\xfd",  # zstd
    b"\xfd7zX",  # xz
    b"\x04\x22\x4d\x18",  # lz4
)


def is_capture(head: bytes) -> bool:
    """Whether a file that begins with these bytes may be a capture."""
    return head.startswith(CAPTURE_MAGICS + COMPRESSED_MAGICS)


RECOGNISE = 512  # bytes that suffice to recognise anything
CONVERT = "convert it with `editcap -F pcapng FILE NEW.pcapng`"
UNPACK = "unpack it, and give the folder"
OTHERS = (  # place, bytes there, what such a file is, what to do
    (0, b"snoop\0\0\0", "a Solaris snoop capture", CONVERT),
    (0, b"btsnoop\0", "a Bluetooth btsnoop capture", CONVERT),
    (0, b"RTSS", "a Microsoft Network Monitor capture", CONVERT),
    (0, b"GMBU", "a Microsoft Network Monitor capture", CONVERT),
    (0, b"TRSNIFF data", "a Sniffer capture", CONVERT),
    (0, b"XCP\0", "a NetXRay capture", CONVERT),
    (0, b"iptrace", "an AIX iptrace capture", CONVERT),
    (0, b"PK\x03\x04", "a zip archive", UNPACK),
    (257, b"ustar", "a tar archive", UNPACK),
    (0, b"BZh", "compressed with bzip2", "decompress it with `bunzip2`"),
    (0, b"\x7fELF", "a program", "give a file that tcpdump or Wireshark wrote"),
)
GIVE = "give a file that tcpdump, Wireshark or another tool wrote as pcap or pcapng"


def recognise(head: bytes, where: str) -> Reader:
    """Return a fresh reader for the file that begins with these bytes.

    Raises:
        InputError: it is not a capture that can be read.
    """
    if is_pcap(head):
        return Pcap(head, where)
    if is_pcapng(head):
        return Pcapng(head, where)
    what, fix = _name(head)
    raise InputError(where, f"it is {what}, not a pcap or pcapng capture", fix)


def _name(head: bytes) -> tuple[str, str]:
    """Return what the file is instead, and what to do about it."""
    if not head:
        return "empty", "capture again; tcpdump writes a header as soon as it starts"
    for place, mark, what, fix in OTHERS:
        if head[place : place + len(mark)] == mark:
            return what, fix
    return ("text" if _is_text(head) else f"unknown data (it begins with {head[:8].hex(' ')})"), GIVE


def _is_text(head: bytes) -> bool:
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)  # the last letter may be cut off
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter.isspace() for letter in text)
