"""Compare what two versions of pcapcheck cost, run in turns on the same captures.

    python tests/benchmarks/against.py OLD NEW [--runs N] [--only NAME ...] [--size FACTOR] [--folder FOLDER]

OLD and NEW are each a `pcapcheck` program, a Python interpreter in which pcapcheck is installed, or the
folder of a checkout. After one run of each that is not counted, they take turns (old, new, old, new, ...),
so that other load on the machine falls on both. A row of the table gives the medians of the processor time
of all processes together, and of the peak memory of the largest process. A ratio above 1 means that NEW
costs more.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import points
import speed
from measure import ROOT, Cost, folder_for, measured, row

FLOWS_PACKETS = 1_000_000
POINT_PACKETS = 200_000  # at each of ten points


class Version(NamedTuple):
    """The words that start a version, and the environment it runs in."""

    words: tuple[str, ...]
    environment: Mapping[str, str]


def version(given: str) -> Version:
    """Return how to start a program, an interpreter, or a checkout.

    An installed version must not find another one by PYTHONPATH. Nor may it run in a folder that holds a
    `pcapcheck`, because `python -m` looks there first.
    """
    path = Path(os.path.abspath(given))  # noqa: PTH100 (the link is the name: `python` in a venv is one)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if path.is_dir():
        return Version((sys.executable, "-m", "pcapcheck"), environment | {"PYTHONPATH": str(path)})
    if path.name.startswith("python"):
        return Version((str(path), "-m", "pcapcheck"), environment)
    return Version((str(path),), environment)


def workloads(folder: Path, size: float, wanted: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names of the workloads and their arguments; the captures are made when they are needed."""
    if "flows" in wanted:
        capture = speed.made(folder, "FLANNEL", max(1, round(FLOWS_PACKETS * size)))
        yield "flows", ("flows", capture, "--jobs", "1")
    if "points" in wanted:
        captures = points.made(folder / "points", max(1, round(POINT_PACKETS * size)))
        yield "points", ("check", str(captures), "--jobs", "1")
    if "sample" in wanted:
        yield "sample", ("check", str(ROOT / "samples" / "flannel-vxlan"))
    if "version" in wanted:
        yield "version", ("--version",)


WORKLOADS = ("flows", "points", "sample", "version")


def in_turns(
    versions: Sequence[Version], arguments: Sequence[str], runs: int, folder: Path
) -> list[list[Cost]]:
    """Return the costs of each version, after a run of each that fills the caches."""
    costs: list[list[Cost]] = [[] for _ in versions]
    for turn in range(runs + 1):
        for version, kept in zip(versions, costs, strict=True):
            cost = measured([*version.words, *arguments], environment=version.environment, where=folder)
            kept.extend([cost] * (turn > 0))
    return costs


def cells(old: float, new: float, unit: str, digits: int) -> tuple[str, str, str]:
    """Return the cells of two medians and of their ratio."""
    return (f"{old:.{digits}f} {unit}", f"{new:.{digits}f} {unit}", f"{new / old:.3f}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("versions", nargs=2, metavar=("OLD", "NEW"), type=version)
    parser.add_argument("--runs", type=int, default=7, help="counted runs of each version")
    parser.add_argument("--only", nargs="+", choices=WORKLOADS, default=WORKLOADS)
    parser.add_argument("--size", type=float, default=1.0, help="a factor for the packets of the captures")
    parser.add_argument("--folder", help="where the captures are made and kept; the default is removed")
    options = parser.parse_args()
    row("workload", "processor, old", "new", "ratio", "peak memory, old", "new", "ratio", "exit")
    row(*["---"] * 8)
    with folder_for(options.folder) as folder:
        for name, arguments in workloads(folder, options.size, options.only):
            old, new = in_turns(options.versions, arguments, options.runs, folder)
            cpu = (median(cost.cpu for cost in costs) for costs in (old, new))
            peak = (median(cost.peak / 1e6 for cost in costs) for costs in (old, new))
            status = sorted({cost.status for cost in old + new})
            row(name, *cells(*cpu, "s", 2), *cells(*peak, "MB", 1), *status)


if __name__ == "__main__":
    main()
