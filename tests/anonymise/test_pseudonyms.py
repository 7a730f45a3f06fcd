"""Pseudonyms as text: MACs, addresses, networks, and what is none of them."""

import pytest

from pcapcheck.anonymise.pseudonyms import Pseudonyms

MADE = Pseudonyms("k")


def test_prefix_length_stays():
    assert MADE.address("192.168.10.11/24").endswith("/24")


def test_network_has_no_host_bits():
    assert MADE.network("10.244.0.0/16").endswith(".0.0/16")


@pytest.mark.parametrize("text", ["52:54:00:12:34:56", "10.244.0.5", "fd00::5", "10.244.0.0/16"])
def test_text_that_is_an_address_is_replaced(text):
    assert MADE.anything(text) != text


@pytest.mark.parametrize("text", ["default", "Always", "8472", "", "a/b"])
def test_other_text_stays(text):
    assert MADE.anything(text) == text


def test_number_and_text_agree():
    assert MADE.number("ipv4", 0x0AF40005).to_bytes(4, "big") == bytes(
        map(int, MADE.address("10.244.0.5").split("."))
    )
