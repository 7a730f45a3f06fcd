"""What large inputs cost: time and memory a packet, the same bytes everywhere, bytes read over S3.

    python tests/benchmarks/scale.py [--packets N ...] [--points N ...] [--runs N] [--folder FOLDER]
        [--object BYTES]

Captures are snapped at 128 bytes (`hosts.py`); a packet counts once at each point. Peak memory is that of
the largest process. Processor time is of all processes together, so that a busy machine changes it
little.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import speed
from measure import PCAPCHECK, ROOT, Cost, folder_for, measured, row

sys.path.append(str(ROOT / "tests" / "builders"))

from daskcluster import dask_cluster
from webserver import counting_proxy

HOSTS = Path(__file__).parent / "hosts.py"
POINTS = 10  # of a pair of nodes
RECORD = 555  # bytes that a packet of `speed`'s captures takes, about
MEMORY = "1GB"
S3 = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def made(folder: Path, points: int, packets: int, lost: int = 1) -> Path:
    """Return a folder with captures of so many points, and so many packets in all of them together."""
    place = folder / f"{points}-points-{packets}"
    if not place.exists():
        words = [str(place), str(points // POINTS), str(packets), str(lost)]
        subprocess.run([sys.executable, str(HOSTS), *words], check=True)
    return place


def figures(cost: Cost, packets: int) -> Sequence[str]:
    """Return the cells of a row that say what a run cost."""
    micro = cost.per(packets) / 1000
    return (f"{cost.cpu:.1f} s", f"{micro:.2f} µs", f"{cost.wall:.1f} s", f"{cost.peak / 1e6:.0f} MB")


def costs(folder: Path, packets: Sequence[int], points: Sequence[int], runs: int) -> None:
    """Print what `check` costs for each number of points and packets: the median of some runs."""
    row("points", "packets", "processor", "a packet", "wall", "peak memory", "exit")
    row(*["---"] * 7)
    for many in points:
        for count in packets:
            place = made(folder, many, count)
            words = [*PCAPCHECK, "check", str(place), "--jobs", "1", "--memory", MEMORY]
            cost = sorted((measured(words) for _ in range(runs)), key=lambda each: each.cpu)[runs // 2]
            row(many, f"{count:,}", *figures(cost, count), cost.status)
    print()


def equality(folder: Path, packets: int) -> None:
    """Print whether one process, two and a cluster give the same bytes."""
    place = made(folder, POINTS, packets)
    row("10 points, " + f"{packets:,} packets", "processor of the client", "wall", "report")
    row(*["---"] * 4)
    reports: list[bytes] = []
    with dask_cluster(folder) as cluster:
        for where in (("--jobs", "1"), ("--jobs", "2"), ("--scheduler", cluster.address)):
            out = folder / "report.json"
            cost = measured([*PCAPCHECK, "check", str(place), "--format", "json", *where], out)
            reports.append(out.read_bytes())
            said = "the same bytes" if reports[-1] == reports[0] else "OTHER BYTES"
            row(where[0] + " " + where[1][:3], f"{cost.cpu:.1f} s", f"{cost.wall:.1f} s", said)
    print()


def over_s3(folder: Path, size: int) -> None:
    """Print how many bytes `flows` of one object reads, with one worker and with two."""
    from moto.server import ThreadedMotoServer

    file = Path(speed.made(folder, "FLANNEL", size // RECORD))
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    os.environ.update(S3)
    put = (
        "import fsspec, sys; system = fsspec.filesystem('s3'); system.mkdir('captures'); "
        "system.put(sys.argv[1], 'captures/node1_eth0.pcap', chunksize=2**30)"
    )
    environment = os.environ | {"AWS_ENDPOINT_URL": address}
    subprocess.run([sys.executable, "-c", put, str(file)], check=True, env=environment)
    row("object", "workers", "bytes that came", "of its size", "wall", "exit")
    row(*["---"] * 6)
    for jobs in ("1", "2"):
        with counting_proxy(address) as proxy:
            os.environ["AWS_ENDPOINT_URL"] = proxy.address
            cost = measured([*PCAPCHECK, "flows", "s3://captures/node1_eth0.pcap", "--jobs", jobs])
        whole = file.stat().st_size
        cells = (f"{proxy.given:,}", f"{100 * proxy.given / whole:.1f} %", f"{cost.wall:.1f} s")
        row(f"{whole:,}", jobs, *cells, cost.status)
    server.stop()
    print()


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packets", type=int, nargs="*", default=[1_000_000, 5_000_000, 20_000_000])
    parser.add_argument("--points", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--runs", type=int, default=3, help="of each row")
    parser.add_argument(
        "--equal", type=int, default=5_000_000, help="packets of all ten points; 0: leave out"
    )
    parser.add_argument("--object", type=int, default=1_000_000_000, help="bytes of the object; 0: leave out")
    parser.add_argument("--folder", help="where the captures are made and kept; the default is removed")
    options = parser.parse_args()
    with folder_for(options.folder) as folder:
        if options.packets and options.points:
            costs(folder, options.packets, options.points, options.runs)
        if options.equal:
            equality(folder, options.equal)
        if options.object:
            over_s3(folder, options.object)


if __name__ == "__main__":
    main()
