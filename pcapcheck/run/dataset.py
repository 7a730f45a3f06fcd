"""A dataset for analysis with other tools: flows and sightings as Parquet files, one for each partition.

Takes the network and the stored sightings, and writes a folder that appears when it is complete. Column names
and types are stable, like those of the JSON report: the metadata of each file have `VERSION` under the key
`pcapcheck`, and a change that removes, renames or retypes a column raises the version.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from pcapcheck.bind.place import BoundCaptures
from pcapcheck.correlate.network import Network
from pcapcheck.decode.stack import KINDS
from pcapcheck.errors import InputError
from pcapcheck.follow.partition import Pieces, partitions
from pcapcheck.scale import scratch
from pcapcheck.scale.resources import Resources

VERSION: Final = "parquet-v1"
TIME: Final = pl.Datetime("ns", "UTC")
SIGHTINGS: Final[Mapping[str, pl.DataType | type[pl.DataType]]] = {
    "flow": pl.String,  # as in `flows`; null where a packet belongs to none
    "from_client": pl.Boolean,  # the direction
    "file": pl.String,
    "frame": pl.Int64,  # as Wireshark counts
    "time": TIME,  # by the clock of the capture
    "aligned": TIME,  # by one clock for all nodes
    "node": pl.String,
    "interface": pl.String,
    "role": pl.String,
    "pod": pl.String,
    "kind": pl.String,  # tcp, udp, echo, fragment, icmp-error, arp, nd or other
    "form": pl.String,  # plain, vxlan, ipip …
    "stack": pl.String,
    "identity": pl.UInt64,  # with start and length: the same packet at another point of the same flow
    "start": pl.UInt32,  # bytes that it carries: TCP sequence number or fragment offset
    "length": pl.UInt32,
    "ip_id": pl.UInt32,
    "bytes": pl.UInt32,  # of the innermost IP packet
}
FLOWS_A_FILE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Chapter:
    """The sightings of one file of the dataset.

    Attributes:
        pieces: the stored sightings of one partition.
        about: variant -> flow, from_client, file, node, interface, role, pod, kind, form, stack, ahead (ns).
        path: path of the file.
    """

    pieces: Pieces
    about: pl.DataFrame
    path: str


@contextmanager
def new_folder(path: str) -> Iterator[Path]:
    """Give a temporary folder, and rename it to `path` when everything has been written to it.

    Raises:
        InputError: there is something already, or no folder can be made.
    """
    wanted = Path(path)
    if wanted.is_file() or (wanted.is_dir() and any(wanted.iterdir())):
        raise InputError(path, "there is something already", "name a new folder, or remove that")
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{wanted.name}-", dir=wanted.parent))
    except OSError as error:
        raise InputError(path, f"no folder can be made there: {error.strerror}", "name another") from None
    try:
        yield partial
        partial.chmod(0o755)
        partial.rename(wanted)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def write_flows(table: pl.DataFrame, folder: Path) -> None:
    """Write the flows (`flowlist.SCHEMA`, times as times), to several files if there are very many."""
    (folder / "flows").mkdir()
    for number, first in enumerate(range(0, max(len(table), 1), FLOWS_A_FILE)):
        part = table[first : first + FLOWS_A_FILE]
        _write(part, folder / "flows" / f"part-{number:05}.parquet")


def write_sightings(bound: BoundCaptures, network: Network, folder: Path, using: Resources) -> None:
    """Write every sighting, to one file for each partition; the workers write them.

    Raises:
        InputError: a disk is full.
    """
    (folder / "sightings").mkdir()
    about = _about(network)
    tasks = (
        Chapter(pieces, about, str((folder / "sightings" / f"part-{number:05}.parquet").absolute()))
        for number, (pieces, _) in enumerate(partitions(bound, network, using))
    )
    if not sum(using.executor.run(_write_chapter, tasks)):
        _write(pl.DataFrame(schema=SIGHTINGS), folder / "sightings" / "part-00000.parquet")


def sightings_frame(bound: BoundCaptures, network: Network, using: Resources) -> pl.DataFrame:
    """Return every sighting as one frame, with the columns of the dataset."""
    about = _about(network)
    parts = [_told(pieces, about) for pieces, _ in partitions(bound, network, using)]
    return pl.concat([pl.DataFrame(schema=SIGHTINGS), *parts])


def _about(network: Network) -> pl.DataFrame:
    """Return the columns that describe the sightings of each variant."""
    files = pl.DataFrame(
        {"file": range(len(network.files)), "name": network.files},
        schema={"file": pl.Int64, "name": pl.String},
    )
    flows = network.directions.select("direction", pl.col("flow_text").alias("text"))
    told = network.variants.select("variant", "direction", "client", "file", "point", "form", "stack")
    told = told.join(flows, on="direction", how="left").join(files, on="file", how="left")
    told = told.join(network.points, on="point", how="left")
    renamed = told.drop("file").rename({"text": "flow", "client": "from_client", "name": "file"})
    return renamed.drop("direction", "point")


def _write_chapter(chapter: Chapter) -> int:
    """Write one file; any process can do it."""
    told = _told(chapter.pieces, chapter.about)
    _write(told, Path(chapter.path))
    return len(told)


def _told(pieces: Pieces, about: pl.DataFrame) -> pl.DataFrame:
    """Return the sightings of one partition, with the columns of the dataset."""
    sightings = pl.concat([scratch.load(piece) for piece in pieces])
    told = sightings.join(about, on="variant", how="inner", maintain_order="left")
    kinds = dict(enumerate(KINDS))
    columns = told.with_columns(
        pl.col("kind").replace_strict(kinds, return_dtype=pl.String),
        (pl.col("time") - pl.col("ahead").fill_null(0)).cast(TIME).alias("aligned"),
        pl.col("time").cast(TIME),
        pl.col("key").alias("identity"),
        pl.col("ipid").alias("ip_id"),
        pl.col("size").alias("bytes"),
    )
    return columns.select(pl.col(name).cast(kind) for name, kind in SIGHTINGS.items())


def _write(frame: pl.DataFrame, path: Path) -> None:
    partial = path.with_suffix(".partial")  # a task may run twice, and then writes the same file again
    with scratch.on_a_full_disk(path.parent):
        frame.write_parquet(partial, compression="zstd", metadata={"pcapcheck": VERSION})
        partial.replace(path)
