"""Block: packets as arrays over one byte buffer."""

import numpy as np
from packets import block


def test_length_is_the_number_of_packets():
    assert len(block(b"one", b"two")) == 2


def test_rows_are_taken_in_the_order_asked_for():
    taken = block(b"one", b"three", b"fifth").take(np.array([2, 0]))
    assert taken.captured.tolist() == [5, 3]
    assert [taken.data[at : at + 1].tobytes() for at in taken.offset] == [b"f", b"o"]


def test_taken_rows_share_the_bytes():
    whole = block(b"one", b"two")
    assert whole.take(np.array([1])).data is whole.data


def test_a_slice_can_be_taken():
    assert block(b"one", b"three", b"fifth").take(slice(1, 3)).captured.tolist() == [5, 5]
