"""IPv6 extension header 43: its length, and that it is no layer of the stack."""

from packets import block, eth, extension, ipv6, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_transport_header_is_found_behind_it():
    packet = eth(ipv6(extension(tcp(dport=443), kind=43, units=2)))
    layers = find_layers(block(packet), dissector_table())
    assert column(layers, "ipv6.routing.len").tolist() == [2]
    assert column(layers, "ipv6.routing.nxt").tolist() == [6]
    assert column(layers, "tcp.dstport").tolist() == [443]


def test_it_is_no_layer_of_the_stack():
    layers = find_layers(block(eth(ipv6(extension(tcp(), kind=43)))), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:ipv6:tcp"
