"""Packets that a short snap length cut off: whole as long as their headers are, else without any field."""

import numpy as np
import polars as pl
import pytest
from packets import arp, block, chunk, eth, geneve, icmp, ip, ipv6, sctp, tcp, timestamp, udp, vxlan

from pcapcheck.collect.plan import ReadPlan
from pcapcheck.collect.variants import Variants
from pcapcheck.decode.cutoff import CUT
from pcapcheck.decode.part import decoded_part
from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.shapes import Shapes

LINUX = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
DATA = b"d" * 100
OPTIONS = timestamp()
# A packet, and how many of its bytes are headers or identify it.
WHOLE_FROM = {
    "tcp": (eth(ip(tcp(DATA))), 14 + 20 + 20),
    "tcp-options": (eth(ip(tcp(DATA, options=OPTIONS))), 14 + 20 + 20 + len(OPTIONS)),
    "tcp-ipv6": (eth(ipv6(tcp(DATA))), 14 + 40 + 20),
    "acknowledgement": (eth(ip(tcp())) + b"\0" * 6, 14 + 20 + 20),
    "udp": (eth(ip(udp(DATA, dport=53))), 14 + 20 + 8 + 22),  # the payload may be a tunnel's
    "short-udp": (eth(ip(udp(b"dns", dport=53))) + b"\0" * 15, 14 + 20 + 8 + 3),
    "vxlan": (eth(ip(udp(vxlan(eth(ip(tcp(DATA))))))), 50 + 14 + 20 + 20),
    "geneve": (eth(ip(udp(geneve(eth(ip(tcp(DATA)))), dport=6081))), 50 + 14 + 20 + 20),
    "ipip": (eth(ip(ip(tcp(DATA)))), 14 + 20 + 20 + 20),
    "echo": (eth(ip(icmp(DATA))), 14 + 20 + 8 + 16),
    "error": (eth(ip(icmp(ip(tcp(DATA, dport=80)), type=3, code=1))), 14 + 20 + 8 + 20 + 20),
    "short-error": (eth(ip(icmp(ip(tcp(DATA))[:28], type=3, code=1))), 14 + 20 + 8 + 20 + 8),
    "sctp": (eth(ip(sctp(chunk(type=0, value=DATA)))), 14 + 20 + 12 + 16),
    "arp": (eth(arp()) + b"\0" * 18, 14 + 28),
}


def cut(packet, length):
    return block(packet[:length], original=[len(packet)])


def stack(packets):
    part = decoded_part(packets, LINUX)
    return part.stacks[part.stack[0]]


@pytest.mark.parametrize("name", WHOLE_FROM)
def test_a_packet_is_whole_from_the_end_of_its_headers_on(name):
    packet, headers = WHOLE_FROM[name]
    assert [stack(cut(packet, length)) == CUT for length in range(1, headers)] == [True] * (headers - 1)
    assert {stack(cut(packet, length)) for length in range(headers, len(packet) + 1)} == {
        stack(block(packet))
    }


@pytest.mark.parametrize("name", WHOLE_FROM)
def test_a_packet_that_was_cut_off_has_no_field(name):
    packet, headers = WHOLE_FROM[name]
    part = decoded_part(cut(packet, headers - 1), LINUX)
    assert [field for field in ReadPlan().names if part.read(field).present.any()] == []


@pytest.mark.parametrize("name", WHOLE_FROM)
def test_what_was_sent_short_is_not_cut_off(name):
    packet, headers = WHOLE_FROM[name]
    assert CUT not in {stack(block(packet[:length])) for length in range(1, headers)}


@pytest.mark.parametrize("name", WHOLE_FROM)
def test_shapes_and_the_wavefront_agree_on_what_was_cut_off(name):
    packet, _ = WHOLE_FROM[name]
    shapes = Shapes(LINUX, least=1)
    shapes.split(block(*[packet] * 3))
    lengths = range(1, len(packet) + 1)
    several = block(*(packet[:length] for length in lengths), original=[len(packet)] * len(packet))
    found = Variants(ReadPlan().names, LINUX, shapes)
    found.counts.add(found.number(several), several)
    cut_off = found.frame().filter(pl.col("stack") == CUT)["packets"].sum()
    assert cut_off == np.count_nonzero([stack(cut(packet, length)) == CUT for length in lengths])


def test_partial_headers_are_read_where_somebody_looks_at_single_captures():
    packet, headers = WHOLE_FROM["vxlan"]
    found = Variants(ReadPlan().names, LINUX, partial=True)
    packets = cut(packet, headers - 1)
    found.counts.add(found.number(packets), packets)
    assert found.frame()["stack"].to_list() == ["eth:ip:udp:vxlan:eth:ip:tcp"]
