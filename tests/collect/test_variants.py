"""Variants: exact counts of distinct header values, however packets are cut into blocks and decoded."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixtures import SEEDS
from mixtures import packets as mixed_packets
from packets import block, eth, ip, ipv6, tcp, timestamp, udp, vxlan
from polars.testing import assert_frame_equal

from pcapcheck.collect.merge import merge
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.collect.variants import Variants
from pcapcheck.decode.part import decoded_part
from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.shapes import Shapes

LINUX = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
NAMES = (*ReadPlan().names, "tcp.options.timestamp.tsval")
FIXED = ReadPlan().names
FRAME = eth(ip(tcp(dport=5432), ttl=63))


def variants(blocks, names=FIXED, shapes=None):
    """Return what `Variants` makes of some blocks, in order of first frames."""
    found = Variants(names, LINUX, shapes)
    for each in blocks:
        found.counts.add(found.number(each), each)
    return merge([found.frame()], [0])[0]


def cut(packets, places):
    """Return a block as several; frame numbers go on."""
    edges = [0, *sorted(places), len(packets)]
    return [packets.take(slice(begin, end)) for begin, end in pairwise(edges)]


def learnt(*packets):
    """Return shapes that know the stacks of these packets."""
    shapes = Shapes(LINUX, least=1)
    shapes.split(block(*packets))
    return shapes


def test_packets_that_differ_in_no_wanted_field_are_one_variant():
    frame = variants([block(*(eth(ip(tcp(seq=number), id=number)) for number in range(9)))])
    assert frame["packets"].to_list() == [9]
    assert frame.select("frame1", "frame5").row(0) == (1, 5)


def test_packets_that_differ_in_one_bit_of_a_wanted_field_are_two():
    packets = [eth(ip(tcp(), ttl=ttl)) for ttl in (64, 65, 64)]
    assert variants([block(*packets)])["packets"].to_list() == [2, 1]


def test_absent_is_not_zero():
    packets = block(eth(ip(udp(vxlan(FRAME, vni=0)))), eth(ip(udp(bytes(8), dport=9))))
    frame = variants([packets])
    assert frame["vxlan.vni"].to_list() == [0, None]


def test_addresses_of_ipv6_are_two_columns():
    frame = variants([block(eth(ipv6(udp(dport=9), src="fd00:0:0:0:1:0:0:2")))])
    assert frame.select("ipv6.src", "ipv6.src~").row(0) == (0xFD00_0000_0000_0000, 0x0001_0000_0000_0002)


def test_interfaces_are_kept_apart():
    packets = block(FRAME, FRAME, FRAME)
    two = replace(packets, interface=np.array([0, 1, 0], np.uint16), linktype=(1, 1))
    assert variants([two])["packets"].to_list() == [2, 1]
    assert variants([two], shapes=learnt(FRAME))["packets"].to_list() == [2, 1]


@given(mixed_packets(30), st.data())
@settings(max_examples=60, deadline=None)
def test_variants_do_not_depend_on_the_blocks(packets, data):
    whole_block = block(*packets * 2)
    places = data.draw(st.lists(st.integers(0, len(whole_block)), max_size=3))
    assert_frame_equal(variants(cut(whole_block, places)), variants([whole_block]))


@given(mixed_packets(30), st.data())
@settings(max_examples=60, deadline=None)
def test_variants_do_not_depend_on_the_ranges_that_are_read(packets, data):
    whole_block = block(*packets * 2)
    place = data.draw(st.integers(0, len(whole_block)))
    ranges = [
        variants([replace(part, frame=np.arange(1, len(part) + 1))]) for part in cut(whole_block, [place])
    ]
    joined, _ = merge(ranges, [0, place])
    assert_frame_equal(joined, variants([whole_block]), check_column_order=False)


@pytest.mark.parametrize("names", [FIXED, NAMES, ("ip.ttl",), ()], ids=["all", "options", "one", "none"])
@given(known=mixed_packets(20), others=mixed_packets(20))
@settings(max_examples=40, deadline=None)
def test_shapes_and_wavefront_lead_to_the_same_variants(names, known, others):
    packets = block(*others, *known, *others)
    fast = variants([packets], names, learnt(*known * 2))
    slow = variants([packets], names, Shapes(LINUX, least=10**9))
    first = "frame1"  # numbers may differ; `placing` orders variants by their first packet
    assert_frame_equal(fast.drop("variant").sort(first), slow.drop("variant").sort(first))


def test_every_kind_of_packet_is_the_same_by_shape():
    packets = block(*SEEDS * 3)
    fast = variants([packets], shapes=learnt(*SEEDS * 3))
    assert_frame_equal(fast, variants([packets]))
    assert fast["packets"].sum() == len(packets)


def test_a_field_with_no_fixed_place_is_told_apart():
    packets = [eth(ip(tcp(options=timestamp(value)))) for value in (1, 2, 1)]
    frame = variants([block(*packets)], NAMES, learnt(*packets))
    assert frame["tcp.options.timestamp.tsval"].to_list() == [1, 2]
    assert frame["packets"].to_list() == [2, 1]


def test_more_fields_than_a_word_has_bits_are_told_apart():
    packets = [eth(ip(tcp())), eth(ip(udp(dport=9)))]
    assert len(variants([block(*packets)], NAMES)) == 2


def test_visitor_sees_every_packet_once():
    packets = block(*SEEDS * 3)
    found = Variants(FIXED, LINUX, learnt(*SEEDS * 3))
    rows = []
    found.number(packets, lambda part: rows.extend(part.row.tolist()))
    assert sorted(rows) == list(range(len(packets)))


def test_no_packets_are_no_variants():
    frame = variants([block()])
    assert len(frame) == 0
    assert {"variant", "stack", "form", "interface", "packets"} < set(frame.columns)
    assert frame.schema["ip.ttl"] == pl.UInt64


def test_whole_block_is_one_part():
    part = decoded_part(block(FRAME, FRAME), LINUX)
    assert part.row.tolist() == [0, 1]
    assert [part.stacks[code] for code in part.stack] == ["eth:ip:tcp"] * 2
    assert part.read("ip.ttl").tolist() == [63, 63]
