"""A Dask cluster: the same bytes as one process gives, also when a worker dies; what is told else."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import shared
from daskcluster import dask_cluster

from pcapcheck.errors import InputError
from pcapcheck.scale.dask import DaskExecutor
from pcapcheck.scale.resources import opened

SAMPLES = Path(__file__).parents[2] / "samples"
HOSTS = Path(__file__).parents[1] / "benchmarks" / "hosts.py"
SHOWN = ("flannel-vxlan-dropped-at-hop", "flannel-external")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with dask_cluster(tmp_path_factory.mktemp("dask")) as running:
        yield running


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Return a folder of captures with so many packets that several tasks are made of them."""
    folder = tmp_path_factory.mktemp("large")
    subprocess.run([sys.executable, str(HOSTS), str(folder), "2", "100000", "3"], check=True)
    return folder


def pcapcheck(*words, cwd=SAMPLES.parent):
    words = [sys.executable, "-m", "pcapcheck", *map(str, words)]
    done = subprocess.run(words, cwd=cwd, capture_output=True, check=False)
    assert done.returncode in (0, 1, 3), done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("sample", SHOWN)
def test_check_gives_the_same_bytes_as_one_process(cluster, sample):
    command = ("check", f"samples/{sample}", "--format", "json")
    alone = pcapcheck(*command)
    assert pcapcheck(*command, "--scheduler", cluster.address) == alone


def test_an_archive_is_unpacked_where_the_workers_see_it(cluster, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "captures"), "gztar", SAMPLES, SHOWN[0])
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    command = ("check", archive, "--format", "json", "--scratch", scratch)
    assert pcapcheck(*command, "--scheduler", cluster.address) == pcapcheck(*command)
    assert list(scratch.iterdir()) == []


def test_flows_gives_the_same_bytes_as_one_process(cluster):
    command = ("flows", "samples/flannel-external", "--format", "csv")
    assert pcapcheck(*command, "--scheduler", cluster.address) == pcapcheck(*command)


def test_a_stream_is_read_here_and_sent_there(cluster):
    command = f"{sys.executable} -m pcapcheck flows - --scheduler {cluster.address}"
    with (SAMPLES / "calico-ipip/node1_eth0.pcap").open("rb") as stream:
        done = subprocess.run(command.split(), stdin=stream, capture_output=True, check=True)
    assert done.stdout.count(b"\n") > 1


def test_partitions_do_not_change_the_report(cluster, large):
    command = ("check", large, "--format", "json", "--memory", "400MB")
    alone = pcapcheck(*command, "--jobs", "1")
    assert pcapcheck(*command, "--jobs", "2") == alone
    assert pcapcheck(*command, "--scheduler", cluster.address) == alone


@pytest.mark.slow
@pytest.mark.parametrize("scenario", shared.scenarios())
def test_shared_scenario_gives_the_same_bytes_everywhere(cluster, scenario):
    command = ("check", shared.CAPTURES / scenario, "--format", "json")
    alone = pcapcheck(*command, "--jobs", "1")
    assert pcapcheck(*command, "--jobs", "2") == alone
    assert pcapcheck(*command, "--scheduler", cluster.address) == alone


def test_a_worker_that_dies_changes_nothing(tmp_path, large):
    command = ("check", large, "--format", "json", "--memory", "400MB")
    with dask_cluster(tmp_path) as running:
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        killer = threading.Thread(target=kill_when_busy, args=(running, scratch))
        killer.start()
        told = pcapcheck(*command, "--scheduler", running.address, "--scratch", scratch)
        killer.join()
        assert running.workers[0].poll() is not None
        assert list(scratch.iterdir()) == []
    assert told == pcapcheck(*command, "--jobs", "1")


def kill_when_busy(running, scratch):
    """Kill a worker as soon as a task has written something."""
    while not list(scratch.glob("*/*.arrow")):
        time.sleep(0.01)
    running.kill_one()


@pytest.mark.parametrize(("size", "said"), [(4, "is another file"), (None, "is not there")])
def test_captures_that_workers_see_otherwise_are_an_error(cluster, tmp_path, monkeypatch, size, said):
    file = tmp_path / "a.pcap"
    file.write_bytes(b"12345")
    with opened(scheduler=cluster.address) as using:
        using.executor.check([str(file), str(tmp_path), str(tmp_path / "no")])
        monkeypatch.setattr(using.executor, "_asked", lambda *_: {"tcp://w": {str(file): size}})
        with pytest.raises(InputError, match=f"{said} for the worker tcp://w"):
            using.executor.check([str(file)])


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:8786", "not the address of a scheduler"),
        ("tcp://127.0.0.1:9", "nothing answers there"),
        ("tcp://127.0.0.1:99999", "not the address of a scheduler"),
    ],
)
def test_a_scheduler_that_is_not_there_is_an_error(address, said, monkeypatch):
    monkeypatch.setattr("pcapcheck.scale.dask.CONNECT_TIMEOUT", 0.1)
    with pytest.raises(InputError, match=said):
        DaskExecutor(address)


def test_a_cluster_without_workers_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("pcapcheck.scale.dask.ARRIVAL", 1)
    with (
        dask_cluster(tmp_path, workers=0) as running,
        pytest.raises(InputError, match="has no workers"),
    ):
        DaskExecutor(running.address)


def test_workers_of_another_version_are_an_error(cluster, monkeypatch):
    monkeypatch.setattr("pcapcheck.scale.dask.__version__", "99.0")
    with pytest.raises(InputError, match=r"but this is 99\.0"):
        DaskExecutor(cluster.address)
