"""ERSPAN: mirrored frames of types II and III."""

import struct

from packets import block, eth, gre, ip, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

FRAME = eth(ip(tcp(dport=443)))


def layers_of(header, proto):
    return find_layers(block(eth(ip(gre(header + FRAME, proto=proto, sequence=1)))), dissector_table())


def test_type_ii_has_eight_bytes():
    layers = layers_of(struct.pack(">HHI", 0x1000 | 100, 0x2000 | 7, 0), 0x88BE)
    assert column(layers, "erspan.vlan").tolist() == [100]
    assert column(layers, "erspan.spanid").tolist() == [7]
    assert column(layers, "tcp.dstport").tolist() == [443]


def test_type_iii_has_twelve_and_eight_more_with_a_subheader():
    layers = layers_of(struct.pack(">HHIHH", 0x2000, 7, 0, 0, 1) + bytes(8), 0x22EB)
    assert layers.stacks[layers.stack[0]] == "eth:ip:gre:erspan:eth:ip:tcp"
