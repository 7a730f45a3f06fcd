"""Texts are opened as captures: in a folder, by name, among captures, and once for each process."""

import pytest
from pasted import HEADER, PING, PONG, text_of

from pcapcheck.capture.headerbytes import PAYLOADS
from pcapcheck.capture.inputs import find_inputs
from pcapcheck.capture.source import open_capture
from pcapcheck.capture.textfile import all_text, identifying
from pcapcheck.errors import InputError


def test_text_can_be_read_again(tmp_path):
    path = text_of(tmp_path, HEADER, PING)
    capture = open_capture(path)
    assert [len(block) for _ in range(2) for block in capture.blocks()] == [1, 1]
    assert capture.format == "text"
    assert len(capture.ranges(4)) == 1


def test_text_that_grew_is_read_anew(tmp_path):
    path = text_of(tmp_path, HEADER, PING)
    assert sum(map(len, open_capture(path).blocks())) == 1
    text_of(tmp_path, HEADER, PING, PONG)
    assert sum(map(len, open_capture(path).blocks())) == 2


def test_texts_in_a_folder_are_captures_and_other_texts_are_not(tmp_path):
    text_of(tmp_path, "# notes", "nothing was captured", name="notes.md")
    text_of(tmp_path, HEADER, PING, name="node-a.eth0.txt")
    text_of(tmp_path, "Capturing on 'eth0'", "0 packets captured", name="node-b.log")
    found = find_inputs((str(tmp_path),))
    assert [each.path.rpartition("/")[2] for each in found.captures] == ["node-a.eth0.txt", "node-b.log"]
    assert all_text(found.captures)


def test_folder_with_a_text_without_packets_says_what_it_seems_to_be(tmp_path):
    text_of(tmp_path, "I ran tcpdump and saw nothing.", name="report.md")
    with pytest.raises(InputError, match=r"report.md: it is text in which no packet is printed"):
        find_inputs((str(tmp_path),))


def test_what_one_text_lacks_identifies_nothing(tmp_path):
    verbose = "12:00:01.1 IP (tos 0x0, ttl 64, id 9, offset 0, flags [DF], proto ICMP (1), length 84)"
    short = text_of(tmp_path, HEADER, PING, name="a.txt")
    long = text_of(tmp_path, HEADER, verbose, f"    {PONG.partition('IP ')[2]}", name="b.txt")
    assert "ip.id" in identifying([short, long])
    assert "ip.id" not in identifying([long])


def test_payloads_count_only_among_texts_that_dump_as_much(tmp_path):
    plain = text_of(tmp_path, HEADER, PING, name="a.txt")
    dumped = text_of(
        tmp_path,
        HEADER,
        "12:00:01.1 IP 10.1.0.2.40000 > 10.1.0.3.9: UDP, length 4",
        "\t0x0000:  4500 0020 1234 4000 3e11 1494 0a01 0002",
        "\t0x0010:  0a01 0003 9c40 0009 000c 0000 6162 6364",
        name="b.txt",
    )
    assert identifying([plain, dumped]) >= PAYLOADS
    assert not identifying([dumped])
