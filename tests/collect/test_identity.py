"""Identity: the same on every hop, and different for different packets."""

import struct

import pytest
from packets import (
    arp,
    block,
    chunk,
    dhcp,
    eth,
    extension,
    fraghdr,
    geneve,
    gre,
    icmp,
    icmpv6,
    ip,
    ipv6,
    neighbour,
    sctp,
    tcp,
    timestamp,
    udp,
    vlan,
    vxlan,
)

from pcapcheck.collect.gather import gather
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.stack import KINDS

LINUX = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
SYN, FIN, RST, ACK = 2, 1, 4, 16
CONTENT = bytes(range(32))


def identified(*packets):
    """Return the identity of each packet as a dict."""
    return gather([block(*packets)], ReadPlan(()), LINUX).sightings.to_dicts()


def interval(row):
    return row["key"], row["start"], row["length"]


def on_the_way(packet, family=ip):
    """Return the packet as several hops show it: other MACs, lower TTL, in tunnels, translated, tagged."""
    source, destination = ("10.96.0.1", "10.244.9.9") if family is ip else ("fd00:96::1", "fd00:244::9")
    hops = {"ttl": 62} if family is ip else {"hlim": 62}
    moved = family(packet, src=source, dst=destination, **hops)
    plain = family(packet)
    return [
        eth(plain),
        eth(moved, src="02:00:00:00:00:09"),
        eth(vlan(moved), type=0x8100),
        eth(ip(udp(vxlan(eth(moved)), sport=55555), id=4321)),
        eth(ipv6(udp(vxlan(eth(moved))))),
        eth(ip(gre(moved), id=77)),
        eth(ip(udp(geneve(eth(moved)), dport=6081), id=99)),
        eth(ip(moved, id=5)),
    ]


@pytest.mark.parametrize("family", [ip, ipv6])
@pytest.mark.parametrize(
    ("packet", "kind"),
    [
        (tcp(b"data", seq=7, ack=9), "tcp"),
        (tcp(flags=ACK, seq=7, ack=9), "tcp"),
        (tcp(flags=RST | ACK, seq=7, ack=9), "tcp"),
        (tcp(flags=SYN, options=timestamp(5, 6)), "tcp"),
        (udp(CONTENT, dport=53), "udp"),
        (sctp(chunk(1, CONTENT)), "sctp"),
        (sctp(chunk(0, CONTENT), tag=7), "sctp"),
        (sctp(chunk(11), tag=7), "sctp"),
    ],
    ids=["data", "ack", "reset", "syn", "datagram", "init", "sctp data", "cookie ack"],
)
def test_identity_is_the_same_at_every_hop(packet, kind, family):
    rows = identified(*on_the_way(packet, family))
    assert {KINDS[row["kind"]] for row in rows} == {kind}
    assert len({(interval(row), row["strong"]) for row in rows}) == 1
    assert rows[0]["key"] != 0


def test_a_datagram_of_ipv6_in_vxlan_does_not_have_the_id_of_the_outer_packet():
    inside = eth(ipv6(udp(CONTENT, dport=53)))
    first, second = identified(*(eth(ip(udp(vxlan(inside)), id=number)) for number in (1, 2)))
    assert interval(first) == interval(second)


@pytest.mark.parametrize(
    ("echo", "version"),
    [(icmp(CONTENT, word=0x00070001), ip), (icmpv6(CONTENT, word=0x00070001), ipv6)],
    ids=["icmp", "icmpv6"],
)
def test_an_echo_keeps_its_identity_when_its_id_is_translated(echo, version):
    translated = echo[:4] + struct.pack(">H", 999) + echo[6:]
    rows = identified(eth(version(echo)), eth(version(type(echo)(translated))))
    assert {KINDS[row["kind"]] for row in rows} == {"echo"}
    assert len({(interval(row), row["strong"]) for row in rows}) == 1
    assert rows[0]["question"] == 1
    assert rows[0]["is_request"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (tcp(b"x", seq=1, options=timestamp(1)), tcp(b"x", seq=1, options=timestamp(2))),
        (tcp(flags=ACK, ack=5), tcp(flags=ACK, ack=6)),
        (tcp(flags=ACK, ack=5, window=1), tcp(flags=ACK, ack=5, window=2)),
        (udp(CONTENT, dport=53), udp(CONTENT[::-1], dport=53)),
        (icmp(CONTENT, word=1), icmp(CONTENT, word=2)),
        (sctp(chunk(0, b"\0\0\0\1" + CONTENT), tag=1), sctp(chunk(0, b"\0\0\0\2" + CONTENT), tag=1)),
        (sctp(chunk(4, CONTENT), tag=1), sctp(chunk(5, CONTENT), tag=1)),
        (sctp(chunk(4, CONTENT), tag=1), sctp(chunk(4, CONTENT), tag=2)),
        (udp(dhcp(1, xid=1), sport=68, dport=67), udp(dhcp(1, xid=2), sport=68, dport=67)),
        (udp(dhcp(1), sport=68, dport=67), udp(dhcp(3), sport=68, dport=67)),
    ],
    ids=[
        "retransmission with timestamps",
        "acknowledgement",
        "window",
        "payload",
        "sequence",
        "TSN",
        "chunk",
        "tag",
        "transaction",
        "message",
    ],
)
def test_different_packets_differ(first, second):
    one, other = identified(eth(ip(first, id=0)), eth(ip(second, id=0)))
    assert interval(one) != interval(other)


def test_sequence_numbers_are_the_interval_of_a_segment():
    (row,) = identified(eth(ip(tcp(b"12345", seq=100, flags=ACK | FIN))))
    assert (row["start"], row["length"]) == (100, 6)


def test_the_least_and_greatest_timestamps_are_no_missing_ones():
    none, zero, most = identified(
        *(eth(ip(tcp(b"x", options=options))) for options in (b"", timestamp(0), timestamp(2**32 - 1)))
    )
    assert len({none["key"], zero["key"], most["key"]}) == 3


def test_retransmission_without_timestamps_is_the_same_bytes():
    rows = identified(*(eth(ip(tcp(b"data", seq=9), id=number)) for number in (1, 2)))
    assert interval(rows[0]) == interval(rows[1])
    assert rows[0]["strong"] != rows[1]["strong"]


def test_fragments_are_parts_of_their_datagram():
    whole = ip(udp(bytes(2000), dport=9), id=7)
    first = ip(whole[20:1020], id=7, mf=1, proto=17)
    last = ip(whole[1020:], id=7, offset=1000, proto=17)
    datagram, head, tail = identified(eth(whole), eth(first), eth(last))
    assert datagram["key"] == head["key"] == tail["key"]
    assert (datagram["start"], datagram["length"]) == (0, 2008)
    assert (head["start"], head["length"]) == (0, 1000)
    assert (tail["start"], tail["length"]) == (1000, 1008)
    assert [KINDS[row["kind"]] for row in (datagram, head, tail)] == ["udp", "udp", "fragment"]


def test_fragments_of_ipv6_are_intervals_by_their_own_id():
    datagram = udp(bytes(992), dport=9)
    head = eth(ipv6(fraghdr(datagram, nxt=17, more=1, id=5)))
    tail = eth(ipv6(fraghdr(bytes(8), nxt=17, offset=1000, id=5)))
    first, last = identified(head, tail)
    assert first["key"] == last["key"]
    assert (first["start"], first["length"]) == (0, 1000)
    assert (last["start"], last["length"], KINDS[last["kind"]]) == (1000, 8, "fragment")


def test_data_of_sctp_that_is_sent_again_is_another_packet_with_the_same_content():
    data = chunk(0, b"\0\0\0\7" + CONTENT)
    first, again = identified(eth(ip(sctp(data), id=1)), eth(ip(sctp(chunk(3, bytes(12)) + data), id=2)))
    assert interval(first) != interval(again)
    assert first["content"] == again["content"] != 0


def test_later_fragments_of_sctp_and_tcp_are_not_followed():
    for proto in (6, 132):
        (row,) = identified(eth(ip(bytes(64), proto=proto, offset=1480)))
        assert (KINDS[row["kind"]], row["key"]) == ("fragment", 0)


def test_dhcp_of_a_client_without_address_is_no_datagram_as_any():
    ask = {"sport": 68, "dport": 67}
    new, renewed, relayed = identified(
        eth(ip(udp(dhcp(1), **ask))),
        eth(ip(udp(dhcp(3, mine="10.0.0.9"), **ask))),
        eth(ip(udp(dhcp(1), sport=67, dport=67))),
    )
    assert [KINDS[row["kind"]] for row in (new, renewed, relayed)] == ["dhcp", "udp", "udp"]
    assert (new["start"], new["length"], new["strong"]) == (0, 0, 0)
    assert renewed["strong"] != 0


def test_datagram_with_ip_id_0_is_matched_by_count():
    (row,) = identified(eth(ip(udp(CONTENT, dport=53), id=0)))
    assert (row["start"], row["length"]) == (0, 0)
    assert row["key"] != 0


@pytest.mark.parametrize(
    ("packet", "kind"),
    [
        (eth(arp()), "arp"),
        (eth(ip(udp(vxlan(eth(arp()))))), "arp"),
        (eth(ipv6(neighbour())), "nd"),
        (eth(ip(icmp(ip(udp(bytes(8))), type=3, code=4))), "icmp-error"),
        (eth(ipv6(icmpv6(ipv6(udp(bytes(8))), type=2))), "icmp-error"),
        (eth(ip(icmp(type=13))), "other"),
        (eth(ip(b"", proto=89)), "other"),
        (eth(b"", type=0x88CC), "other"),
        (eth(ipv6(extension(tcp(), kind=0))), "tcp"),
    ],
)
def test_kinds(packet, kind):
    (row,) = identified(packet)
    assert KINDS[row["kind"]] == kind
    assert (row["key"] != 0) == (kind == "tcp")


def test_only_an_acknowledgement_has_an_acknowledged_number():
    syn, ack = identified(eth(ip(tcp(flags=SYN, ack=5))), eth(ip(tcp(flags=ACK, ack=5))))
    assert (syn["acked"], ack["acked"]) == (None, 5)


def test_size_is_that_of_the_innermost_ip_packet():
    rows = identified(*on_the_way(tcp(b"data")))
    assert {row["size"] for row in rows} == {44}
    rows = identified(*on_the_way(tcp(b"data"), ipv6))
    assert {row["size"] for row in rows} == {64}


def test_a_frame_that_claims_four_gigabytes_has_an_identity():
    packet = eth(ip(tcp(b"x", seq=2**32 - 1), len_=0))
    found = gather([block(packet, original=[2**32 - 1])], ReadPlan(()), LINUX).sightings
    assert len(found) == 1
