import pytest

from pcapcheck.check.finding import Frame, Hop
from pcapcheck.report import quantity


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [
        (0, "0 ns"),
        (41_000, "41 us"),
        (1_254_000, "1.25 ms"),
        (-3_200, "-3.2 us"),
        (63 * 10**9, "63 s"),
        (100, "100 ns"),
    ],
)
def test_duration_has_the_unit_that_fits(nanoseconds, text):
    assert quantity.duration(nanoseconds) == text


def test_size_has_si_units():
    assert [quantity.size(number) for number in (512, 3402, 1_500_000)] == ["512 B", "3.4 kB", "1.5 MB"]


def test_count_has_a_plural():
    assert [quantity.count(number, "flow") for number in (0, 1, 1200)] == ["0 flows", "1 flow", "1,200 flows"]


def test_moment_is_in_utc():
    assert quantity.moment(1_767_225_600_123_456_789) == "2026-01-01T00:00:00.123456Z"


def test_moment_outside_the_calendar_is_a_number():
    assert quantity.moment(2**70) == f"{2**70} ns since 1970"


def test_frames_of_one_file_stand_together():
    frames = (Frame("a.pcap", 1), Frame("b.pcap", 9), Frame("a.pcap", 3))
    assert quantity.frames_text(frames) == "a.pcap frames 1, 3; b.pcap frame 9"


@pytest.mark.parametrize(
    ("hop", "text"),
    [
        (Hop("node1", "eth0", "uplink", "vxlan"), "node1 eth0 (uplink, vxlan)"),
        (Hop("node1", "eth0", "pod", "plain", pod="default/web-1"), "default/web-1 eth0 (pod)"),
        (Hop("node1", "eth0", "uplink", "plain", number=2), "node1 eth0 (uplink, second pass)"),
        (Hop(None, "eth0", "uplink", "plain"), "eth0 (uplink)"),
    ],
)
def test_hop_is_named_by_its_place(hop, text):
    assert quantity.hop_place(hop) == text
