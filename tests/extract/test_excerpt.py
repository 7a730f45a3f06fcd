"""An excerpt has the chosen packets, in the order of the file."""

import pytest
from captures_build import SECONDS, pcap, record
from packets import eth, ip, udp

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.capture.inputs import Input
from pcapcheck.check.finding import Frame
from pcapcheck.decode.registry import dissector_table
from pcapcheck.errors import InputError
from pcapcheck.extract.chosen import Choice
from pcapcheck.extract.excerpt import Excerpt, ExtractMeans

TABLE = dissector_table()
PACKETS = [eth(ip(udp(b"payload", dport=53), id=number)) for number in (1, 2, 3)]


@pytest.fixture
def capture(tmp_path):
    records = [record(packet, seconds=SECONDS + row) for row, packet in enumerate(PACKETS)]
    (tmp_path / "a.pcap").write_bytes(pcap(*records) + b"cut")
    return Input(str(tmp_path / "a.pcap"), "a.pcap", named=True)


def taken(capture, pseudonyms=None, **choice):
    return list(Excerpt(capture, ExtractMeans(Choice(**choice), TABLE, pseudonyms)).packets())


def test_all_packets_are_those_of_the_file(capture):
    assert [packet.data for packet in taken(capture)] == PACKETS


def test_frames_are_counted_from_one(capture):
    assert [packet.data for packet in taken(capture, frames={"a.pcap": frozenset({2})})] == [PACKETS[1]]


def test_capture_of_which_no_frame_is_chosen_gives_none(capture):
    assert taken(capture, frames={"b.pcap": frozenset({1})}) == []


def test_packets_outside_the_times_are_left_out(capture):
    second = 10**9
    chosen = taken(capture, since=(SECONDS + 1) * second, until=(SECONDS + 1) * second)
    assert [packet.data for packet in chosen] == [PACKETS[1]]


def test_comments_go_with_their_frames(capture):
    comments = {Frame("a.pcap", 3): ("breaks a/b",)}
    assert [packet.comments for packet in taken(capture, comments=comments)] == [(), (), ("breaks a/b",)]


def test_anonymised_packets_keep_times_comments_and_lengths(capture):
    comments = {Frame("a.pcap", 3): ("breaks a/b",)}
    plain, anonymous = (taken(capture, each, comments=comments) for each in (None, Pseudonyms("k")))
    assert [(each.time, len(each.data), each.comments) for each in anonymous] == [
        (each.time, len(each.data), each.comments) for each in plain
    ]
    assert all(b"payload" not in each.data for each in anonymous)


def test_what_is_wrong_with_the_file_is_said(capture):
    excerpt = Excerpt(capture, ExtractMeans(Choice(), TABLE))
    list(excerpt.packets())
    assert excerpt.notes == ("it ends within a packet",)


def test_file_that_is_no_capture_is_an_input_error(tmp_path):
    (tmp_path / "x.pcap").write_bytes(b"no capture at all")
    with pytest.raises(InputError):
        Excerpt(Input(str(tmp_path / "x.pcap"), "x.pcap", named=True), ExtractMeans(Choice(), TABLE))
