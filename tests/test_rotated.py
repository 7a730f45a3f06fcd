"""Rotated files: what tcpdump -C, -G or -W wrote one after the other is one capture point, in time order."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import disturb
import pytest
from inturn import in_turn

SAMPLES = Path(__file__).parents[1] / "samples"
PARTS = 12
ROTATED = {
    "size": lambda name, part: f"{name}.pcap{part or ''}",  # -C 1
    "ring": lambda name, part: f"{name}.pcap{(part + 5) % PARTS:02}",  # -C 1 -W 12, the oldest at 05
    "time": lambda name, part: (
        f"{name}-20260131_{part:02}0000.pcap"
    ),  # -G 3600 -w node1_eth0-%Y%m%d_%H%M%S.pcap
}


def rotated(sample, folder, name):
    """Write each capture of a sample as several files."""
    shutil.copy(sample / "topology.yaml", folder)
    for file in sample.glob("*.pcap"):
        data = file.read_bytes()
        records = list(disturb.records(data))
        each = -(-len(records) // PARTS)
        for part in range(PARTS):
            some = records[part * each : (part + 1) * each]
            (folder / name(file.stem, part)).write_bytes(disturb.written(data, some))


def report(folder):
    command = [sys.executable, "-m", "pcapcheck", "check", str(folder), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout)


def said(found):
    """Return what a report says, without the names and frame numbers of files."""
    if isinstance(found, dict):
        return {
            key: said(value) for key, value in found.items() if key not in ("captures", "frames", "topology")
        }
    return [said(each) for each in found] if isinstance(found, list) else found


@pytest.mark.parametrize("way", ROTATED)
@pytest.mark.parametrize("sample", in_turn(["flannel-external", "flannel-vxlan-dropped-at-hop"], 2))
def test_rotated_files_are_one_point_in_time_order(tmp_path, sample, way):
    rotated(SAMPLES / sample, tmp_path, ROTATED[way])
    assert said(report(tmp_path)) == said(report(SAMPLES / sample))
