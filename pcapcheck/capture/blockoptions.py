"""Options at the end of a pcapng block: code, length, value, padded to four bytes.

Source: draft-ietf-opsawg-pcapng, 3.5.
"""

import struct
from collections.abc import Iterator

import numpy as np

from pcapcheck.capture.arrays import Bytes, Ints, at_every_byte

MAX_OPTION_TEXT = 4096  # bytes that are kept of one text: comments are written for people
MAX_OPTIONS = 1000  # read of one block: a block of 16 MB could hold millions
COMMENT = 1


def read_options(data: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield code and value of each option; end at one that does not fit, or after too many."""
    at = 0
    for _ in range(MAX_OPTIONS):
        if at + 4 > len(data):
            return
        code, length = struct.unpack_from(order + "HH", data, at)
        if code == 0 or at + 4 + length > len(data):
            return
        yield code, data[at + 4 : at + 4 + length]
        at += 4 + (length + 3 & ~3)


def text(value: bytes) -> str:
    """Return the text of an option, which ought to be UTF-8 and is kept short."""
    return value[:MAX_OPTION_TEXT].split(b"\0")[0].decode("utf-8", errors="replace")


def number(value: bytes, order: str) -> int:
    """Return an unsigned number of any width."""
    return int.from_bytes(value, "little" if order == "<" else "big")


MAX_PACKET_OPTIONS = 64  # looked at for each packet, in step: each takes a pass over all packets


def find_comments(data: Bytes, at: Ints, stop: Ints, order: str, *, most: int) -> dict[int, tuple[str, ...]]:
    """Return the comments of the first `most` packets that have any, by row.

    Args:
        data: the bytes.
        at: int64 (n,), where each packet's options start.
        stop: int64 (n,), where they end at the latest.
        order: "<" or ">".
        most: packets that are returned.
    """
    rows = _commented(data, at, stop, order)[:most].tolist()
    found = {row: read_options(data[at[row] : stop[row]].tobytes(), order) for row in rows}
    return {
        row: tuple(text(value) for code, value in options if code == COMMENT)
        for row, options in found.items()
    }


def _commented(data: Bytes, at: Ints, stop: Ints, order: str) -> Ints:
    """Return the rows with a comment; each step of the loop reads the next option of all packets."""
    numbers = at_every_byte(data, order + "u2")
    row, commented = np.flatnonzero(at + 4 <= stop), [np.empty(0, np.int64)]
    at, stop = at[row], stop[row]
    for _ in range(MAX_PACKET_OPTIONS if len(row) else 0):
        code, length = numbers[at], numbers[at + 2].astype(np.int64)
        commented.append(row[(code == COMMENT) & (at + 4 + length <= stop)])
        at = at + 4 + (length + 3 & ~3)
        more = (code != 0) & (at + 4 <= stop)
        row, at, stop = row[more], at[more], stop[more]
        if len(row) == 0:
            break
    return np.unique(np.concatenate(commented))
