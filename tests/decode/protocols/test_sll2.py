"""Linux cooked capture, version 2: knows the interface."""

from packets import block, eth, ip, sll2, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_fields_and_payload():
    layers = find_layers(block(sll2(ip(tcp()), ifindex=7, packet_type=3), linktype=276), dissector_table())
    assert column(layers, "sll.ifindex").tolist() == [7]
    assert column(layers, "sll.pkttype").tolist() == [3]
    assert layers.stacks[layers.stack[0]] == "sll2:ip:tcp"


def test_ethernet_has_no_interface_index():
    layers = find_layers(block(eth(ip(tcp()))), dissector_table())
    assert column(layers, "sll.ifindex").tolist() == [None]
