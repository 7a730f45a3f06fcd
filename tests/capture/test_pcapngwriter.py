"""Writing a pcapng: what is read back is what was written, by us and by tshark."""

import io
import subprocess

import pytest

from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.capture.pcapngwriter import Writer
from pcapcheck.capture.source import open_capture

TIME = 1_700_000_000_123_456_789
ETH0 = CaptureInterface(1, name="eth0", description="k8s.node=node1", snaplen=262144)


def written(path, *packets, interfaces=(ETH0,), counted=()):
    with path.open("wb") as stream:
        writer = Writer(stream)
        for each in interfaces:
            writer.interface(each)
        for packet in packets:
            writer.packet(*packet)
        for number, each in counted:
            writer.count(number, each)
    return open_capture(str(path))


def test_packets_come_back_with_their_times_and_lengths(tmp_path):
    capture = written(tmp_path / "x.pcapng", (0, TIME, b"abc", 3), (0, TIME + 1, b"defgh", 1500))
    (block,) = capture.blocks()
    assert block.time.tolist() == [TIME, TIME + 1]
    assert block.captured.tolist() == [3, 5]
    assert block.original.tolist() == [3, 1500]
    assert block.data[block.offset[1] : block.offset[1] + 5].tobytes() == b"defgh"


def test_interfaces_come_back_as_they_were(tmp_path):
    full = CaptureInterface(
        276, "any", "all of node1", snaplen=96, filter="tcp", hardware="e1000", mac="52:54:00:00:00:01"
    )
    capture = written(tmp_path / "x.pcapng", (1, TIME, b"a", 1), interfaces=(ETH0, full))
    list(capture.blocks())
    assert capture.interfaces == (ETH0, full)


def test_counters_come_back(tmp_path):
    counted = CaptureInterface(1, "eth0", dropped=7, start=TIME, end=TIME + 5)
    capture = written(
        tmp_path / "x.pcapng",
        (0, TIME, b"a", 1),
        interfaces=(CaptureInterface(1, "eth0"),),
        counted=[(0, counted)],
    )
    list(capture.blocks())
    assert capture.interfaces == (counted,)


def test_comments_come_back(tmp_path):
    capture = written(tmp_path / "x.pcapng", (0, TIME, b"a", 1, ("breaks a/b", "ämter")), (0, TIME, b"b", 1))
    list(capture.blocks())
    assert capture.comments == {1: ("breaks a/b", "ämter")}


def test_time_before_1970_is_written_as_the_first_that_can_be(tmp_path):
    (block,) = written(tmp_path / "x.pcapng", (0, -5, b"a", 1)).blocks()
    assert block.time.tolist() == [0]


def test_comment_is_cut_at_the_longest_option(tmp_path):
    capture = written(tmp_path / "x.pcapng", (0, TIME, b"a", 1, ("x" * 70000,)), (0, TIME, b"bb", 2))
    (block,) = capture.blocks()
    assert block.captured.tolist() == [1, 2]


def test_no_packets_are_a_capture_too(tmp_path):
    capture = written(tmp_path / "x.pcapng")
    assert list(capture.blocks()) == []
    assert capture.summary.notes == ()


@pytest.mark.tshark
def test_tshark_shows_interface_and_comment(tmp_path, tshark):
    written(tmp_path / "x.pcapng", (0, TIME, bytes(60), 60, ("breaks a/b",)))
    names = ("frame.interface_name", "frame.interface_description", "frame.comment", "frame.time_epoch")
    command = [tshark, "-r", str(tmp_path / "x.pcapng"), "-Tfields"]
    command += [option for name in names for option in ("-e", name)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert shown == "eth0\tk8s.node=node1\tbreaks a/b\t1700000000.123456789\n"


def test_section_begins_as_a_pcapng_does():
    stream = io.BytesIO()
    Writer(stream)
    assert stream.getvalue()[:4] == b"\n\r\r\n"
