"""Sums of 16-bit words over many packets at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.decode.checksum import fold, gathered, sums


def plain(data):
    """Return the folded sum, word by word, as RFC 1071 writes it."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(padded[at : at + 2]) for at in range(0, len(padded), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=20), st.binary(max_size=70))
def test_sums_are_those_of_the_plain_loop(parts, behind):
    data = np.frombuffer(b"".join(parts) + behind + b"\xee", np.uint8)
    size = np.array([len(part) for part in parts], np.int64)
    start = np.cumsum(size) - size
    assert sums(data, start, size).tolist() == [plain(part) for part in parts]


def test_carries_are_added_until_16_bits_are_left():
    assert fold(np.array([0x1FFFE, 0xFFFF0001], np.int64)).tolist() == [0xFFFF, 1]


def test_bytes_beyond_the_end_are_zeros():
    data = np.arange(5, dtype=np.uint8)
    assert gathered(data, np.array([0, 3]), 4).tolist() == [[0, 1, 2, 3], [3, 4, 0, 0]]
