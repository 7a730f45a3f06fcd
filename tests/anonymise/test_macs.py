"""MAC addresses: one for each, of the same kind."""

import pytest
from captures_build import patient
from hypothesis import given
from hypothesis import strategies as st

from pcapcheck.anonymise.addressmap import Addresses
from pcapcheck.anonymise.macs import Macs
from pcapcheck.anonymise.secret import Secret
from pcapcheck.documents.values import mac_number, mac_text

SECRET = Secret("k")
ADDRESSES = Addresses(SECRET)
MADE = Macs(SECRET, ADDRESSES)


def mapped(text):
    return mac_text(MADE.of(mac_number(text)))


@pytest.mark.parametrize(
    "text",
    [
        "ee:ee:ee:ee:ee:ee",
        "ff:ff:ff:ff:ff:ff",
        "00:00:00:00:00:00",
        "01:00:5e:00:00:fb",
        "33:33:00:00:00:01",
        "01:80:c2:00:00:00",
        "33:33:ff:ee:ee:ee",
    ],
)
def test_well_known_mac_stays(text):
    assert mapped(text) == text


@patient
@given(st.integers(0, 2**48 - 1))
def test_unicast_stays_unicast_and_local_stays_local(number):
    assert MADE.of(number) >> 40 & 3 == number >> 40 & 3


@patient
@given(st.lists(st.integers(0, 2**48 - 1), unique=True, min_size=2))
def test_two_macs_never_become_one(numbers):
    assert len({MADE.of(number) for number in numbers}) == len(numbers)


def test_vendor_does_not_show():
    assert mapped("52:54:00:12:34:56")[:8] != "52:54:00"


def test_group_of_a_solicited_node_follows_its_address():
    made = MADE.of(mac_number("33:33:ff:ab:cd:ef"))
    assert made == 0x3333FF << 24 | ADDRESSES.last(0xABCDEF)


def test_mac_that_was_made_of_an_address_follows_it():
    made = MADE.of(mac_number("0a:58:0a:64:00:02"))
    assert made == 0x0A58 << 32 | ADDRESSES.of(0x0A640002, 32)
