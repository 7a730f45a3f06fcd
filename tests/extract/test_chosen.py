"""Choosing frames by their numbers."""

import pytest

from pcapcheck.check.finding import Frame
from pcapcheck.errors import InputError
from pcapcheck.extract.chosen import Choice, frames_of, read_frames

FILES = ("captures/node1_eth0.pcap", "captures/node2_eth0.pcap", "other/node2_eth0.pcap")


def test_numbers_and_ranges_of_a_file_follow_its_name():
    found = read_frames(["node1_eth0.pcap:3,7-9"], FILES)
    assert found == {"captures/node1_eth0.pcap": frozenset({3, 7, 8, 9})}


def test_several_files_may_stand_in_one_option():
    found = read_frames(["node1_eth0.pcap:3,other/node2_eth0.pcap:4"], FILES)
    assert found == {"captures/node1_eth0.pcap": frozenset({3}), "other/node2_eth0.pcap": frozenset({4})}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3", "names no capture"),
        ("node1_eth0.pcap:", "not the number of a frame"),
        ("node1_eth0.pcap:0", "not the number of a frame"),
        ("node1_eth0.pcap:9-7", "not a valid range"),
        ("node1_eth0.pcap:1-999999999", "not a valid range"),
        ("node1_eth1.pcap:3", "did you mean `node1_eth0.pcap`?"),
        ("node2_eth0.pcap:3", "2 captures have this name"),
    ],
)
def test_mistake_says_what_is_wrong(text, said):
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        read_frames([text], FILES)


def test_frames_are_grouped_by_file():
    assert frames_of([Frame("a", 1), Frame("b", 2), Frame("a", 3)]) == {"a": {1, 3}, "b": {2}}


def test_choice_without_any_frame_is_empty():
    assert Choice({}).empty
    assert Choice({"a": frozenset()}).empty
    assert not Choice().empty
