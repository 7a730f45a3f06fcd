"""Damaged packets are no evidence of what their headers say."""

from dataclasses import replace

import polars as pl

from pcapcheck.correlate.network import Network, sound
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import Topology

VARIANTS = pl.DataFrame({"variant": [0, 1], "packets": [5, 2]})
TOPOLOGY = Topology()
NETWORK = Network(
    TOPOLOGY, Owners(TOPOLOGY), (), (), VARIANTS, pl.DataFrame(), (), pl.DataFrame(), pl.DataFrame(), {}
)


def test_a_network_without_damage_stays_as_it_is():
    assert sound(NETWORK) is NETWORK


def test_damaged_packets_are_not_counted():
    damaged = replace(NETWORK, damaged=pl.DataFrame({"variant": [0, 1, 1]}))
    assert sound(damaged).variants.select("variant", "packets").rows() == [(0, 4)]
