import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from pcapcheck.commands.flows import command

SAMPLES = Path(__file__).parents[2] / "samples"
GOOD = str(SAMPLES / "flannel-clusterip")


def run(*arguments):
    return CliRunner().invoke(command, [str(each) for each in arguments], standalone_mode=False)


def test_table_has_a_row_a_flow_with_its_translation():
    head, *rows = run(GOOD).stdout.splitlines()
    assert head.split()[:4] == ["#", "flow", "traffic", "source"]
    assert [row.split()[0] for row in rows] == [str(number + 1) for number in range(len(rows))]
    assert any("pod-to-service" in row and "10.96.0.20:80 -> 10.100.1.2:80" in row for row in rows)


def test_formats_hold_the_same_flows(tmp_path):
    names = [each["flow"] for each in json.loads(run(GOOD, "--format", "json").stdout)["flows"]]
    rows = csv.DictReader(io.StringIO(run(GOOD, "--format", "csv").stdout))
    run(GOOD, "--format", "parquet", "-o", tmp_path / "f.parquet")
    assert [each["flow"] for each in rows] == names
    assert pl.read_parquet(tmp_path / "f.parquet")["flow"].to_list() == names


def test_filter_and_flow_narrow_the_table():
    everything = run(GOOD).stdout.splitlines()[1:]
    name = everything[0].split()[1]
    assert [row.split()[1] for row in run(GOOD, "--flow", name).stdout.splitlines()[1:]] == [name]
    matching = [row.split()[1] for row in run(GOOD, "-Y", "inner.tcp.dstport=80").stdout.splitlines()[1:]]
    assert 0 < len(matching) < len(everything)
    assert all(each.startswith("tcp/") for each in matching)


def test_file_that_is_no_capture_is_said_with_status_2(tmp_path):
    (tmp_path / "x.pcap").write_bytes(b"this is no capture at all, nothing")
    done = run(Path(GOOD) / "node1_eth0.pcap", tmp_path / "x.pcap")
    assert done.return_value == 2
    assert "x.pcap" in done.stderr
    assert "tcp/" in done.stdout


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_equal_input_gives_equal_bytes(form):
    assert run(GOOD, "--format", form).stdout == run(GOOD, "--format", form).stdout
