"""The table of speed and memory, each figure of one run on one machine beside tcpdump's.

    python tests/benchmarks/speed.py [FILE ...] [--packets N] [--peer COMMAND]

FILE are flannel VXLAN captures; without any, one of N packets (5,000,000) is made in a temporary folder.
`--peer` is a program that reads a capture, to compare with. Processor times are those of whole processes.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from measure import PCAPCHECK, ROOT, Cost, best, measured, row

TCPDUMP = ("tcpdump", "-nqr")
TURNS = 11
MAKE = (
    "import sys, pathlib; sys.path.insert(0, sys.argv[1]); import traffic; "
    "pool = traffic.Pool(traffic.templates(getattr(traffic, sys.argv[3]), 20_000)); "
    "traffic.write(pathlib.Path(sys.argv[2]), pool, int(sys.argv[4]))"
)


def made(folder: Path, mixture: str, packets: int) -> str:
    """Make a capture in another process, so that this one stays small, and return its path.

    A folder that is kept has it already.
    """
    path, half = folder / f"{mixture.lower()}-{packets}.pcap", folder / "half-made.pcap"
    if not path.exists():
        words = [str(Path(__file__).parent), str(half), mixture, str(packets)]
        subprocess.run([sys.executable, "-c", MAKE, *words], check=True)
        half.rename(path)
    return str(path)


def packets_of(path: str) -> int:
    """Return the number of packets of a capture, as `pcapcheck inspect` counts them."""
    command = [*PCAPCHECK, "inspect", path, "--format", "json"]
    code = "import json, sys; print(sum(each['packets'] for each in json.load(sys.stdin)['captures']))"
    told = subprocess.run(command, capture_output=True, check=True, cwd=ROOT).stdout
    return int(
        subprocess.run([sys.executable, "-c", code], input=told, capture_output=True, check=True).stdout
    )


def shown(name: str, cost: Cost, packets: int, beside: str) -> None:
    """Print the row of a command."""
    figures = (
        f"{cost.cpu:.2f} s",
        f"{cost.per(packets):.0f} ns",
        f"{cost.wall:.2f} s",
        f"{cost.peak / 1e6:.0f} MB",
    )
    row(name, *figures, beside if cost.status in (0, 1, 3) else f"exit {cost.status}")


def compare(path: str, peer: str | None) -> None:
    """Print the rows of one capture."""
    packets = packets_of(path)
    print(f"\n{packets:,} packets\n")
    row("command", "processor", "a packet", "wall", "peak memory", "")
    row(*["---"] * 6)
    measured(["cat", path])  # into the page cache
    tcpdump = measured([*TCPDUMP, path])
    shown("tcpdump -nqr", tcpdump, packets, "")
    if peer:
        shown("peer", measured([*peer.split(), path]), packets, "")
    flows = measured([*PCAPCHECK, "flows", path, "--jobs", "1"])
    shown("flows", flows, packets, f"{tcpdump.cpu / flows.cpu:.1f} x faster than tcpdump")
    check = measured([*PCAPCHECK, "check", path, "--profile", "flannel-vxlan", "--jobs", "1"])
    shown("check --profile", check, packets, f"{check.cpu / flows.cpu:.2f} x flows")
    turns = [[measured([*PCAPCHECK, "flows", path, "--jobs", jobs]) for jobs in "12"] for _ in range(TURNS)]
    faster = median(one.wall / two.wall for one, two in turns)  # one beside the other: machines change
    two = min((two for _, two in turns), key=lambda cost: cost.wall)
    shown("flows --jobs 2", two, packets, f"{faster:.2f} x faster (median of {TURNS} pairs)")


def start_up() -> None:
    """Print what the first packet costs."""
    print()
    row("command", "wall", "processor")
    row(*["---"] * 3)
    for arguments in (("--version",), ("check", "samples/flannel-vxlan")):
        cost = best([*PCAPCHECK, *arguments], 5)
        row(" ".join(arguments), f"{cost.wall:.2f} s", f"{cost.cpu:.2f} s")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", metavar="FILE")
    parser.add_argument("--packets", type=int, default=5_000_000)
    parser.add_argument("--peer", metavar="COMMAND")
    options = parser.parse_args()
    start_up()
    with tempfile.TemporaryDirectory() as scratch:
        for path in options.files or [made(Path(scratch), "FLANNEL", options.packets)]:
            compare(path, options.peer)
        print("\nmixed stacks: VXLAN with TCP and with UDP, IP in IP, GRE, plain, 4 % odd")
        compare(made(Path(scratch), "MIXED", options.packets), None)


if __name__ == "__main__":
    main()
