"""IPv4: fields, options, fragments, lengths, IP in IP."""

import pytest
from packets import block, eth, ip, ipv6, number, tcp, udp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def layers_of(*packets, **more):
    return find_layers(block(*packets, **more), dissector_table())


def test_every_bit_of_the_header_has_its_field():
    packet = eth(ip(tcp(), src="192.168.1.2", dst="10.9.8.7", ttl=63, id=0xBEEF, df=1, tos=0xBB))
    layers = layers_of(packet)
    expected = {
        "ip.version": 4,
        "ip.hdr_len": 20,
        "ip.dsfield": 0xBB,
        "ip.dsfield.dscp": 46,
        "ip.dsfield.ecn": 3,
        "ip.len": 40,
        "ip.id": 0xBEEF,
        "ip.flags": 2,
        "ip.flags.df": 1,
        "ip.flags.mf": 0,
        "ip.frag_offset": 0,
        "ip.ttl": 63,
        "ip.proto": 6,
        "ip.src": number("192.168.1.2"),
        "ip.dst": number("10.9.8.7"),
    }
    assert {name: column(layers, name).tolist()[0] for name in expected} == expected


def test_options_move_the_payload():
    layers = layers_of(eth(ip(tcp(dport=443), options=b"\x94\x04\x00\x00")))
    assert column(layers, "ip.hdr_len").tolist() == [24]
    assert column(layers, "tcp.dstport").tolist() == [443]


def test_a_later_fragment_has_no_transport_header():
    first, later = ip(udp(bytes(1000), dport=53), mf=1), ip(bytes(500), proto=17, offset=1008)
    layers = layers_of(eth(first), eth(later))
    assert column(layers, "udp.dstport").tolist() == [53, None]
    assert column(layers, "ip.frag_offset").tolist() == [0, 126]
    assert layers.stacks[layers.stack[1]] == "eth:ip"


def test_padding_behind_the_ip_length_is_no_header():
    layers = layers_of(eth(ip(b"", proto=6) + tcp(), type=0x0800))
    assert column(layers, "tcp.dstport").tolist() == [None]
    assert layers.stacks[layers.stack[0]] == "eth:ip"


def test_length_0_reaches_to_the_end_of_the_frame():
    layers = layers_of(eth(ip(tcp(b"x" * 70000), len_=0)))
    assert column(layers, "tcp.len").tolist() == [70000]


@pytest.mark.parametrize("first", [0x44, 0x55, 0x00], ids=["too short", "version 5", "zeros"])
def test_a_header_that_cannot_be_is_no_layer(first):
    packet = bytearray(eth(ip(tcp())))
    packet[14] = first
    layers = layers_of(bytes(packet), eth(ip(tcp())))
    assert [layers.stacks[number] for number in layers.stack] == ["eth", "eth:ip:tcp"]
    assert column(layers, "ip.ttl").tolist() == [None, 64]


def test_a_total_length_within_the_header_cannot_be():
    layers = layers_of(eth(ip(tcp(), len_=19)), eth(ip(tcp(), len_=20)))
    assert [layers.stacks[number] for number in layers.stack] == ["eth", "eth:ip"]


def test_ipv6_under_the_ethertype_of_ipv4_is_ipv6():
    layers = layers_of(eth(ipv6(tcp()), type=0x0800))
    assert layers.stacks[layers.stack[0]] == "eth:ipv6:tcp"


def test_ip_in_ip_needs_no_table_of_its_own():
    layers = layers_of(eth(ip(ip(tcp(), ttl=62), ttl=64)))
    assert layers.stacks[layers.stack[0]] == "eth:ip:ip:tcp"
    assert column(layers, "ip.ttl").tolist() == [64]
    assert column(layers, "inner.ip.ttl").tolist() == [62]
