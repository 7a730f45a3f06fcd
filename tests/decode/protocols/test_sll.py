"""Linux cooked capture, version 1."""

from packets import block, ip, number, sll, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_fields_and_payload():
    packet = sll(ip(tcp()), packet_type=4, link="02:00:00:00:00:01", hatype=778)
    layers = find_layers(block(packet, linktype=113), dissector_table())
    assert column(layers, "sll.pkttype").tolist() == [4]
    assert column(layers, "sll.hatype").tolist() == [778]
    assert column(layers, "sll.src.eth").tolist() == [number("02:00:00:00:00:01")]
    assert column(layers, "sll.etype").tolist() == [0x0800]
    assert layers.stacks[layers.stack[0]] == "sll:ip:tcp"


def test_a_netlink_family_is_no_ethertype():
    layers = find_layers(block(sll(bytes(40), type=4, hatype=824), linktype=113), dissector_table())
    assert layers.stacks[layers.stack[0]] == "sll"
