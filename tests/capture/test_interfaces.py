"""Interfaces of a pcapng: their descriptions, their counters, and what their times mean."""

import struct

import numpy as np
import pytest
from captures_build import option

from pcapcheck.capture.interface import MAX_INTERFACES, Interfaces

both_orders = pytest.mark.parametrize("order", "<>")


def described(*options, linktype=1, snaplen=0, order="<"):
    interfaces = Interfaces()
    interfaces.begin_section()
    interfaces.describe(struct.pack(order + "HHI", linktype, 0, snaplen) + b"".join(options), order)
    return interfaces


def counted(*options, interface=0, order="<"):
    interfaces = described(order=order)
    interfaces.count(struct.pack(order + "III", interface, 0, 0) + b"".join(options), order)
    return interfaces.described[0]


def time_of(interfaces, *ticks):
    rows = np.zeros(len(ticks), np.int64)
    return interfaces.time(rows, np.array(ticks, np.uint64)).tolist()


@both_orders
def test_texts_are_read(order):
    texts = {2: b"eth0", 3: b"uplink", 15: b"virtio", 1: b"by hand", 11: b"\0udp port 8472"}
    (one,) = described(*(option(code, text, order) for code, text in texts.items()), order=order).described
    assert (one.name, one.description, one.hardware) == ("eth0", "uplink", "virtio")
    assert (one.comments, one.filter) == (("by hand",), "udp port 8472")


def test_filter_in_bpf_code_is_not_shown():
    assert described(option(11, b"\1\x28\0\0\0")).described[0].filter == ""


def test_mac_is_read():
    assert described(option(6, bytes.fromhex("525400000001"))).described[0].mac == "52:54:00:00:00:01"


def test_text_that_is_not_utf8_is_shown_as_far_as_possible():
    assert described(option(2, b"eth\xff")).described[0].name == "eth\ufffd"


@both_orders
def test_drops_of_card_and_system_are_added(order):
    drops = [struct.pack(order + "Q", number) for number in (3, 4)]
    assert counted(option(5, drops[0], order), option(7, drops[1], order), order=order).dropped == 7


def test_drops_that_nobody_counted_are_unknown():
    assert counted(option(4, struct.pack("<Q", 100))).dropped is None


def test_start_and_end_are_times():
    one = counted(option(2, struct.pack("<II", 0, 5)), option(3, struct.pack("<II", 1, 0)))
    assert (one.start, one.end) == (5_000, (1 << 32) * 1000)


def test_statistics_of_an_unknown_interface_are_ignored():
    assert counted(option(5, struct.pack("<Q", 3)), interface=1).dropped is None


@pytest.mark.parametrize(
    ("resolution", "ticks", "nanoseconds"),
    [
        (None, 1_000_001, 1_000_001_000),
        (0, 3, 3_000_000_000),
        (3, 3, 3_000_000),
        (9, 3, 3),
        (12, 3999, 3),
        (28, 10**19, 1),
        (29, 1 << 63, 0),
        (127, 1 << 63, 0),
        (0x80, 3, 3_000_000_000),
        (0x80 | 1, 3, 1_500_000_000),
        (0x80 | 32, 3 << 31, 1_500_000_000),
        (0x80 | 40, 3 << 39, 1_500_000_000),
        (0x80 | 63, 3 << 62, 1_500_000_000),
        (0x80 | 64, 1 << 63, 500_000_000),
        (0x80 | 127, 1 << 63, 0),
    ],
)
def test_resolution_is_a_power_of_ten_or_two(resolution, ticks, nanoseconds):
    options = [] if resolution is None else [option(9, bytes([resolution]))]
    assert time_of(described(*options), ticks) == [nanoseconds]


@pytest.mark.parametrize(("seconds", "time"), [(10, 10_000_001_000), (-10, -9_999_999_000)])
def test_offset_is_added_in_seconds(seconds, time):
    assert time_of(described(option(14, struct.pack("<q", seconds))), 1) == [time]


def test_interfaces_may_count_differently():
    interfaces = described(option(9, b"\x09"))
    interfaces.describe(struct.pack("<HHI", 1, 0, 0) + option(14, struct.pack("<q", 2)), "<")
    assert interfaces.time(np.array([1, 0, 1]), np.array([1, 1, 2], np.uint64)).tolist() == [
        2_000_001_000,
        1,
        2_000_002_000,
    ]


def test_next_section_counts_from_zero_again():
    interfaces = described(option(9, b"\x09"), linktype=1)
    interfaces.begin_section()
    interfaces.describe(struct.pack("<HHI", 113, 0, 0), "<")
    assert (interfaces.base, interfaces.linktypes) == (1, (1, 113))
    assert time_of(interfaces, 1) == [1000]


def test_snaplen_of_simple_packets_is_the_first_interfaces():
    assert described(snaplen=96).simple_snaplen() == 96


def test_no_more_interfaces_than_a_block_can_number():
    interfaces = Interfaces()
    interfaces.described = [None] * MAX_INTERFACES
    interfaces.describe(struct.pack("<HHI", 1, 0, 0), "<")
    assert len(interfaces.described) == MAX_INTERFACES
