"""Columns: which occurrence a name means, kinds, what the capture says."""

import pytest
from packets import block, eth, icmp, ip, ipv6, number, tcp, udp, vxlan

from pcapcheck.decode.columns import column, field_names, kind_of
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})
TUNNEL = eth(ip(udp(vxlan(eth(ip(tcp(), src="10.244.0.5")))), src="192.168.0.1"))
PLAIN = eth(ip(tcp(), src="10.0.0.1"))


def values(name, *packets, **more):
    return column(find_layers(block(*packets), LINUX), name, **more).tolist()


def test_plain_names_are_the_outermost_occurrence():
    assert values("ip.src", TUNNEL, PLAIN) == [number("192.168.0.1"), number("10.0.0.1")]


def test_inner_names_are_the_innermost_occurrence_even_if_it_is_the_only_one():
    assert values("inner.ip.src", TUNNEL, PLAIN) == [number("10.244.0.5"), number("10.0.0.1")]


def test_numbered_names_count_from_the_outermost():
    assert values("ip.src#1", TUNNEL) == [number("192.168.0.1")]
    assert values("ip.src#2", TUNNEL, PLAIN) == [number("10.244.0.5"), None]
    assert values("ip.src#3", TUNNEL) == [None]


def test_an_occurrence_without_the_field_does_not_count():
    cut = eth(ip(udp(vxlan(eth(ip(tcp()))))))[: 14 + 20 + 8 + 8 + 14 + 10]
    assert values("inner.ip.src", cut) == [number("10.0.0.1")]


def test_a_header_that_is_cut_off_has_no_fields():
    assert values("ip.ttl", PLAIN[:33]) == [None]
    assert values("eth.dst", PLAIN[:13]) == [None]


def test_a_tcp_header_that_is_cut_off_has_those_before_the_cut():
    assert values("tcp.srcport", PLAIN[:42]) == [40000]
    assert values("tcp.ack_raw", PLAIN[:42]) == [None]


def test_ipv6_addresses_are_one_number():
    assert values("ipv6.dst", eth(ipv6(tcp(), dst="fd00::1:2")), PLAIN) == [number("fd00::1:2"), None]


def test_quoted_packets_may_be_seen_as_tshark_sees_them():
    error = eth(ip(icmp(ip(tcp(dport=443), ttl=1), type=11), ttl=64))
    assert values("tcp.dstport", error) == [None]
    assert values("tcp.dstport", error, quoted_too=True) == [443]
    assert values("inner.ip.ttl", error, quoted_too=True) == [1]
    assert values("ip.ttl#2", error, quoted_too=True) == [1]


def test_the_sequence_number_of_a_quoted_segment_is_not_shown_as_raw():
    error = eth(ip(icmp(ip(tcp(seq=9)), type=11)))
    quoted_tunnel = eth(ip(icmp(ip(udp(vxlan(eth(ip(tcp(seq=9)))))), type=3)))
    assert values("tcp.seq_raw", error, quoted_tunnel, quoted_too=True) == [None, 9]
    assert values("quoted.tcp.seq_raw", error) == [9]


def test_what_the_capture_says():
    layers = find_layers(block(PLAIN[:40], PLAIN, original=[1500, len(PLAIN)], first=11), LINUX)
    assert column(layers, "frame.number").tolist() == [11, 12]
    assert column(layers, "frame.len").tolist() == [1500, len(PLAIN)]
    assert column(layers, "frame.cap_len").tolist() == [40, len(PLAIN)]
    assert column(layers, "frame.time_epoch").tolist() == [
        1_700_000_000_000_000_000,
        1_700_000_000_000_001_000,
    ]
    assert column(layers, "frame.interface_id").tolist() == [0, 0]


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("ip.scr", "did you mean `ip.src`"),
        ("inner.ip.scr", "did you mean `ip.src`"),
        ("ip.src#0", "write `ip.src#2`"),
        ("ip.src#x", "write `ip.src#2`"),
        ("ip.src#99999999999999999999", "write `ip.src#2`"),
        ("inner.ip.src#2", "write `ip.src#2`"),
        ("inner.frame.len", "write `frame.len`"),
        ("", "rules fields"),
    ],
)
def test_mistakes_are_answered_with_advice(name, advice):
    with pytest.raises(InputError, match=advice):
        values(name, PLAIN)


def test_kinds():
    assert kind_of("inner.eth.src") == "mac"
    assert kind_of("ip.src#2") == "ipv4"
    assert field_names()["tcp.flags.syn"] == "boolean"
    assert field_names()["frame.time_epoch"] == "time"


@pytest.mark.parametrize("name", sorted(field_names()))
def test_every_name_has_a_column(name):
    assert len(values(name, TUNNEL, PLAIN)) == 2
