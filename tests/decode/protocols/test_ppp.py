"""PPP: with and without address and control, protocol of one byte or two."""

import pytest
from packets import block, ip, ipv6, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


@pytest.mark.parametrize(
    "packet",
    [
        b"\xff\x03\x00\x21" + ip(tcp()),
        b"\x00\x21" + ip(tcp()),
        b"\xff\x03\x21" + ip(tcp()),
        b"\x57" + ipv6(tcp()),
    ],
    ids=["whole", "no address", "one byte", "IPv6"],
)
def test_what_it_carries_is_found(packet):
    layers = find_layers(block(packet, linktype=9), dissector_table())
    assert column(layers, "tcp.dstport").tolist() == [80]
    assert column(layers, "ppp.protocol").tolist()[0] in (0x21, 0x57)
