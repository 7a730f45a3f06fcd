"""SCTP: ports, for the tuple of a flow."""

import struct

from packets import block, eth, ip

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_ports_and_tag():
    packet = eth(ip(struct.pack(">HHII", 5000, 38412, 9, 0), proto=132))
    layers = find_layers(block(packet), dissector_table())
    names = ("sctp.srcport", "sctp.dstport", "sctp.verification_tag")
    assert [column(layers, name).tolist()[0] for name in names] == [5000, 38412, 9]
