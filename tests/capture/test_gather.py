"""Gather: numbers at many places."""

import numpy as np
import pytest

from pcapcheck.capture.arrays import PLACES_AT_ONCE, at_every_byte, gather

DATA = np.frombuffer(bytes(range(16)), np.uint8)


def test_number_starts_at_every_byte():
    assert at_every_byte(DATA, "<u2")[[0, 1, 14]].tolist() == [0x0100, 0x0201, 0x0F0E]


def test_data_shorter_than_a_number_have_none():
    assert len(at_every_byte(DATA[:3], "<u4")) == 0


@pytest.mark.parametrize(("order", "first"), [("<", 0x04030201), (">", 0x01020304)])
def test_order_of_bytes_is_respected(order, first):
    assert gather(DATA, np.array([1]), 2, order)[0, 0] == first


def test_last_place_is_where_the_numbers_just_fit():
    assert gather(DATA, np.array([8]), 2, ">").tolist() == [[0x08090A0B, 0x0C0D0E0F]]


def test_no_places_give_no_numbers():
    assert gather(DATA[:0], np.empty(0, np.int64), 4, "<").shape == (0, 4)


def test_more_places_than_a_chunk_are_all_read():
    places = np.arange(2 * PLACES_AT_ONCE + 1) % 13
    assert np.array_equal(gather(DATA, places, 1, "<")[:, 0], at_every_byte(DATA, "<u4")[places])
