"""Addresses: networks stay together, special ones stay what they are."""

import pytest
from captures_build import patient
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.anonymise.addressmap import Addresses
from pcapcheck.anonymise.secret import Secret
from pcapcheck.documents import values

MADE = Addresses(Secret("k"))
IPV4 = st.integers(0, 2**32 - 1)
IPV6 = st.integers(0, 2**128 - 1)


def mapped(text):
    version, number = values.address_number(text)
    return values.address_text(version, MADE.of(number, 32 if version == 4 else 128))


def common(a, b, bits):
    """Return how many leading bits two numbers share."""
    return bits - (a ^ b).bit_length()


@patient
@given(IPV4, IPV4)
def test_two_addresses_share_as_many_leading_bits_as_before(a, b):
    assert common(MADE.of(a, 32), MADE.of(b, 32), 32) == common(a, b, 32)


@patient
@given(IPV6, st.integers(0, 127))
def test_two_ipv6_addresses_share_as_many_leading_bits_as_before(a, bit):
    b = a ^ 1 << bit
    fixed = {MADE.of(a, 128) == a, MADE.of(b, 128) == b}
    assert common(MADE.of(a, 128), MADE.of(b, 128), 128) == 127 - bit or True in fixed


@pytest.mark.parametrize(
    "text",
    [
        *("0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.251", "169.254.1.1", "169.254.169.254"),
        *("::", "::1", "ff02::1", "ff02::fb", "::ffff:10.0.0.1", "fe80::ecee:eeff:feee:eeee"),
    ],
)
def test_well_known_address_stays(text):
    assert mapped(text) == text


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.244.1.7", "10.0.0.0/8"),
        ("192.168.10.11", "192.168.0.0/16"),
        ("172.20.1.1", "172.16.0.0/12"),
        ("100.64.3.4", "100.64.0.0/10"),
        ("fd00:10:244::5", "fd00::/8"),
        ("fe80::5054:ff:fe12:3456", "fe80::/64"),
        ("2001:db8::1", "2000::/3"),
    ],
)
def test_special_address_stays_in_its_network_but_changes(text, network):
    span = values.cidr(network)
    assert span.low <= values.address_number(mapped(text))[1] <= span.high
    assert mapped(text) != text


@patient
@given(IPV4)
def test_no_other_address_becomes_a_special_one(number):
    special = [values.cidr(each) for each in ("10.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "169.254.0.0/16")]
    before, after = (
        [each.low <= address <= each.high for each in special] for address in (number, MADE.of(number, 32))
    )
    assert before == after


@pytest.mark.parametrize(("text", "last"), [("10.244.1.0", "0"), ("10.244.1.255", "255")])
def test_network_and_broadcast_address_stay_such(text, last):
    assert mapped(text).rpartition(".")[2] == last


def test_network_holds_what_its_addresses_become():
    network = MADE.network(values.cidr("10.244.1.0/26"))
    inside = {MADE.of(values.ipv4_number(f"10.244.1.{host}"), 32) for host in range(64)}
    assert inside == set(range(network.low, network.high + 1))


def test_solicited_node_group_repeats_the_pseudonym():
    address, group = mapped("fd00:10:244::ab:cdef"), mapped("ff02::1:ffab:cdef")
    assert values.ipv6_number(group) >> 24 == values.ipv6_number("ff02::1:ff00:0") >> 24
    assert values.ipv6_number(group) & 0xFFFFFF == values.ipv6_number(address) & 0xFFFFFF


def test_other_key_gives_other_addresses():
    number = values.ipv4_number("203.0.113.77")
    assert Addresses(Secret("l")).of(number, 32) != MADE.of(number, 32)
