"""Mending checksums: right stays right, wrong stays wrong, what was left to the NIC stays that."""

import numpy as np
import pytest
from captures_build import patient
from dpkt.dpkt import in_cksum
from hypothesis import given
from hypothesis import strategies as st
from packets import address, block, eth, geneve, gre, icmp, icmpv6, ip, ipv6, tcp, udp, vxlan

from pcapcheck.decode.correction import correct
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})
SRC, DST = "10.0.0.1", "10.0.0.2"
NEW = address("172.31.255.9")
PLACES = {6: 16, 17: 6, 1: 2, 58: 2}  # of the checksum, by protocol


def pseudo(src, dst, protocol, length):
    return address(src) + address(dst) + length.to_bytes(4, "big") + protocol.to_bytes(4, "big")


def summed(segment, protocol, src=SRC, dst=DST, partial=False):
    """Return a segment with its checksum, or with the sum of its pseudo-header only."""
    head = b"" if protocol == 1 else pseudo(src, dst, protocol, len(segment))
    at = PLACES[protocol]
    number = 0xFFFF - in_cksum(head) if partial else in_cksum(head + segment)
    return type(segment)(segment[:at] + number.to_bytes(2, "big") + segment[at + 2 :])


def changed(packet, *changes, linktype=1, table=LINUX):
    """Return the packet with other bytes at some places, and its checksums mended."""
    before = block(packet, linktype=linktype)
    data = before.data.copy()
    for at, value in changes:
        start = int(before.offset[0]) + at % len(packet)
        data[start : start + len(value)] = np.frombuffer(value, np.uint8)
    correct(find_layers(before, table), data)
    return data[int(before.offset[0]) : int(before.offset[0]) + len(packet)].tobytes()


def is_right(packet, l4, protocol, addresses):
    """Whether the checksum of the segment at `l4` is right; `addresses`: where those around it lie."""
    segment = packet[l4:]
    head = b""
    if protocol != 1:
        head = packet[slice(*addresses)] + len(segment).to_bytes(4, "big") + protocol.to_bytes(4, "big")
    return in_cksum(head + segment) == 0


@pytest.mark.parametrize(("segment", "protocol"), [(tcp(b"abc"), 6), (udp(b"abcd", dport=53), 17)])
def test_right_checksum_is_right_after_an_address_changed(segment, protocol):
    packet = eth(ip(summed(segment, protocol)))
    made = changed(packet, (26, NEW))
    assert in_cksum(made[14:34]) == 0
    assert is_right(made, 34, protocol, (26, 34))


def test_checksum_of_ipv6_is_right_after_an_address_changed():
    packet = eth(ipv6(summed(tcp(b"abc"), 6, "fd00::1", "fd00::2")))
    assert is_right(changed(packet, (22, address("2001:db8::77"))), 54, 6, (22, 54))


def test_checksum_of_icmp_covers_what_it_quotes():
    packet = eth(ip(summed(icmp(ip(udp(b"abcd")), type=3, code=4, word=1450), 1)))
    made = changed(packet, (14 + 20 + 8 + 12, NEW))
    assert is_right(made, 34, 1, (0, 0))
    assert in_cksum(made[42:62]) == 0


def test_wrong_checksum_stays_wrong():
    segment = summed(tcp(b"abc"), 6)
    packet = eth(ip(segment[:-1] + b"X", proto=6))
    assert not is_right(changed(packet, (26, NEW)), 34, 6, (26, 34))


def test_checksum_that_was_left_to_the_nic_stays_that():
    packet = eth(ip(summed(tcp(b"abc"), 6, partial=True)))
    made = changed(packet, (26, NEW), (54, b"xyz"))
    expected = summed(tcp(b"xyz"), 6, src="172.31.255.9", partial=True)
    assert made[50:52] == expected[16:18]


def test_missing_checksum_of_udp_stays_missing():
    made = changed(eth(ip(udp(b"abcd", dport=53))), (26, NEW))
    assert made[40:42] == b"\0\0"


def test_checksum_of_an_ip_header_that_nobody_filled_in_stays_zero():
    packet = bytearray(eth(ip(udp(b"abcd", dport=53))))
    packet[24:26] = b"\0\0"
    assert changed(bytes(packet), (26, NEW))[24:26] == b"\0\0"


def test_inner_and_outer_checksums_are_mended():
    inner = eth(ip(summed(tcp(b"abc"), 6)))
    packet = eth(ip(summed(udp(vxlan(inner)), 17)))
    made = changed(packet, (50 + 26, NEW), (26, NEW))
    assert is_right(made, 34, 17, (26, 34))
    assert is_right(made, 84, 6, (76, 84))
    assert in_cksum(made[64:84]) == 0


def offloaded(payload=b"abc", dst=DST):
    """Return a packet whose inner checksum is left to the NIC; the outer one is right once that is made."""
    inner = eth(ip(summed(tcp(payload), 6, src=SRC, dst=dst), dst=dst))
    finished = eth(ip(summed(udp(geneve(inner), dport=6081), 17)))
    segment = summed(tcp(payload), 6, src=SRC, dst=dst, partial=True)
    return finished[: -len(segment)] + segment


def test_outer_checksum_that_reckons_with_the_nic_stays_right():
    packet = offloaded()
    made = changed(packet, (76, address("10.0.0.1")), (80, NEW), (-3, b"xyz"))
    assert made == offloaded(b"xyz", dst="172.31.255.9")


def test_checksum_of_gre_is_mended():
    inner = ip(udp(b"abcd", dport=53))
    head = bytes(gre(inner, proto=0x0800, checksum=0))
    packet = eth(ip(gre(inner, proto=0x0800, checksum=in_cksum(head))))
    made = changed(packet, (14 + 20 + 8 + 12, NEW))
    assert in_cksum(made[34:]) == 0


def test_header_at_an_odd_place_is_mended():
    packet = b"\x21" + ip(summed(tcp(b"abc"), 6))
    made = changed(packet, (13, NEW), (-2, b"Z"), linktype=9)
    assert in_cksum(made[1:21]) == 0
    assert is_right(made, 21, 6, (13, 21))


def test_neighbour_discovery_has_a_pseudo_header():
    packet = eth(ipv6(summed(icmpv6(bytes(16), type=135), 58, "fd00::1", "fd00::2")))
    assert is_right(changed(packet, (22, address("fd00::99"))), 54, 58, (22, 54))


def test_packet_that_did_not_change_stays_as_it_is():
    packet = eth(ip(tcp(b"abc")))
    assert changed(packet) == packet


@patient
@given(st.binary(max_size=120), st.binary(max_size=120))
def test_any_bytes_give_a_result(before, after):
    capture = block(before)
    data = capture.data.copy()
    start, size = int(capture.offset[0]), min(len(before), len(after))
    data[start : start + size] = np.frombuffer(after[:size], np.uint8)
    correct(find_layers(capture, LINUX), data)
