"""What goes wrong in a long run: the right result or one clear error, never half of one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from webserver import web_server

from pcapcheck.capture.inputs import find_inputs
from pcapcheck.run.check import run
from pcapcheck.run.settings import Settings
from pcapcheck.topology.load import load_topology

HOSTS = Path(__file__).parent / "benchmarks" / "hosts.py"
SAMPLE = Path(__file__).parents[1] / "samples" / "flannel-vxlan"
SOON = 4  # seconds; on a machine that is not busy it takes less than one
PCAPCHECK = (sys.executable, "-m", "pcapcheck")


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    subprocess.run([sys.executable, str(HOSTS), str(folder), "2", "300000"], check=True)
    return folder


def alive(session):
    """Return the processes of a session, without those that are only waiting to be forgotten."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, number = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if number == str(session) and state != "Z":
            found.append(stat.parent.name)
    return found


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_leaves_neither_scratch_nor_processes(tmp_path, large, jobs):
    words = (*PCAPCHECK, "check", str(large), "--jobs", jobs, "--memory", "400MB", "--scratch", str(tmp_path))
    process = subprocess.Popen(words, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not list(tmp_path.glob("*/*.arrow")):
        assert process.poll() is None
        time.sleep(0.01)
    sent = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    shown, said = process.communicate()
    assert (process.returncode, shown, said) == (130, b"", b"")
    assert time.monotonic() - sent < SOON
    while alive(process.pid) and time.monotonic() - sent < SOON:
        time.sleep(0.01)
    assert (alive(process.pid), list(tmp_path.iterdir())) == ([], [])


def test_a_worker_that_dies_changes_nothing(tmp_path, large):
    words = (*PCAPCHECK, "check", str(large), "--format", "json", "--memory", "400MB", "--scratch", tmp_path)
    process = subprocess.Popen((*words, "--jobs", "2"), start_new_session=True, stdout=subprocess.PIPE)
    while not list(tmp_path.glob("*/*.arrow")):
        assert process.poll() is None
        time.sleep(0.01)
    worker = next(each for each in alive(process.pid) if each != str(process.pid))
    os.kill(int(worker), signal.SIGKILL)
    shown, _ = process.communicate()
    alone = subprocess.run((*words, "--jobs", "1"), stdout=subprocess.PIPE, check=False)
    assert (process.returncode, shown) == (alone.returncode, alone.stdout)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def small_disk(tmp_path):
    """Return a folder with room for three megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if not made or made.returncode:
        pytest.skip("no small disk: only root can make one")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_is_one_clear_error(small_disk, large, jobs):
    words = (*PCAPCHECK, "check", large, "--jobs", jobs, "--memory", "400MB", "--scratch", small_disk)
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0].startswith(f"error: {small_disk}: ")
    assert "name a folder with more room: --scratch" in done.stderr
    assert list(small_disk.iterdir()) == []


def test_an_object_that_vanishes_is_in_the_report_and_nothing_of_it(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "sample")
    with web_server(tmp_path) as server:
        inputs = find_inputs((f"{server.address}/sample/",))
        topology = load_topology(inputs.topology.path)
        (tmp_path / "sample" / "node1_eth0.pcap").unlink()
        result = run(inputs, topology, Settings())
    errors = {Path(each.file).name: each.error for each in result.captures if each.error}
    assert list(errors) == ["node1_eth0.pcap"]
    assert "there is no such file" in errors["node1_eth0.pcap"]
