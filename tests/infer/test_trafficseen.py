import polars as pl
import pytest
from packets import (
    arp,
    block,
    eth,
    geneve,
    gre,
    icmp,
    ip,
    ipv6,
    neighbour,
    sll,
    tcp,
    udp,
    vlan,
    vxlan,
)

from pcapcheck.bind.vantagepoint import Nearer, TrafficSeen, Translation
from pcapcheck.collect.gather import gather
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.correlate.addresses import addressed
from pcapcheck.decode.registry import dissector_table
from pcapcheck.infer import trafficseen
from pcapcheck.infer.trafficseen import nearer, seen_by_vantage, translations

TABLE = dissector_table({"udp.port": {8472: "vxlan"}}, by_content=True)
ONE, TWO, FAR = "52:54:00:00:00:01", "52:54:00:00:00:02", "52:54:00:00:00:0a"
SECOND = 1_000_000_000
ASK = eth(ip(tcp(dport=80), ttl=63))
ANSWER = eth(ip(tcp(sport=80, dport=40000), src="10.0.0.2", dst="10.0.0.1"))


def variants(*packets, vantage=0, linktype=1):
    """Return the variants of packets that one vantage point saw."""
    found = gather([block(*packets, linktype=linktype)], ReadPlan(ReadPlan().names), TABLE).variants
    return addressed(found).with_columns(pl.lit(vantage, pl.Int64).alias("vantage"))


def seen(*packets, **how):
    return seen_by_vantage(variants(*packets, **how))[0]


def test_packets_that_are_alike_are_counted_with_the_time_of_the_first():
    first = 1_700_000_000_000_000_000
    assert seen(ASK, ASK, eth(ip(tcp(dport=81), ttl=63))) == (
        TrafficSeen(
            packets=3,
            mac_from=ONE,
            mac_to=TWO,
            source="10.0.0.1",
            destination="10.0.0.2",
            ttl=63,
            inner_ttl=63,
            first=first,
        ),
    )


def test_what_is_most_frequent_is_first():
    assert [each.packets for each in seen(ASK, ANSWER, ANSWER)] == [2, 1]


def test_of_many_kinds_of_packets_only_the_most_frequent_are_looked_at(monkeypatch):
    monkeypatch.setattr(trafficseen, "MAX_TRAFFIC_KINDS", 1)
    assert [each.source for each in seen(ASK, ANSWER, ANSWER)] == ["10.0.0.2"]


def test_a_hop_limit_is_read_as_a_ttl_is():
    [one] = seen(eth(ipv6(tcp(), hlim=63)))
    assert (one.ttl, one.inner_ttl) == (63, 63)


def test_a_tunnel_has_outer_ends_and_inner_macs():
    [one] = seen(
        eth(ip(udp(vxlan(eth(ip(tcp(), ttl=63), src=FAR), vni=7)), src="192.0.2.1", dst="192.0.2.2"))
    )
    assert (one.form, one.number, one.port) == ("vxlan", 7, 8472)
    assert (one.mac_from, one.inner_from, one.inner_to) == (ONE, FAR, TWO)
    assert (one.outer_from, one.outer_to) == ("192.0.2.1", "192.0.2.2")
    assert (one.source, one.destination) == ("10.0.0.1", "10.0.0.2")
    assert (one.ttl, one.inner_ttl) == (64, 63)


@pytest.mark.parametrize(
    "carried",
    [
        eth(ipv6(tcp())),
        ASK,
    ],
    ids=["IPv6", "IPv4"],
)
def test_a_tunnel_over_ipv6_has_its_whole_addresses_whatever_it_carries(carried):
    [one] = seen(eth(ipv6(udp(vxlan(carried)), src="fd00::1:2", dst="2001:db8::ffff")))
    assert (one.outer_from, one.outer_to) == ("fd00::1:2", "2001:db8::ffff")


@pytest.mark.parametrize(
    ("packet", "number"),
    [(udp(geneve(ASK, vni=9), dport=6081), 9), (gre(ip(tcp()), key=5), 5), (gre(ip(tcp())), None)],
    ids=["geneve", "gre", "gre without key"],
)
def test_the_number_of_a_tunnel_is_its_vni_or_key(packet, number):
    assert seen(eth(ip(packet)))[0].number == number


def test_plain_packets_have_neither_number_nor_port_nor_outer_ends():
    [one] = seen(eth(vlan(ip(udp(dport=9)), id=5), type=0x8100))
    assert (one.number, one.port, one.outer_from, one.inner_from, one.tag) == (None, None, None, None, 5)


@pytest.mark.parametrize(("kind", "out"), [(4, True), (0, False), (3, False)])
def test_cooked_captures_tell_what_left(kind, out):
    [one] = seen(sll(ip(tcp()), packet_type=kind, link=FAR), linktype=113)
    assert (one.out, one.mac_from, one.mac_to) == (out, FAR, None)
    assert seen(ASK)[0].out is None


@pytest.mark.parametrize(
    ("packet", "claim"),
    [
        (eth(arp(src="10.0.0.9", src_mac=FAR)), ("10.0.0.9", FAR)),
        (eth(arp(src="0.0.0.0", src_mac=FAR)), (None, None)),
        (eth(ipv6(neighbour(target="fd00::9"), src="fd00::1")), ("fd00::1", ONE)),
        (eth(ipv6(neighbour(target="fd00::9", type=136), src="fd00::1")), ("fd00::9", ONE)),
        (eth(ip(udp(vxlan(eth(arp(src="10.0.0.9", src_mac=FAR)))))), (None, None)),
        (ASK, (None, None)),
    ],
    ids=["arp", "arp probe", "solicitation", "advertisement", "in a tunnel", "data"],
)
def test_who_asks_or_advertises_claims_an_address(packet, claim):
    [one] = seen(packet)
    assert (one.claim, one.claim_mac) == claim


@pytest.mark.parametrize(("code", "quoted"), [(3, "10.0.0.8"), (1, None)])
def test_port_unreachable_names_whom_the_refused_packet_was_for(code, quoted):
    assert seen(eth(ip(icmp(ip(udp(), dst="10.0.0.8"), type=3, code=code))))[0].quoted == quoted


def test_packets_of_no_watch_are_not_seen():
    assert seen_by_vantage(variants(ASK, vantage=None)) == {}
    both = pl.concat([variants(ASK, vantage=3), variants(ASK, vantage=None)])
    assert {number: len(each) for number, each in seen_by_vantage(both).items()} == {3: 1}


def with_vantages(*rows):
    """Return variants and keys of (vantage point, packet, strong key, seconds)."""
    frames = [variants(packet, vantage=vantage) for vantage, packet, _, _ in rows]
    numbered = pl.concat(each.with_columns(variant=pl.lit(n, pl.Int64)) for n, each in enumerate(frames))
    keys = [(number, strong, int(at * SECOND)) for number, (_, _, strong, at) in enumerate(rows)]
    schema = {"variant": pl.Int64, "strong": pl.UInt64, "time": pl.Int64}
    return numbered, pl.DataFrame(keys, schema=schema, orient="row")


def test_who_waits_longer_for_the_answer_is_nearer_to_who_asks_whatever_the_clocks_say():
    rows = (0, ASK, 1, 10), (1, ASK, 1, 5), (1, ANSWER, 2, 6), (0, ANSWER, 2, 14)
    assert nearer(*with_vantages(*rows)) == [Nearer("10.0.0.1", "10.0.0.2", 0, 1, 3 * SECOND, 1)]


def test_without_answers_nothing_is_nearer():
    assert nearer(*with_vantages((0, ASK, 1, 1), (1, ASK, 1, 2))) == []


def test_packets_that_only_one_watch_saw_compare_nothing():
    rows = (0, ASK, 1, 1), (1, ASK, 3, 2), (1, ANSWER, 2, 3), (0, ANSWER, 2, 4)
    assert nearer(*with_vantages(*rows)) == []


def test_a_packet_with_two_tuples_was_translated():
    after = eth(ip(tcp(dport=8080), dst="10.244.2.5"))
    told = Translation("tcp", "10.0.0.1", 40000, "10.0.0.2", 80, "10.0.0.1", 40000, "10.244.2.5", 8080)
    assert translations(*with_vantages((0, ASK, 1, 1), (1, after, 1, 1.5))) == [told]
    assert translations(*with_vantages((0, ASK, 1, 1), (1, ASK, 1, 1.5))) == []


def test_two_packets_too_far_apart_or_in_a_crowd_are_no_translation():
    after = eth(ip(tcp(dport=8080), dst="10.244.2.5"))
    assert translations(*with_vantages((0, ASK, 1, 1), (1, after, 1, 4.5))) == []
    crowd = [(1, eth(ip(tcp(), dst=f"10.244.2.{number}")), 1, 1) for number in range(9)]
    assert translations(*with_vantages(*crowd)) == []


def test_only_ports_are_translated():
    asks = [(vantage, eth(ip(icmp(), dst=f"10.0.0.{vantage}")), 1, 1) for vantage in (2, 3)]
    assert translations(*with_vantages(*asks)) == []


def test_without_packets_or_keys_nothing_is_known():
    frame, keys = with_vantages((0, ASK, 1, 1))
    assert (seen_by_vantage(frame.clear()), nearer(frame, keys.clear()), nearer(frame.clear(), keys)) == (
        {},
        [],
        [],
    )
    assert translations(frame, keys.clear()) == translations(frame.clear(), keys) == []
