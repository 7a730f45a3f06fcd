"""A real Dask cluster for tests: a scheduler and workers on loopback, as a person would start them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 60  # seconds for a process to start on a busy machine


@dataclass
class Cluster:
    """A running cluster: the scheduler's address, and the processes of its workers."""

    address: str
    workers: list[subprocess.Popen] = field(default_factory=list)

    def kill_one(self) -> None:
        """End a worker as the system does when memory runs out."""
        self.workers[0].send_signal(signal.SIGKILL)


@contextmanager
def dask_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Start a cluster that keeps its files in `folder`; end all of its processes."""
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)  # of a cluster that was there before
    started = [
        _dask(folder, "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    ]
    try:
        _wait(lambda: file.exists() and file.read_text().rstrip().endswith("}"))  # it is written in place
        for _ in range(workers):
            options = ("--scheduler-file", str(file), "--nthreads", "1", "--no-nanny")
            started.append(_dask(folder, "worker", *options, "--local-directory", str(folder)))
        yield Cluster(_address(file, workers), started[1:])
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()


def _dask(folder: Path, *words: str) -> subprocess.Popen:
    with (folder / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words, "--no-dashboard"],
            cwd=folder,  # another than the tests': paths must not be taken from there
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | {"PYTHONPATH": ""},
        )


def _wait(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the Dask cluster did not start: see its logs"
        time.sleep(0.05)


def _address(file: Path, workers: int) -> str:
    import json

    from distributed import Client

    address = json.loads(file.read_text())["address"]
    with Client(address, set_as_default=False) as client:
        if workers:
            client.wait_for_workers(workers, timeout=PATIENCE)
    return address
