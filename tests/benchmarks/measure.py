"""What a command costs, with the processes that it waits for: processor time, wall time, peak memory.

This module imports nothing large: the peak of a child begins with that of its parent (Linux, `exec_mmap`).
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

PCAPCHECK = (sys.executable, "-m", "pcapcheck")
ROOT = Path(__file__).parents[2]


class Cost(NamedTuple):
    """Seconds of processor and wall time, the peak in bytes of the largest process, the exit status."""

    cpu: float
    wall: float
    peak: int
    status: int

    def per(self, packets: int) -> float:
        """Return nanoseconds of processor time a packet."""
        return self.cpu * 1e9 / packets


def measured(
    command: Sequence[str],
    output: Path | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    where: Path = ROOT,
) -> Cost:
    """Run a command in a folder, with its output thrown away or written to a file, and return its cost."""
    started = time.perf_counter()
    variables = dict(os.environ if environment is None else environment)
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    with (output or Path(os.devnull)).open("wb") as out:
        child = subprocess.Popen(  # its exit is waited for below, with the usage
            list(command), stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=where, env=variables
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024, child.returncode)


def best(command: Sequence[str], times: int = 3) -> Cost:
    """Return the cost of the run that took the least wall time."""
    return min((measured(command) for _ in range(times)), key=lambda cost: cost.wall)


@contextmanager
def folder_for(folder: str | None) -> Iterator[Path]:
    """Give the folder that was named, or one that is removed."""
    if folder is not None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        yield Path(folder).absolute()
        return
    with tempfile.TemporaryDirectory(prefix="benchmark-") as removed:
        yield Path(removed)


def row(*cells: object) -> None:
    """Print one row of a Markdown table."""
    print("|", " | ".join(str(cell) for cell in cells), "|", flush=True)
