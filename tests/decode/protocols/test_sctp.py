"""SCTP: ports for the tuple of a flow, chunks for the identity of packets."""

import pytest
from packets import block, chunk, eth, ip, sctp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

INIT, SACK, DATA = 1, 3, 0
SACK_CHUNK = chunk(SACK, bytes(12))


def values(packet, *names):
    layers = find_layers(block(packet), dissector_table())
    columns = [column(layers, name) for name in names]
    return [int(each.values[0]) if each.present[0] else None for each in columns]


def test_ports_and_tag():
    packet = eth(ip(sctp(sport=5000, dport=38412, tag=9)))
    assert values(packet, "sctp.srcport", "sctp.dstport", "sctp.verification_tag") == [5000, 38412, 9]


def test_the_type_and_length_are_those_of_the_first_chunk():
    packet = eth(ip(sctp(SACK_CHUNK + chunk(DATA, bytes(12)))))
    assert values(packet, "sctp.chunk_type", "sctp.chunk_length") == [SACK, 16]


@pytest.mark.parametrize(
    ("chunks", "tsn"),
    [
        (chunk(DATA, b"\x00\x00\x00\x07" + bytes(9)), 7),
        (chunk(DATA, b"\xff\xff\xff\xff" + bytes(8)), 2**32 - 1),
        (SACK_CHUNK + chunk(DATA, b"\x00\x00\x00\x08" + bytes(8)), 8),
        (chunk(10, bytes(5)) + chunk(DATA, b"\x00\x00\x00\x09" + bytes(8)), 9),
        (chunk(INIT, bytes(16)), None),
        (b"", None),
        (bytes(3), None),
        (chunk(SACK, bytes(12), length=0) * 20, None),
    ],
    ids=["first", "greatest", "behind SACK", "behind padding", "INIT", "no chunk", "cut off", "of no length"],
)
def test_tsn_of_the_first_data(chunks, tsn):
    assert values(eth(ip(sctp(chunks))), "sctp.data_tsn_raw") == [tsn]
