"""Short snap lengths (tcpdump -s 96): headers that were cut off are not half read, and nobody is accused."""

import json
import struct
from pathlib import Path

import disturb
import pytest

from pcapcheck.api import check

SAMPLES = Path(__file__).parents[1] / "samples"
LENGTHS = (128, 116, 100, 96, 94, 92, 80, 72, 68, 64, 48, 44, 40)
TRUTHS = sorted(SAMPLES.glob("*/truth.json"))
HEALTHY = [file.parent.name for file in TRUTHS if json.loads(file.read_text(encoding="utf-8"))["conformant"]]
IN_TURN = [(name, LENGTHS[number % len(LENGTHS)]) for number, name in enumerate(HEALTHY)]
ALL = [(name, length) for name in HEALTHY for length in LENGTHS]


def snapped(data, length):
    """Return a classic pcap as `tcpdump -s length` would have written it."""
    return disturb.written(data, [(time, _cut(rest, length)) for time, rest in disturb.records(data)])


def _cut(rest, length):
    captured, original = struct.unpack_from("<II", rest)
    kept = min(captured, length)
    return struct.pack("<II", kept, original) + rest[8 : 8 + kept]


def checked(folder, length, into):
    for file in folder.glob("*.pcap"):
        (into / file.name).write_bytes(snapped(file.read_bytes(), length))
    for file in folder.glob("topology.yaml"):
        (into / file.name).write_bytes(file.read_bytes())
    return check(into)


def accused(result):
    return [*(each.id for each in result.diagnoses), *(each.rule for each in result.findings)]


@pytest.mark.parametrize(
    ("name", "length"),
    [pytest.param(*each, marks=() if each in IN_TURN else pytest.mark.slow) for each in ALL],
)
def test_nobody_is_accused_by_what_was_cut_off(tmp_path, name, length):
    result = checked(SAMPLES / name, length, tmp_path)
    assert accused(result) == []
    cut = sum(each.cut for each in result.captures)
    assert result.verdict == ("inconclusive" if cut else "conformant")


def test_what_was_cut_off_is_counted_and_said(tmp_path):
    result = checked(SAMPLES / "flannel-vxlan", 96, tmp_path)
    assert "cut off headers" in result.report.caveats[0]
    assert sum(each.cut for each in result.captures) > 0


def test_headers_that_are_whole_are_judged_as_before(tmp_path):
    result = checked(SAMPLES / "flannel-vxlan-vni-mismatch", 128, tmp_path)
    assert result.diagnoses[0].id == "vni-mismatch"
