"""Directed address tuples: kind, ends and ports of each variant, and their numbers."""

import polars as pl
import pytest
from packets import arp, block, eth, fraghdr, icmp, icmpv6, ip, ipv6, neighbour, tcp, udp, vxlan

from pcapcheck.collect.gather import gather
from pcapcheck.collect.plan import ADDRESS_FIELDS, ReadPlan
from pcapcheck.correlate.addresses import TUPLE, addressed, numbered
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)


def told(*packets):
    return addressed(gather([block(*packets)], ReadPlan(ADDRESS_FIELDS), LINUX).variants)


def tuple_of(packet):
    return told(packet).select(TUPLE).row(0)


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (eth(ip(tcp(sport=4000, dport=80))), ("tcp", "10.0.0.1", 4000, "10.0.0.2", 80)),
        (eth(ipv6(udp(sport=4000, dport=53))), ("udp", "fd00::1", 4000, "fd00::2", 53)),
        (eth(ip(icmp(word=0x00070001))), ("echo", "10.0.0.1", 7, "10.0.0.2", 7)),
        (eth(ip(icmp(type=0, word=0x00070001))), ("echo", "10.0.0.1", 7, "10.0.0.2", 7)),
        (eth(ipv6(icmpv6(word=0x00070001))), ("echo", "fd00::1", 7, "fd00::2", 7)),
        (eth(ip(icmp(ip(tcp()), type=3))), ("icmp-error", "10.0.0.1", 0, "10.0.0.2", 0)),
        (eth(ipv6(icmpv6(ipv6(tcp()), type=1))), ("icmp-error", "fd00::1", 0, "fd00::2", 0)),
        (eth(arp(src="10.0.0.1", dst="10.0.0.9")), ("arp", "10.0.0.1", 1, "10.0.0.9", 1)),
        (eth(ipv6(neighbour(target="fd00::9"), dst="ff02::1")), ("nd", "fd00::1", 135, "fd00::9", 135)),
        (eth(ipv6(neighbour(target="fd00::9", type=136))), ("nd", "fd00::1", 136, "fd00::9", 136)),
        (eth(ip(bytes(8), offset=8, proto=17)), ("fragment", "10.0.0.1", 0, "10.0.0.2", 0)),
        (eth(ipv6(fraghdr(bytes(8), nxt=17, offset=8))), ("fragment", "fd00::1", 0, "fd00::2", 0)),
        (eth(ip(b"", proto=89)), ("other", "10.0.0.1", 0, "10.0.0.2", 0)),
        (eth(ipv6(icmpv6(type=134))), ("other", "fd00::1", 0, "fd00::2", 0)),
        (eth(b"", type=0x88CC), ("other", None, 0, None, 0)),
    ],
)
def test_tuple_is_that_of_the_innermost_headers(packet, expected):
    assert tuple_of(packet) == expected


@pytest.mark.parametrize(
    "inside",
    [eth(ip(tcp(), src="10.244.0.5")), eth(ipv6(tcp(), src="fd00:244::5")), eth(arp(src="10.244.0.5"))],
    ids=["ip", "ipv6", "arp"],
)
def test_tunnel_does_not_change_the_tuple(inside):
    underlay = udp(vxlan(inside))
    assert tuple_of(eth(ip(underlay))) == tuple_of(eth(ipv6(underlay))) == tuple_of(inside)


def test_highest_address_of_ipv6_is_text():
    packet = eth(ipv6(udp(dport=9), dst="ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
    assert tuple_of(packet)[3] == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def test_numbers_of_tuples_do_not_depend_on_the_order_of_packets():
    packets = [eth(ip(tcp(sport=port))) for port in (3, 1, 2)] + [eth(b"", type=0x88CC)]
    frame, tuples = numbered(told(*packets))
    again, same = numbered(told(*packets[::-1]))
    assert tuples.equals(same)
    assert frame["tuple"].to_list() == again["tuple"].to_list()[::-1]
    assert tuples["tuple"].to_list() == [0, 1, 2, 3]


def test_frames_without_addresses_have_a_tuple_too():
    frame, tuples = numbered(told(eth(b"", type=0x88CC), eth(b"", type=0x88CC)))
    assert frame["tuple"].to_list() == [0] * len(frame)
    assert tuples.select(pl.col("source").is_null().all()).item()
