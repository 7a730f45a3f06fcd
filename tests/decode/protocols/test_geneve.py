"""Geneve: options of any length, and how it is recognised."""

import pytest
from packets import block, eth, geneve, ip, tcp, udp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

FRAME = eth(ip(tcp(dport=5432)))
BY_CONTENT = dissector_table(by_content=True)


@pytest.mark.parametrize("options", [b"", bytes(4), bytes(252)], ids=len)
def test_options_are_skipped(options):
    layers = find_layers(
        block(eth(ip(udp(geneve(FRAME, vni=7, options=options), dport=6081)))), dissector_table()
    )
    assert column(layers, "geneve.vni").tolist() == [7]
    assert column(layers, "tcp.dstport").tolist() == [5432]


def test_the_first_option_has_a_class_and_a_type():
    ports = bytes.fromhex("0102 80 01 0002 0004")  # OVN's: logical ports in and out
    packet = eth(ip(udp(geneve(FRAME, options=ports), dport=6081)))
    layers = find_layers(block(packet), dissector_table())
    assert column(layers, "geneve.option.class").tolist() == [0x0102]
    assert column(layers, "geneve.option.type").tolist() == [0x80]


def test_without_options_there_is_no_class():
    layers = find_layers(block(eth(ip(udp(geneve(FRAME), dport=6081)))), dissector_table())
    assert column(layers, "geneve.option.class").tolist() == [None]
    assert column(layers, "geneve.option.type").tolist() == [None]


def test_it_carries_ip_too():
    packet = eth(ip(udp(geneve(ip(tcp()), proto=0x0800), dport=6081)))
    layers = find_layers(block(packet), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:ip:udp:geneve:ip:tcp"


def test_content_tells_geneve_on_a_port_that_nobody_named():
    layers = find_layers(block(eth(ip(udp(geneve(FRAME, vni=7, options=bytes(8)), dport=9999)))), BY_CONTENT)
    assert column(layers, "geneve.vni").tolist() == [7]


@pytest.mark.parametrize(
    "payload", [geneve(FRAME, proto=0x0800), geneve(bytes(60)), b"\x40" + geneve(FRAME)[1:]]
)
def test_other_content_is_no_geneve(payload):
    layers = find_layers(block(eth(ip(udp(payload, dport=9999)))), BY_CONTENT)
    assert column(layers, "geneve.vni").tolist() == [None]
