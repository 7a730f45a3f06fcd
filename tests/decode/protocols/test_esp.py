"""IPsec ESP: recognised, nothing inside is guessed."""

import struct

from packets import block, eth, ip

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_it_is_the_last_layer():
    packet = eth(ip(struct.pack(">II", 0x1234, 5) + bytes(64), proto=50))
    layers = find_layers(block(packet), dissector_table())
    assert column(layers, "esp.spi").tolist() == [0x1234]
    assert column(layers, "esp.sequence").tolist() == [5]
    assert layers.stacks[layers.stack[0]] == "eth:ip:esp"
