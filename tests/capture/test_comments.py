"""Comments on packets: found in all packets at once."""

import numpy as np
import pytest
from captures_build import option

from pcapcheck.capture.blockoptions import find_comments


def find(*packets, order="<", most=10):
    """Return the comments of packets that have these options."""
    stop = np.cumsum([len(options) for options in packets])
    start = np.append(0, stop[:-1])
    return find_comments(np.frombuffer(b"".join(packets), np.uint8), start, stop, order, most=most)


@pytest.mark.parametrize("order", "<>")
def test_comment_is_found_behind_another_option(order):
    options = option(2, b"\1\0\0\0", order) + option(1, b"why", order)
    assert find(b"", options, order=order) == {1: ("why",)}


def test_all_comments_of_a_packet_are_kept():
    assert find(option(1, b"one") + option(1, b"two")) == {0: ("one", "two")}


def test_end_of_options_ends_the_search():
    assert find(option(0) + option(1, b"not an option")) == {}


def test_option_longer_than_the_block_is_no_comment():
    assert find(b"\1\0\xff\0abcd") == {}


def test_no_more_packets_than_asked_for():
    assert find(option(1, b"one"), option(1, b"two"), most=1) == {0: ("one",)}


def test_endless_options_are_given_up():
    assert find(option(7) * 1000 + option(1, b"far behind")) == {}
