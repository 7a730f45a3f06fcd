"""Headers: numbers of every type, options, and what lies beyond the end."""

import struct

import numpy as np
import pytest

from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.headers import Headers, among, gather

ALL = Protocol("x", (Field("x.low", 1, "u1", mask=0x0F, scale=4), Field("x.last", 2, ">u2")))


def headers(data, starts, stop, protocol=ALL):
    ends = np.full(len(starts), stop, np.int64)
    return Headers(protocol, np.frombuffer(data, np.uint8), np.array(starts, np.int64), ends, ends)


@pytest.mark.parametrize(
    ("type_", "layout", "value"),
    [
        ("u1", ">B", 0xFE),
        (">u2", ">H", 0xFEDC),
        ("<u2", "<H", 0xFEDC),
        (">u4", ">I", 0xFEDCBA98),
        ("<u4", "<I", 0xFEDCBA98),
        (">u8", ">Q", 0xFEDCBA9876543210),
        ("<u8", "<Q", 0xFEDCBA9876543210),
    ],
)
def test_numbers_are_read_at_odd_places(type_, layout, value):
    data = np.frombuffer(bytes(3) + struct.pack(layout, value) + bytes(2), np.uint8)
    assert gather(data, np.array([3]), type_).tolist() == [value]


def test_addresses_are_read_as_numbers():
    data = np.frombuffer(bytes(range(1, 18)), np.uint8)
    assert gather(data, np.array([1]), "mac").tolist() == [0x020304050607]
    assert gather(data, np.array([1]), "ipv6").tolist() == [[0x0203040506070809, 0x0A0B0C0D0E0F1011]]


def test_mask_and_scale():
    assert headers(b"\0\x65\0\0", [0], 4)("x.low").tolist() == [20]


def test_a_field_beyond_the_stop_is_absent_and_zero():
    values, present = headers(b"\1\1\1\1\1\1\1\1", [0, 4], 7).column("x.last")
    assert present.tolist() == [True, False]
    assert values.tolist() == [0x0101, 0]


def test_a_number_beyond_the_stop_is_zero():
    read = headers(b"\1\2\3\4", [0], 3)
    assert read.number(1, 2).tolist() == [0x0203]
    assert read.number(2, 2).tolist() == [0]
    assert read.number(-1).tolist() == [0]


def test_a_walk_over_options_ends_at_the_first_of_its_kind():
    read = headers(b"\x01\x02\x03\xff\x05\x02\x05\x02\x00\x05", [0], 10)
    last = np.array([10])
    assert read.find_option(0, last, 5).tolist() == [4]
    assert read.find_option(0, last, 9).tolist() == [-1]


def test_ranges_and_sets_of_allowed_values():
    values = np.array([1, 5, 9])
    assert among(values, range(5, 9)).tolist() == [False, True, False]
    assert among(values, (1, 9)).tolist() == [True, False, True]
