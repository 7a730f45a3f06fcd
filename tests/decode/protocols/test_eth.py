"""Ethernet: types and lengths in one field."""

from packets import block, eth, ip, llc_snap, number, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def layers_of(*packets):
    return find_layers(block(*packets), dissector_table())


def test_addresses_and_type():
    layers = layers_of(eth(ip(tcp()), src="02:00:00:00:00:0a", dst="ff:ff:ff:ff:ff:ff"))
    assert column(layers, "eth.src").tolist() == [number("02:00:00:00:00:0a")]
    assert column(layers, "eth.dst").tolist() == [0xFFFFFFFFFFFF]
    assert column(layers, "eth.type").tolist() == [0x0800]


def test_a_length_is_no_type_and_carries_llc():
    layers = layers_of(eth(llc_snap(ip(tcp())), type=48))
    assert column(layers, "eth.type").tolist() == [None]
    assert column(layers, "eth.len").tolist() == [48]
    assert layers.stacks[layers.stack[0]] == "eth:llc:ip:tcp"


def test_between_length_and_type_there_is_nothing():
    layers = layers_of(eth(ip(tcp()), type=1501))
    assert column(layers, "eth.type").tolist() == [None]
    assert layers.stacks[layers.stack[0]] == "eth"
