"""Checksums that are wrong, and those that are only left to the network card."""

import struct
from dataclasses import replace

import numpy as np
from dpkt.dpkt import in_cksum
from hypothesis import given
from hypothesis import strategies as st
from packets import address, block, eth, icmp, ip, ipv6, tcp, udp, vxlan

from pcapcheck.decode.checksum import MAX_FRAME_SIZE, WRONG_HEADER, WRONG_OUTER, WRONG_TRANSPORT, wrong
from pcapcheck.decode.part import decoded_part
from pcapcheck.decode.registry import dissector_table

TABLE = dissector_table({"udp.port": {8472: "vxlan"}})
A, B = "10.0.0.1", "10.0.0.2"


def verdicts(*packets, **options):
    made = block(*packets, **options)
    return wrong(made, decoded_part(made, TABLE)).tolist()


def pseudo(protocol, length, source=A, destination=B):
    return address(source) + address(destination) + struct.pack(">HH", protocol, length)


def filled(segment, at, value):
    return segment[:at] + struct.pack(">H", value) + segment[at + 2 :]


def right(segment, protocol=6, at=16):
    """Return a TCP or UDP segment with its checksum."""
    return type(segment)(filled(segment, at, in_cksum(pseudo(protocol, len(segment)) + segment) or 0xFFFF))


def partial(segment, protocol=6, at=16):
    """Return a segment with the sum of its pseudo-header, as Linux leaves it to the card."""
    return type(segment)(filled(segment, at, ~in_cksum(pseudo(protocol, len(segment))) & 0xFFFF))


def carried(inner, checksum=right):
    return eth(ip(checksum(udp(vxlan(eth(inner))), 17, 6), A, B))


def test_a_right_checksum_is_right():
    assert verdicts(eth(ip(right(tcp(b"hello")), A, B))) == [0]


def test_a_flipped_bit_is_found():
    assert verdicts(eth(ip(right(tcp(b"hello")), A, B))[:-1] + b"O") == [WRONG_TRANSPORT]


def test_what_is_left_to_the_card_is_no_error():
    assert verdicts(eth(ip(partial(tcp(b"hello")), A, B))) == [0]


def test_udp_without_a_checksum_has_none():
    assert verdicts(eth(ip(udp(b"hello", dport=99), A, B))) == [0]


def test_an_ip_header_is_verified_too():
    packet = bytearray(eth(ip(right(tcp()), A, B)))
    packet[14 + 8] ^= 1  # the TTL
    assert verdicts(bytes(packet)) == [WRONG_HEADER]


def test_the_outer_checksum_covers_the_inner_packet():
    sound = carried(ip(right(tcp(b"hello")), A, B))
    assert verdicts(sound, sound[:-1] + b"O") == [0, WRONG_OUTER | WRONG_TRANSPORT]


def test_local_checksum_offload_is_no_error():
    """The outer checksum is that of the packet which the card will make of the inner one."""
    inner = ip(partial(tcp(b"hello")), A, B)
    done = ip(right(tcp(b"hello")), A, B)
    sum_of_done = carried(done)[40:42]
    packet = carried(inner)
    assert verdicts(packet[:40] + sum_of_done + packet[42:]) == [0]


def test_outer_and_inner_may_both_be_left_to_the_card():
    assert verdicts(carried(ip(partial(tcp(b"hello")), A, B), partial)) == [0]


def test_icmp_has_no_pseudo_header():
    message = icmp(b"x" * 30)
    sound = type(message)(filled(message, 2, in_cksum(message)))
    assert verdicts(eth(ip(sound, A, B)), eth(ip(sound, A, B))[:-1] + b"y") == [0, WRONG_TRANSPORT]


def test_ipv6_is_verified_and_extension_headers_are_let_pass():
    segment = tcp(b"hello")
    header = address("fd00::1") + address("fd00::2") + struct.pack(">IHBB", len(segment), 0, 0, 6)
    sound = type(segment)(filled(segment, 16, in_cksum(header + segment)))
    assert verdicts(eth(ipv6(sound)), eth(ipv6(sound))[:-1] + b"O") == [0, WRONG_TRANSPORT]


def test_fragments_and_what_was_cut_off_count_as_right():
    wrong_sum = tcp(b"hello")
    cut = eth(ip(wrong_sum, A, B))
    assert verdicts(eth(ip(wrong_sum, A, B, mf=1))) == [0]
    assert verdicts(cut[:-2], original=[len(cut)]) == [0]


def test_super_packets_were_checked_by_the_card():
    assert verdicts(eth(ip(tcp(b"x" * MAX_FRAME_SIZE), A, B))) == [0]


def test_trailing_bytes_of_a_short_frame_do_not_count():
    assert verdicts(eth(ip(right(tcp()), A, B)) + b"\xff" * 6) == [0]


@given(st.lists(st.binary(min_size=1, max_size=120), min_size=1, max_size=8))
def test_any_bytes_give_a_verdict(packets):
    assert len(verdicts(*packets)) == len(packets)


@given(st.binary(min_size=1, max_size=300), st.integers(0, 2399))
def test_one_flipped_bit_of_the_payload_is_always_found(payload, bit):
    sound = eth(ip(right(tcp(payload)), A, B))
    at = len(sound) - 1 - bit // 8 % len(payload)
    flipped = sound[:at] + bytes([sound[at] ^ 1 << bit % 8]) + sound[at + 1 :]
    assert verdicts(sound, flipped) == [0, WRONG_TRANSPORT]


def test_packets_lie_anywhere_in_the_data():
    made = block(eth(ip(right(tcp(b"a")), A, B)), eth(ip(right(tcp(b"ab")), A, B)))
    moved = replace(made, data=np.concatenate((np.zeros(3, np.uint8), made.data)), offset=made.offset + 3)
    assert wrong(moved, decoded_part(moved, TABLE)).tolist() == [0, 0]
