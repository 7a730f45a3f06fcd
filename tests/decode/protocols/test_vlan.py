"""VLAN: tags, one or two."""

from packets import block, eth, ip, tcp, vlan

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_identifier_and_priority_share_a_word():
    packet = eth(vlan(ip(tcp()), id=4094, priority=7, dei=1), type=0x8100)
    layers = find_layers(block(packet), dissector_table())
    assert column(layers, "vlan.id").tolist() == [4094]
    assert column(layers, "vlan.priority").tolist() == [7]
    assert column(layers, "vlan.dei").tolist() == [1]
    assert column(layers, "vlan.etype").tolist() == [0x0800]


def test_two_tags_are_two_layers():
    packet = eth(vlan(vlan(ip(tcp()), id=20), id=10, type=0x8100), type=0x9100)
    layers = find_layers(block(packet), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:vlan:vlan:ip:tcp"
    assert column(layers, "vlan.id").tolist() == [10]
    assert column(layers, "vlan.id#2").tolist() == [20]
