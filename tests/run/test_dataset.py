"""The dataset: whole or not there, a file a partition, columns as promised."""

import sys
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from pcapcheck.commands.flows import command
from pcapcheck.errors import InputError
from pcapcheck.run import dataset
from pcapcheck.scale import memory

SAMPLES = Path(__file__).parents[2] / "samples"


def flows(*words):
    return CliRunner().invoke(command, list(map(str, words)), catch_exceptions=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "dataset"
    words = (SAMPLES / "flannel-external", "--format", "parquet", "-o", f"{folder}/", "--sightings")
    assert flows(*words).exit_code == 0
    return folder


def test_columns_are_those_that_are_promised(written):
    table = pl.read_parquet(written / "sightings")
    assert dict(table.schema) == dict(dataset.SIGHTINGS)
    metadata = pl.read_parquet_metadata(written / "sightings" / "part-00000.parquet")
    assert metadata["pcapcheck"] == "parquet-v1"


def test_every_packet_of_every_point_is_there_once(written):
    table = pl.read_parquet(written / "sightings")
    assert len(table.unique(["file", "frame"])) == len(table)
    here = table.filter(pl.col("file").str.ends_with("node1_eth0.pcap"))
    assert here.select("node", "interface", "role", "pod").unique().rows() == [
        ("node1", "eth0", "uplink", None)
    ]


def test_a_packet_is_found_again_at_the_next_point(written):
    table = pl.read_parquet(written / "sightings").filter(pl.col("kind") == "tcp")
    per_packet = table.group_by("flow", "from_client", "identity", "start", "length").agg(pl.col("interface"))
    assert per_packet["interface"].list.len().max() > 3


def test_flows_are_there_too(written):
    table = pl.read_parquet(written / "flows")
    assert set(table["flow"]) <= set(pl.read_parquet(written / "sightings")["flow"])


def test_there_is_a_file_a_partition(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "FOLLOWED", memory.DEFAULT_MEMORY // 100)
    folder = tmp_path / "d"
    words = (SAMPLES / "flannel-external", "--format", "parquet", "-o", f"{folder}/", "--sightings")
    assert flows(*words).exit_code == 0
    files = list((folder / "sightings").iterdir())
    assert len(files) > 1
    assert {file.suffix for file in files} == {".parquet"}


def test_without_sightings_only_flows_are_written(tmp_path):
    assert flows(SAMPLES / "calico-ipip", "--format", "parquet", "-o", f"{tmp_path}/d/").exit_code == 0
    assert [file.name for file in (tmp_path / "d").iterdir()] == ["flows"]


def test_sightings_go_nowhere_else(tmp_path):
    done = flows(SAMPLES / "calico-ipip", "--sightings")
    assert (done.exit_code, "--sightings is written to a dataset" in done.output) == (2, True)


def test_a_folder_that_is_not_empty_is_refused(tmp_path):
    (tmp_path / "a").write_text("a")
    with pytest.raises(InputError, match="there is something already"), dataset.new_folder(str(tmp_path)):
        sys.exit("not reached")


def test_what_fails_leaves_no_folder(tmp_path):
    with pytest.raises(ZeroDivisionError), dataset.new_folder(str(tmp_path / "d")) as folder:
        raise ZeroDivisionError(folder)
    assert list(tmp_path.iterdir()) == []
