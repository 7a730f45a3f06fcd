"""ARP: addresses, for Ethernet and IPv4 only."""

from packets import arp, block, eth, number

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_sender_and_target():
    packet = eth(arp(op=2, src="10.0.0.7", dst="10.0.0.9", src_mac="02:00:00:00:00:07"))
    layers = find_layers(block(packet), dissector_table())
    assert column(layers, "arp.opcode").tolist() == [2]
    assert column(layers, "arp.src.proto_ipv4").tolist() == [number("10.0.0.7")]
    assert column(layers, "arp.dst.proto_ipv4").tolist() == [number("10.0.0.9")]
    assert column(layers, "arp.src.hw_mac").tolist() == [number("02:00:00:00:00:07")]
    assert column(layers, "arp.dst.hw_mac").tolist() == [0]


def test_another_network_protocol_has_no_ipv4_addresses():
    packet = bytearray(eth(arp()))
    packet[16:18] = b"\x86\xdd"
    layers = find_layers(block(bytes(packet)), dissector_table())
    assert column(layers, "arp.opcode").tolist() == [1]
    assert column(layers, "arp.src.proto_ipv4").tolist() == [None]
