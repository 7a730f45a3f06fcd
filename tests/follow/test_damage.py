"""Damaged packets are no evidence of what their headers say."""

from dataclasses import replace

import polars as pl
from directed import network

from pcapcheck.correlate.network import sound

VARIANTS = pl.DataFrame({"variant": [0, 1], "packets": [5, 2]})
NETWORK = network(VARIANTS)


def test_a_network_without_damage_stays_as_it_is():
    assert sound(NETWORK) is NETWORK


def test_damaged_packets_are_not_counted():
    damaged = replace(NETWORK, damaged=pl.DataFrame({"variant": [0, 1, 1]}))
    assert sound(damaged).variants.select("variant", "packets").rows() == [(0, 4)]
