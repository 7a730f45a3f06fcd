"""ICMPv6: echo, errors, neighbour discovery."""

from packets import block, eth, icmpv6, ipv6, mac, neighbour, number, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def layers_of(payload):
    return find_layers(block(eth(ipv6(payload))), dissector_table())


def test_identifier_and_sequence_of_an_echo():
    layers = layers_of(icmpv6(type=128, word=0x00070003))
    assert column(layers, "icmpv6.echo.identifier").tolist() == [7]
    assert column(layers, "icmpv6.echo.sequence_number").tolist() == [3]


def test_packet_too_big_names_the_mtu_and_quotes():
    layers = layers_of(icmpv6(ipv6(tcp(dport=443)), type=2, word=1430))
    assert column(layers, "icmpv6.mtu").tolist() == [1430]
    assert column(layers, "quoted.tcp.dstport").tolist() == [443]
    assert layers.stacks[layers.stack[0]] == "eth:ipv6:icmpv6"


def test_solicitation_has_a_target_and_the_sender():
    layers = layers_of(neighbour("fd00::99", link="02:00:00:00:00:01"))
    assert column(layers, "icmpv6.nd.ns.target_address").tolist() == [number("fd00::99")]
    assert column(layers, "icmpv6.opt.src_linkaddr").tolist() == [number("02:00:00:00:00:01")]
    assert column(layers, "icmpv6.nd.na.target_address").tolist() == [None]


def test_advertisement_has_a_target_and_its_owner():
    layers = layers_of(neighbour("fd00::99", type=136, option=2, link="02:00:00:00:00:02"))
    assert column(layers, "icmpv6.nd.na.target_address").tolist() == [number("fd00::99")]
    assert column(layers, "icmpv6.opt.target_linkaddr").tolist() == [number("02:00:00:00:00:02")]
    assert column(layers, "icmpv6.opt.src_linkaddr").tolist() == [None]


def test_router_solicitation_has_the_sender():
    packet = icmpv6(b"\x01\x01" + mac("02:00:00:00:00:01"), type=133)
    assert column(layers_of(packet), "icmpv6.opt.src_linkaddr").tolist() == [number("02:00:00:00:00:01")]
