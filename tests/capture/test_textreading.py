"""Hostile and damaged text gives a result or a clear error."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pasted import HEADER, PING, PONG, field, places, text_of

from pcapcheck.capture.source import open_capture
from pcapcheck.capture.textreading import TextReading

VOCABULARY = """
    IP IP6 ARP, > : 10.0.0.1 10.0.0.2.80: fe80::1 Flags [S], seq 1:2, ack win length 4 options [ ] (
    ) (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60) OTV, flags [I] (0x08),
    overlay 0, instance 1 GREv0, key=0x1, ICMP echo request, id seq udp port 53 unreachable,
    ethertype IPv4 (0x0800), 02:00:00:00:00:01 In Out eth0 ``` # ## 12:00:00.1 listening on eth0,
    link-type EN10MB packets captured 0x0000: 4500 [|tcp] -> vlan 5, p 0, Geneve, Flags [none], vni
    0x5: ESP(spi=0x1,seq=0x2), length
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\x1b[1m", "\u2192"])
LINES = st.lists(st.lists(WORDS, max_size=14).map(" ".join), max_size=12)


@given(LINES)
@settings(max_examples=200, deadline=None)
def test_any_words_give_packets_or_none(lines):
    packets = list(TextReading().packets([HEADER, *lines, f"12:00:00.1 {' '.join(lines)}"]))
    assert all(len(packet.frame.piece.data) <= packet.frame.piece.size for _, packet in packets)


def test_packets_within_packets_end_somewhere(tmp_path):
    nested = "IP 10.0.0.1 > 10.0.0.2: " * 5000
    path = text_of(tmp_path, HEADER, PING, f"12:00:01.2 {nested}", PONG)
    assert sum(map(len, open_capture(path).blocks())) == 3


def test_comments_between_packets_are_no_packets(tmp_path):
    path = text_of(
        tmp_path, HEADER, PING, "<-- and here the answer is missing", "", "# 5 seconds later", PONG
    )
    assert field(path, "icmp.type") == [8, 0]


def test_markdown_in_a_name_is_no_place(tmp_path):
    path = text_of(tmp_path, "## [node-1](http://x/**y**) `eth0`", "```", HEADER, PING, "```")
    assert sum(places(path).values()) == 1


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("root@worker-1:/opt# tcpdump -nni eth0 port 53", "worker-1_eth0"),
        ("[root@worker-1 ~]$ sudo tcpdump -i eth0", "worker-1_eth0"),
        ("worker-1$ tcpdump -ieth0", "worker-1_eth0"),
        ("$ ssh worker-1 sudo tcpdump -i eth0", "worker-1_eth0"),
        ("$ kubectl exec -it web-0 -c app -- tcpdump -i eth0", "web-0_eth0"),
        ("$ kubectl debug node/worker-1 -it --image=x -- tcpdump -i eth0", "worker-1_eth0"),
        ("/ # tcpdump -i eth0", "eth0"),
    ],
)
def test_command_tells_where_it_was_run(tmp_path, line, wanted):
    assert places(text_of(tmp_path, line, PING)) == {wanted: 1}


def test_two_commands_without_headers_are_two_consoles(tmp_path):
    path = text_of(tmp_path, "a-1$ tcpdump -i eth0", PING, "a-2$ tcpdump -i eth0", PING, PONG)
    assert places(path) == {"a-1_eth0": 1, "a-2_eth0": 2}


def test_times_without_a_date_go_on_after_midnight(tmp_path):
    path = text_of(
        tmp_path, HEADER, PING.replace("12:00:01", "23:59:59"), PONG.replace("12:00:01", "00:00:01")
    )
    (block,) = open_capture(path).blocks()
    assert block.time[1] - block.time[0] < 3_000_000_000
    assert block.time[1] > block.time[0]
