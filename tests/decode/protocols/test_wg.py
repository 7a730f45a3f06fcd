"""WireGuard: little-endian fields, by type of message."""

from packets import block, eth, ip, udp, wireguard

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def layers_of(message, port=51820, extra=None):
    return find_layers(block(eth(ip(udp(message, dport=port)))), dissector_table(extra))


def test_data_has_a_receiver_and_a_counter():
    layers = layers_of(wireguard(type=4, receiver=0x01020304, counter=5))
    assert column(layers, "wg.receiver").tolist() == [0x01020304]
    assert column(layers, "wg.counter").tolist() == [5]
    assert column(layers, "wg.sender").tolist() == [None]


def test_a_response_has_its_receiver_elsewhere():
    layers = layers_of(b"\x02\0\0\0" + b"\x07\0\0\0" + b"\x09\0\0\0" + bytes(80))
    assert column(layers, "wg.sender").tolist() == [7]
    assert column(layers, "wg.receiver").tolist() == [9]


def test_people_call_it_wireguard():
    layers = layers_of(wireguard(), port=51821, extra={"udp.port": {51821: "wireguard"}})
    assert column(layers, "wg.type").tolist() == [4]
