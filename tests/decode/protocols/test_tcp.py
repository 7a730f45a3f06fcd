"""TCP: fields, options wherever they stand, payload length."""

import struct

import pytest
from packets import block, eth, ip, tcp, timestamp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

MSS, SACK_PERMITTED, WINDOW_SCALE = b"\x02\x04\x05\x78", b"\x04\x02", b"\x03\x03\x07"


def layers_of(*segments):
    return find_layers(block(*(eth(ip(segment)) for segment in segments)), dissector_table())


def test_every_bit_of_the_header_has_its_field():
    layers = layers_of(tcp(sport=1, dport=2, seq=0xF0000000, ack=7, flags=0x112, window=512))
    expected = {
        "tcp.srcport": 1,
        "tcp.dstport": 2,
        "tcp.seq_raw": 0xF0000000,
        "tcp.ack_raw": 7,
        "tcp.hdr_len": 20,
        "tcp.flags": 0x112,
        "tcp.flags.syn": 1,
        "tcp.flags.ack": 1,
        "tcp.flags.ae": 1,
        "tcp.flags.fin": 0,
        "tcp.window_size_value": 512,
    }
    assert {name: column(layers, name).tolist()[0] for name in expected} == expected


@pytest.mark.parametrize(
    "options",
    [timestamp(5, 6), MSS + SACK_PERMITTED + timestamp(5, 6)[2:], WINDOW_SCALE + b"\x01" + timestamp(5, 6)],
    ids=["alone", "in a SYN", "after a window scale"],
)
def test_timestamps_are_found_wherever_they_stand(options):
    layers = layers_of(tcp(options=options))
    assert column(layers, "tcp.options.timestamp.tsval").tolist() == [5]
    assert column(layers, "tcp.options.timestamp.tsecr").tolist() == [6]


def test_other_options_of_a_syn():
    layers = layers_of(tcp(options=MSS + SACK_PERMITTED + WINDOW_SCALE), tcp())
    assert column(layers, "tcp.options.mss_val").tolist() == [1400, None]
    assert column(layers, "tcp.options.wscale.shift").tolist() == [7, None]
    assert column(layers, "tcp.options.timestamp.tsval").tolist() == [None, None]


def test_sack_blocks_are_counted():
    two = b"\x01\x01\x05\x12" + struct.pack(">IIII", 1, 2, 3, 4)
    assert column(layers_of(tcp(options=two), tcp()), "tcp.options.sack.count").tolist() == [2, None]


@pytest.mark.parametrize(
    "options", [b"\x08\x00\x01\x01", b"\x08\x0a\x00\x00", b"\x05\x01\x01\x01", b"\x00\x08\x0a\x00"]
)
def test_broken_options_end_the_walk(options):
    assert column(layers_of(tcp(options=options)), "tcp.options.timestamp.tsval").tolist() == [None]


def test_payload_length_is_that_of_the_wire():
    packet = eth(ip(tcp(bytes(1000), options=timestamp())))
    layers = find_layers(block(packet[:80], original=[len(packet)]), dissector_table())
    assert column(layers, "tcp.len").tolist() == [1000]
