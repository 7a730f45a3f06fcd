"""Gathering: variants and sightings of a byte range, in blocks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixtures import SEEDS
from mixtures import packets as mixed_packets
from packets import block, eth, ip, tcp, timestamp, udp, vxlan
from polars.testing import assert_frame_equal

from pcapcheck.collect.gather import gather
from pcapcheck.collect.identity import SIGHTING_SCHEMA
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
MANY = [
    eth(ip(udp(vxlan(eth(ip(tcp(b"x", seq=number, options=timestamp(number)), ttl=63))), sport=number % 9)))
    for number in range(3000)
]


def plan(**how):
    return ReadPlan(("ip.ttl", "udp.srcport"), **how)


def test_every_packet_is_a_sighting_of_its_variant():
    found = gather([block(*SEEDS), block(*SEEDS, first=len(SEEDS) + 1)], plan(), LINUX)
    assert found.packets == 2 * len(SEEDS)
    assert found.sightings["frame"].to_list() == list(range(1, 2 * len(SEEDS) + 1))
    counted = found.sightings["variant"].value_counts().sort("variant")["count"].to_list()
    assert counted == found.variants.sort("variant")["packets"].to_list()


def test_shapes_and_wavefront_lead_to_the_same_identities():
    fast = gather([block(*MANY, *SEEDS)], plan(), LINUX).sightings.select(*SIGHTING_SCHEMA)
    few = [
        gather([block(*part)], plan(), LINUX).sightings.select(*SIGHTING_SCHEMA)
        for part in (MANY[:1000], MANY[1000:2000])
    ]
    assert_frame_equal(fast[:1000], few[0])
    assert_frame_equal(fast[1000:2000], few[1])


@given(mixed_packets(30), st.data())
@settings(max_examples=40, deadline=None)
def test_identities_do_not_depend_on_the_other_packets(packets, data):
    alone = data.draw(st.integers(0, len(packets) - 1)) if packets else 0
    together = gather([block(*packets)], plan(), LINUX).sightings.select(*SIGHTING_SCHEMA)
    single = gather([block(*packets[alone : alone + 1])], plan(), LINUX).sightings.select(*SIGHTING_SCHEMA)
    assert_frame_equal(together[alone : alone + 1], single)


@pytest.mark.parametrize("keep", [0, 1, 3])
def test_only_the_keys_of_the_first_packets_of_each_variant_are_kept(keep):
    blocks = [block(*MANY[:20]), block(*MANY[20:40], first=21)]
    found, every = gather(blocks, plan(keep=keep), LINUX), gather(blocks, plan(), LINUX)
    counted = found.keys["variant"].value_counts()["count"].to_list()
    assert counted == [keep] * (9 if keep else 0)
    assert found.keys.equals(every.sightings.select(*found.keys.columns).head(9 * keep))
    assert found.variants["packets"].sum() == 40
    assert found.sightings.is_empty()
    assert every.keys.is_empty()


def test_packets_outside_the_times_are_counted_but_not_looked_at():
    packets = block(*MANY[:10])
    start, end = int(packets.time[2]), int(packets.time[4])
    found = gather([packets], plan(since=start, until=end), LINUX)
    assert found.packets == 10
    assert found.sightings["frame"].to_list() == [3, 4, 5]
    assert found.variants["packets"].sum() == 3


def test_nothing_is_gathered_of_no_blocks():
    found = gather([], plan(), LINUX)
    assert (found.packets, len(found.variants), len(found.sightings)) == (0, 0, 0)
