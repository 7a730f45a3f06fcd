"""ESP in UDP: told from IKE and from keepalives."""

import struct

from packets import block, eth, ip, udp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_four_zero_bytes_are_ike_anything_else_is_esp():
    esp = eth(ip(udp(struct.pack(">II", 7, 1) + bytes(40), sport=4500, dport=4500)))
    ike = eth(ip(udp(bytes(44), sport=4500, dport=4500)))
    layers = find_layers(block(esp, ike), dissector_table())
    assert column(layers, "esp.spi").tolist() == [7, None]


def test_a_keepalive_is_no_esp():
    layers = find_layers(block(eth(ip(udp(b"\xff", sport=4500, dport=4500)))), dissector_table())
    assert column(layers, "esp.spi").tolist() == [None]
