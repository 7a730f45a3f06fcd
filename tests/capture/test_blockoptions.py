"""Options at the end of pcapng blocks."""

import pytest
from captures_build import option

from pcapcheck.capture.blockoptions import MAX_OPTION_TEXT, MAX_OPTIONS, number, read_options, text


@pytest.mark.parametrize("order", "<>")
def test_options_come_in_order_without_their_padding(order):
    data = option(2, b"eth0", order) + option(1, b"a", order) + option(0, b"", order)
    assert list(read_options(data, order)) == [(2, b"eth0"), (1, b"a")]


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\0\4\0abc"], ids=["none", "half-a-header", "too-long"])
def test_what_does_not_fit_is_no_option(data):
    assert list(read_options(data, "<")) == []


def test_more_options_than_anybody_writes_are_not_read():
    assert len(list(read_options(option(7) * (MAX_OPTIONS + 1), "<"))) == MAX_OPTIONS


def test_text_ends_at_its_first_zero():
    assert text(b"eth0\0\0\0") == "eth0"


def test_text_is_kept_short():
    assert len(text(b"a" * 65535)) == MAX_OPTION_TEXT


@pytest.mark.parametrize(("order", "value"), [("<", 0x0201), (">", 0x0102)])
def test_number_has_the_order_of_its_section(order, value):
    assert number(b"\1\2", order) == value
