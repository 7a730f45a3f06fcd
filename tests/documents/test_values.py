import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.documents import values
from pcapcheck.documents.values import Span


@pytest.mark.parametrize("text", ["52:54:00:12:34:56", "52-54-0-12-34-56", "52:54:00:12:34:56".upper()])
def test_mac_is_read_with_either_separator(text):
    assert values.mac_number(text) == 0x525400123456


def test_mac_is_written_in_lower_case_with_colons():
    assert values.mac_text(0x0A00000000FF) == "0a:00:00:00:00:ff"


@pytest.mark.parametrize(
    "text", ["", "52:54:00:12:34", "52:54:00:12-34:56", "52:54:00:12:34:5g", "5254.0012.3456"]
)
def test_text_that_is_no_mac_is_refused(text):
    with pytest.raises(ValueError, match="is not a MAC address"):
        values.mac_number(text)


def test_ipv4_and_ipv6_are_told_apart_by_the_colon():
    assert values.address_number("10.244.0.5") == (4, 0x0AF40005)
    assert values.address_number("fd00::5") == (6, (0xFD << 120) + 5)


@pytest.mark.parametrize(
    "text", ["10.244.0", "010.1.1.1", "10.244.0.256", "fe80::1%eth0", "a\0b", "1.2.3.4 ", ""]
)
def test_text_that_is_no_address_is_refused(text):
    with pytest.raises(ValueError, match="is not an IPv"):
        values.address_number(text)


@given(st.integers(0, 2**128 - 1))
def test_ipv6_survives_text_and_back(number):
    assert values.ipv6_number(values.ipv6_text(number)) == number


@given(st.integers(0, 2**32 - 1))
def test_ipv4_survives_text_and_back(number):
    assert values.ipv4_number(values.ipv4_text(number)) == number


def test_ipv6_is_written_in_its_shortest_form():
    assert values.ipv6_text(values.ipv6_number("FD00:0:0:0:0:0:0:B")) == "fd00::b"


def test_cidr_ignores_host_bits():
    assert values.cidr("10.244.1.7/24") == Span(0x0AF40100, 0x0AF401FF, 32)


def test_cidr_without_length_is_one_address():
    assert values.cidr("fd00::1") == Span(values.ipv6_number("fd00::1"), values.ipv6_number("fd00::1"), 128)


def test_cidr_of_everything_is_a_network():
    assert values.cidr_text(values.cidr("0.0.0.0/0")) == "0.0.0.0/0"


@pytest.mark.parametrize(
    "text", ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "fd00::/129", "x/8"]
)
def test_text_that_is_no_network_is_refused(text):
    with pytest.raises(ValueError, match="is not"):
        values.cidr(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("49152..65535", 49152, 65535), ("0x10..32", 16, 32), ("10.0.0.1..10.0.0.9", 0x0A000001, 0x0A000009)],
)
def test_range_includes_both_ends(text, low, high):
    assert values.span(text)[:2] == (low, high)


@pytest.mark.parametrize("text", ["5", "9..1", "a..b", "1..10.0.0.1"])
def test_text_that_is_no_range_is_refused(text):
    with pytest.raises(ValueError, match=r"is not|is empty"):
        values.span(text)


@pytest.mark.parametrize(
    ("text", "number"), [("8472", 8472), ("0x2118", 8472), ("-3", -3), ("007", 7), (5, 5)]
)
def test_number_is_decimal_or_hexadecimal(text, number):
    assert values.number(text) == number


@pytest.mark.parametrize("text", ["", "1e3", "1_000", "0b1", "٣", "9" * 5000])
def test_text_that_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number"):
        values.number(text)


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00.000000001+01:00", 1),
        ("2026-11-25 03:11:00.5z", 1_795_576_260_500_000_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
    ],
)
def test_time_is_nanoseconds_since_1970(text, nanoseconds):
    assert values.time(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25T03:11:00",
        "2026-13-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
        "2026-11-25",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_text_that_is_no_time_is_refused(text):
    with pytest.raises(ValueError, match="is not a time"):
        values.time(text)


@given(st.integers(-(2**62), 2**62))
def test_time_survives_text_and_back(nanoseconds):
    assert values.time(values.time_text(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("mac", "ee:ee:ee:ee:ee:ee", 0xEEEEEEEEEEEE),
        ("ipv4", "10.0.0.1", 0x0A000001),
        ("ipv6", "::1", 1),
        ("integer", "42", 42),
        ("boolean", "true", 1),
    ],
)
def test_fields_of_every_kind_are_read_and_written(kind, text, number):
    assert values.parse(kind, text) == number
    assert values.written(kind, number) == text


def test_many_numbers_are_written_in_order():
    assert values.written_each("ipv4", [1, 2, 1]) == ["0.0.0.1", "0.0.0.2", "0.0.0.1"]


@given(st.text())
def test_no_text_gives_anything_but_a_number_or_a_value_error(text):
    for parse in (
        values.mac_number,
        values.address_number,
        values.cidr,
        values.span,
        values.number,
        values.time,
    ):
        try:
            parse(text)
        except ValueError:
            continue


def test_endpoint_is_address_and_port():
    assert values.endpoint("10.244.1.7:53") == "10.244.1.7:53"
    assert values.endpoint("[FD00::7]:53") == "[fd00::7]:53"


@pytest.mark.parametrize(
    "text", ["10.244.1.7", "web:80", "10.0.0.1:0", "10.0.0.1:65536", "10.0.0.1:http", ":80"]
)
def test_text_that_is_no_endpoint_is_refused(text):
    with pytest.raises(ValueError, match=r"is no"):
        values.endpoint(text)


def test_network_loses_its_host_bits_and_an_interface_address_keeps_them():
    assert values.network("10.244.1.7/24") == "10.244.1.0/24"
    assert values.interface_address("10.244.1.7/24") == "10.244.1.7/24"
