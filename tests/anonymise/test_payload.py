"""Payloads: lengths and equality stay, nothing else."""

import pytest
from captures_build import patient
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.anonymise.payload import Payload, total
from pcapcheck.anonymise.secret import Secret

MADE = Payload(Secret("k"))
GET = b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n"


@patient
@given(st.binary(max_size=200))
def test_length_stays(data):
    assert len(MADE.replaced(data)) == len(data)


def test_equal_payloads_stay_equal():
    assert MADE.replaced(GET) == Payload(Secret("k")).replaced(GET)


def test_nothing_of_a_payload_is_left():
    made = MADE.replaced(GET)
    assert not any(GET[at : at + 4] in made for at in range(len(GET) - 3))


@pytest.mark.parametrize("words", [1, 2, 3, 4])
def test_first_words_are_equal_where_they_were(words):
    size = 4 * words
    other = GET[:size] + b"something else"
    assert MADE.replaced(other)[:size] == MADE.replaced(GET)[:size]
    assert MADE.replaced(other)[size : size + 4] != MADE.replaced(GET)[size : size + 4]


def test_rest_of_a_payload_does_not_show_where_two_are_equal():
    one, other = MADE.replaced(bytes(16) + b"a" * 40), MADE.replaced(bytes(16) + b"a" * 39 + b"b")
    assert one[16:32] != other[16:32]


@patient
@given(st.binary(min_size=2, max_size=200))
def test_sum_of_a_fragment_stays(data):
    made = MADE.replaced_with_sum(data)
    assert len(made) == len(data)
    assert total(made) == total(data)


def test_single_byte_of_a_fragment_is_zero():
    assert MADE.replaced_with_sum(b"x") == b"\0"
