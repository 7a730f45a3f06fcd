"""What packets are in their conversation: a request, an answer, a reset, or what comes later."""

import pytest
from networks import POD1, POD2, answer, ask, network
from packets import eth, icmp, icmpv6, ip, ipv6, udp

from pcapcheck.outcome.exchange import exchanges


def words(*frames):
    """Return what each frame at node1's uplink is, by its source."""
    rows = exchanges(network({"pod1": frames})).sort("first")
    return rows["what"].to_list()


@pytest.mark.parametrize(
    ("flags", "word"), [(0x02, "ask"), (0x10, "further"), (0x18, "further"), (0x14, "reset"), (0x04, "reset")]
)
def test_segments_of_a_client(flags, word):
    assert words(ask(flags=flags)) == [word]


def test_a_syn_ack_answers():
    assert words(ask(), answer()) == ["ask", "answer"]


def echo(type_, source, destination):
    return eth(ip(icmp(type=type_, word=7 << 16), source, destination, id=9))


def test_echoes_are_told_by_their_type_whoever_was_seen_first():
    assert words(echo(0, POD2, POD1), echo(8, POD1, POD2)) == ["answer", "ask"]


def test_echoes_of_ipv6():
    frames = [
        eth(ipv6(icmpv6(type=128, word=7 << 16), "fd00::1", "fd00::2")),
        eth(ipv6(icmpv6(type=129, word=7 << 16), "fd00::2", "fd00::1")),
    ]
    assert words(*frames) == ["ask", "answer"]


def test_datagrams_are_told_by_their_direction():
    there = eth(ip(udp(b"a" * 20, sport=41000, dport=53), POD1, POD2, id=1))
    back = eth(ip(udp(b"b" * 20, sport=53, dport=41000), POD2, POD1, id=2))
    assert words(there, back) == ["ask", "answer"]


def test_equal_segments_are_counted_with_their_times():
    rows = exchanges(network({"pod1": [ask(), ask()]}))
    row = rows.row(0, named=True)
    assert (row["packets"], row["last"] > row["first"]) == (2, True)
