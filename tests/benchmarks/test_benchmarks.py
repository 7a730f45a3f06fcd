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
def test_two_versions_take_turns(tmp_path):
    checkout, runs = str(HERE.parents[1]), ("--runs", "1", "--only", "flows", "points", "version")
    sizes = ("--size", "0.003", "--folder", str(tmp_path))
    rows = [row.split(" | ") for row in table("against.py", checkout, checkout, *runs, *sizes).splitlines()]
    assert [row[0] for row in rows[2:]] == ["| flows", "| points", "| version"]
    assert [row[-1] for row in rows[2:]] == ["0 |"] * 3


def test_an_installed_version_is_not_led_to_another(tmp_path, monkeypatch):
    program = tmp_path / "pcapcheck"
    program.write_text('#!/bin/sh\ntest -z "$PYTHONPATH"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    shown = table("against.py", str(program), str(program), "--runs", "1", "--only", "version")
    assert shown.endswith("| 0 |\n")


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
