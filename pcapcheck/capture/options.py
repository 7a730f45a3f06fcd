"""Options at the end of a pcapng block: code, length, value, padded to four bytes.

Source: draft-ietf-opsawg-pcapng, 3.5.
"""

import struct
from collections.abc import Iterator

TEXT = 4096  # bytes of one text that are kept: comments are for people
MOST = 1000  # options of one block that are read: a block of 16 MB could hold millions
COMMENT = 1


def read_options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield code and value; stop quietly where an option does not fit, and where there are too many."""
    at = 0
    for _ in range(MOST):
        if at + 4 > len(data):
            return
        code, length = struct.unpack_from(order + "HH", data, at)
        if code == 0 or at + 4 + length > len(data):
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + (length + 3 & ~3)


def text(value: bytes) -> str:
    """Return the text of an option, which ought to be UTF-8 and is kept short."""
    return value[:TEXT].split(b"\0")[0].decode("utf-8", errors="replace")


def number(value: bytes, order: str) -> int:
    """Return an unsigned number of any width."""
    return int.from_bytes(value, "little" if order == "<" else "big")
