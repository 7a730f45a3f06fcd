"""The benchmarks run, and what they measure is healthy traffic."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def table(script, *arguments):
    command = [sys.executable, str(HERE / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_ten_points_are_conformant():
    row = table("points.py", "--packets", "3000").splitlines()[-1]
    assert row.startswith("| 3,000 |")
    assert row.endswith("| 0 |")


@pytest.mark.slow
def test_the_table_of_speed():
    shown = table("speed.py", "--packets", "50000")
    assert shown.count("| flows |") == 2
    assert "exit" not in shown


@pytest.mark.slow
def test_the_tables_of_scale(tmp_path):
    sizes = ("--packets", "20000", "--points", "10", "--equal", "20000", "--object", "3000000")
    shown = table("scale.py", *sizes, "--folder", str(tmp_path))
    assert shown.count("the same bytes") == 3
    assert "OTHER BYTES" not in shown
