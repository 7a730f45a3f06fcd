"""Packets: addresses in all layers and payloads are replaced; all else is as it was."""

import pytest
from captures_build import patient
from hypothesis import given
from hypothesis import strategies as st
from mixtures import SEEDS
from packets import (
    SRC,
    address,
    arp,
    block,
    eth,
    fraghdr,
    icmp,
    icmpv6,
    ip,
    ipv6,
    mac,
    neighbour,
    number,
    sll2,
    tcp,
    timestamp,
    udp,
    vlan,
    vxlan,
)

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.anonymise.rewriting import anonymised
from pcapcheck.collect.gather import gather
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
MADE = Pseudonyms("k")
FRAME = eth(ip(tcp(b"GET / HTTP/1.1", dport=80, options=timestamp(5, 6)), ttl=63))


def rewritten(*packets, linktype=1, original=None):
    """Return the packets, anonymised, as a block."""
    pieces = list(anonymised(block(*packets, linktype=linktype, original=original), LINUX, MADE))
    assert len(pieces) == 1
    return pieces[0]


def bytes_of(made, row=0):
    start = int(made.offset[row])
    return made.data[start : start + int(made.captured[row])].tobytes()


def fields(made, *names):
    layers = find_layers(made, LINUX)
    return [column(layers, name).tolist() for name in names]


def test_outer_and_inner_addresses_are_replaced_by_the_same():
    made = rewritten(eth(ip(udp(vxlan(FRAME)))))
    expected = MADE.number("ipv4", number("10.0.0.1"))
    assert fields(made, "ip.src", "inner.ip.src") == [[expected], [expected]]
    expected = MADE.number("mac", number(SRC))
    assert fields(made, "eth.src", "inner.eth.src") == [[expected], [expected]]


def test_what_rules_look_at_stays():
    names = ("ip.ttl", "inner.ip.ttl", "udp.dstport", "vxlan.vni", "inner.tcp.dstport", "inner.tcp.seq_raw")
    packet = eth(vlan(ip(udp(vxlan(FRAME, vni=7))), id=5), type=0x8100)
    assert fields(rewritten(packet), *names) == fields(block(packet), *names)


def test_payload_is_replaced():
    assert b"HTTP" not in bytes_of(rewritten(FRAME))


def test_arp_is_replaced_as_other_packets_are():
    made = rewritten(eth(arp(src="10.0.0.1", dst="10.0.0.2")))
    expected = [[MADE.number("ipv4", number(text))] for text in ("10.0.0.1", "10.0.0.2")]
    assert fields(made, "arp.src.proto_ipv4", "arp.dst.proto_ipv4") == expected
    assert fields(made, "arp.dst.hw_mac") == [[0]]


def test_neighbour_discovery_is_replaced_as_other_packets_are():
    made = rewritten(eth(ipv6(neighbour(target="fd00::2", link=SRC))))
    target = MADE.number("ipv6", number("fd00::2"))
    link = MADE.number("mac", number(SRC))
    assert fields(made, "icmpv6.nd.ns.target_address", "icmpv6.opt.src_linkaddr") == [[target], [link]]


def test_packet_that_an_icmp_error_quotes_is_replaced():
    quoted = ip(udp(b"0123456789", dport=53), src="10.0.0.9")
    made = rewritten(eth(ip(icmp(quoted, type=3, code=4, word=1450))))
    assert fields(made, "quoted.ip.src") == [[MADE.number("ipv4", number("10.0.0.9"))]]
    assert fields(made, "icmp.mtu") == [[1450]]
    assert b"0123456789" not in bytes_of(made)


def test_address_of_a_tunnel_in_a_cooked_capture_is_replaced():
    packet = bytearray(sll2(ip(udp(dport=53)), hatype=768))
    packet[11:20] = b"\4" + address("192.168.10.11") + bytes(4)
    made = bytes_of(rewritten(bytes(packet), linktype=276))
    assert made[12:16] == MADE.number("ipv4", number("192.168.10.11")).to_bytes(4, "big")


def test_padding_becomes_zero():
    made = bytes_of(rewritten(eth(ip(udp(b"ab", dport=53))) + b"left over"))
    assert made[-9:] == bytes(9)


def test_address_that_the_snap_length_cut_does_not_show():
    made = bytes_of(rewritten(FRAME[: 14 + 12 + 2], original=[len(FRAME)]))
    assert made[-2:] != FRAME[26:28]


def test_frame_of_an_unknown_link_layer_is_payload():
    packet = b"a frame of some radio"
    assert packet[:8] not in bytes_of(rewritten(packet, linktype=105))


@pytest.mark.parametrize("protocol", [2, 89])
def test_checksum_of_a_protocol_that_no_table_knows_stays_right(protocol):
    message = b"\x16\0\xaa\xbb" + address("239.1.2.3")
    made = bytes_of(rewritten(eth(ip(message, proto=protocol))))[34:]
    assert made != message
    assert sum(made[::2]) * 256 + sum(made[1::2]) - sum(message[::2]) * 256 - sum(message[1::2]) in range(
        -65535 * 8, 65535 * 8, 65535
    )


def identities(packets):
    """Return what makes each packet itself, wherever it is seen."""
    return gather([packets], ReadPlan(("ip.src",)), LINUX).sightings.select(
        "kind", "key", "strong", "start", "length"
    )


@pytest.mark.parametrize(
    "packet",
    [
        FRAME,
        eth(ip(udp(b"a question of DNS and more", dport=53), id=0)),
        eth(ip(udp(b"short", dport=53))),
        eth(ip(icmp(bytes(range(56)), word=0x10002))),
        eth(ip(bytes(range(64)), proto=17, offset=1480)),
        eth(ipv6(icmpv6(bytes(range(40)), word=0x10002))),
        eth(ipv6(fraghdr(udp(bytes(40)), more=1))),
    ],
    ids=("tcp", "udp", "short", "echo", "fragment", "echo6", "fragment6"),
)
def test_two_equal_packets_keep_one_identity(packet):
    other = eth(bytes(packet[14:]), type=int.from_bytes(packet[12:14], "big"))
    made = rewritten(packet, eth(ip(udp(b"other"))), other)
    found = identities(made)
    assert found.row(0) == found.row(2)
    assert found.row(0) != found.row(1)


def test_large_blocks_come_back_in_pieces_in_their_order():
    packets = [eth(ip(udp(bytes(60000), dport=53), id=each)) for each in range(1, 151)]
    pieces = list(anonymised(block(*packets), LINUX, MADE))
    idents = [ident for piece in pieces for ident in fields(piece, "ip.id")[0]]
    assert len(pieces) > 1
    assert idents == list(range(1, 151))
    assert [frame for piece in pieces for frame in piece.frame.tolist()] == list(range(1, 151))


@patient
@given(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=6))
def test_no_address_is_left(packets):
    made = rewritten(*packets)
    for text in ("10.0.0.1", "10.0.0.2"):
        assert not any(address(text) in bytes_of(made, row) for row in range(len(made)))
    assert not any(mac(SRC) in bytes_of(made, row) for row in range(len(made)))


@patient
@given(st.lists(st.binary(max_size=150), min_size=1, max_size=4), st.sampled_from([1, 101, 113, 276, 9, 0]))
def test_any_bytes_give_packets_of_the_same_length(packets, linktype):
    made = rewritten(*packets, linktype=linktype)
    assert made.captured.tolist() == [len(each) for each in packets]


@patient
@given(st.sampled_from(SEEDS), st.integers(0, 150))
def test_packet_that_is_cut_off_anywhere_gives_one_of_the_same_length(packet, size):
    made = rewritten(packet[:size], original=[len(packet)])
    assert len(bytes_of(made)) == len(packet[:size])
