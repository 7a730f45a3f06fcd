"""Packets of a pcapng: three kinds of blocks."""

import numpy as np
import pytest
from captures_build import enhanced, obsolete, simple

from pcapcheck.capture.packetblocks import EPB, PB, SPB, read_packets

both_orders = pytest.mark.parametrize("order", "<>")


def read(*blocks, order="<", most=1 << 32):
    """Return what the blocks, given as (kind, bytes), say of their packets."""
    start = np.cumsum([0, *(len(data) for _, data in blocks)])[:-1]
    kind = np.array([kind for kind, _ in blocks], np.uint32)
    data = np.frombuffer(b"".join(data for _, data in blocks), np.uint8)
    return read_packets(data, start, order, kind, simple=most)


def rows(packets):
    return list(zip(*(values.tolist() for values in packets), strict=True))


@both_orders
def test_enhanced_packet(order):
    block = enhanced(b"abcde", interface=3, ticks=5 << 32 | 7, original=9, order=order)
    assert rows(read((EPB, block), order=order)) == [(0, 28, 5, 9, 3, 5 << 32 | 7, 8)]


@both_orders
def test_obsolete_packet_has_a_short_interface_and_a_drop_count(order):
    block = obsolete(b"abcd", interface=3, drops=9, ticks=7, order=order)
    assert rows(read((PB, block), order=order)) == [(0, 28, 4, 4, 3, 7, 4)]


@both_orders
def test_simple_packet_has_neither_time_nor_interface(order):
    assert rows(read((SPB, simple(b"abcd", order=order)), order=order)) == [(0, 12, 4, 4, 0, 0, 4)]


def test_simple_packet_is_cut_at_the_snapshot_length():
    (packet,) = rows(read((SPB, simple(b"abcd", original=100)), most=4))
    assert packet[2:4] == (4, 100)


def test_kinds_may_be_mixed_and_keep_their_order():
    blocks = [(SPB, simple(b"a")), (EPB, enhanced(b"bb")), (PB, obsolete(b"ccc")), (SPB, simple(b"dddd"))]
    assert read(*blocks).captured.tolist() == [1, 2, 3, 4]


def test_packets_before_a_row_are_those_above_it():
    assert read((EPB, enhanced(b"a")), (EPB, enhanced(b"bb"))).before(1).captured.tolist() == [1]
