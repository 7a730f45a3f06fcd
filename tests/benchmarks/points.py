"""What it costs to follow packets over ten capture points, for growing captures.

    python tests/benchmarks/points.py [--packets N ...] [--jobs N]

Each row is a run of `check` over the ten hops of flannel's way between two nodes, N packets at each.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from measure import PCAPCHECK, folder_for, measured, row

MAKE = (
    "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import traffic; "
    "traffic.way(pathlib.Path(sys.argv[2]), int(sys.argv[3]))"
)
POINTS = 10


def made(folder: Path, packets: int) -> Path:
    """Make the captures in another process, so that this one stays small, and return their folder.

    A folder that is kept has them already: the topology is written last.
    """
    place = folder / f"{POINTS}-points-{packets}"
    if not (place / "topology.yaml").exists():
        place.mkdir(parents=True, exist_ok=True)
        words = [str(Path(__file__).parent), str(place), str(packets)]
        subprocess.run([sys.executable, "-c", MAKE, *words], check=True)
    return place


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packets", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--jobs", default="1")
    options = parser.parse_args()
    row("packets a point", "processor", "a packet", "wall", "peak memory", "exit")
    row(*["---"] * 6)
    for packets in options.packets:
        with folder_for(None) as folder:
            cost = measured([*PCAPCHECK, "check", str(made(folder, packets)), "--jobs", options.jobs])
        figures = (f"{cost.cpu:.1f} s", f"{cost.per(packets * POINTS):.0f} ns", f"{cost.wall:.1f} s")
        row(f"{packets:,}", *figures, f"{cost.peak / 1e6:.0f} MB", cost.status)


if __name__ == "__main__":
    main()
