"""Sums of 16-bit words over many packets at once, as the Internet checksum takes them (RFC 1071).

Takes bytes and where packets begin; it does not know what they are.
"""

from typing import Final

import numpy as np

from pcapcheck.capture.block import Bytes, Ints

LINE: Final = 64  # packets are summed by classes of so many bytes
AT_ONCE: Final = 1 << 20  # bytes that are copied at a time
# For each number of bytes in the last line, the bits of it that belong to the packet: uint64 (LINE + 1, 8).
KEEP: Final = np.tril(np.full((LINE + 1, LINE), 0xFF, np.uint8), -1).view("<u8")


def fold(total: Ints) -> Ints:
    """Add the carries until 16 bits are left."""
    for _ in range(4):
        total = (total & 0xFFFF) + (total >> 16)
    return total


def gathered(data: Bytes, start: Ints, width: int) -> Bytes:
    """Return `width` bytes from each start, uint8 (k, width); zeros beyond the end of `data`."""
    if int(start.max()) + width > len(data):
        first = int(start.min())
        data, start = np.concatenate((data[first:], np.zeros(width, np.uint8))), start - first
    every = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    return every[start].view(np.uint8).reshape(len(start), width)


def sums(data: Bytes, start: Ints, size: Ints) -> Ints:
    """Return the folded sums of the big-endian words of data[start:start + size], int64 (k,); zero padded."""
    found = np.zeros(len(start), np.int64)
    classes = -(-size // LINE)
    for lines in np.flatnonzero(np.bincount(classes)).tolist():
        rows = np.flatnonzero(classes == lines)
        step = max(1, AT_ONCE // max(1, lines * LINE))
        for first in range(0, len(rows) if lines else 0, step):
            some = rows[first : first + step]
            found[some] = _summed(data, start[some], size[some], lines * LINE)
    return found


def _summed(data: Bytes, start: Ints, size: Ints, width: int) -> Ints:
    """Sum rows of one width; the order of bytes in a word does not matter until the end (RFC 1071, 2.B)."""
    words = gathered(data, start, width).view("<u8")
    words[:, -LINE // 8 :] &= KEEP[size - (width - LINE)]
    total = (words & np.uint64(0xFFFFFFFF)).sum(axis=1)
    words >>= np.uint64(32)
    total += words.sum(axis=1)
    folded = fold(total.astype(np.int64))
    return (folded & 0xFF) << 8 | folded >> 8
