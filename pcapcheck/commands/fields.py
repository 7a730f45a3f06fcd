"""fields: one row per packet, like `tshark -T fields`, with the same names."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from pcapcheck.errors import InputError
from pcapcheck.options import run_option, worker_options
from pcapcheck.report.console import warn

if TYPE_CHECKING:
    import polars as pl

DECODE_AS = re.compile(r"([\w.]+)==(\d{1,5}|0x[0-9a-fA-F]{1,4})(?:-(\d{1,5}))?,([\w.-]+)")
ROW_GROUP = 1 << 18  # rows: polars' own choice for a row group


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("-e", "names", metavar="NAME", multiple=True, required=True, help="A field; repeat for more.")
@run_option("decode_as", help="The protocol of a port number: udp.port==8472,vxlan.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "json", "parquet"]), default="csv", show_default=True
)
@click.option("-o", "--output", metavar="FILE", default="-", help="Write to FILE instead of standard output.")
@worker_options
def command(
    files: tuple[str, ...],
    names: tuple[str, ...],
    decode_as: tuple[str, ...],
    form: str,
    output: str,
    **work: Any,
) -> None:
    """Print fields of packets, one row per packet.

    The names are Wireshark's. If a field occurs several times, its name stands for the outermost occurrence;
    `inner.ip.src` is the innermost one and `ip.src#2` the second.

    \b
    Examples:
      pcapcheck fields node1_eth0.pcap -e ip.src -e ip.dst -e vxlan.vni -d udp.port==8472,vxlan
      pcapcheck fields - -e frame.number -e inner.tcp.dstport --format json < node1_eth0.pcap
    """
    from pcapcheck.collect.plan import ReadPlan
    from pcapcheck.decode.columns import parse_name
    from pcapcheck.run.fields import list_fields
    from pcapcheck.scale.memory import read_budget
    from pcapcheck.scale.resources import opened

    for name in names:
        parse_name(name)
    if any(Path(file).exists() and Path(output).exists() and Path(file).samefile(output) for file in files):
        raise InputError(output, "it is one of the captures that are read", "give another file to -o")
    plan = ReadPlan(names, _tables(decode_as))
    budget = read_budget(work["memory"])
    with (
        _opened(output) as stream,
        opened(work["jobs"] or 1, work["scheduler"], budget, work["scratch"]) as using,
    ):
        WRITERS[form](list_fields(files, plan, using, warn), names, stream, using.scratch or "")


def _tables(texts: tuple[str, ...]) -> dict[str, dict[int, str]]:
    """Return {"udp.port": {8472: "vxlan"}} from the option's texts."""
    tables: dict[str, dict[int, str]] = {}
    for text in texts:
        parts = DECODE_AS.fullmatch(text.replace(" ", ""))
        if not parts:
            raise InputError(
                f"--decode-as `{text}`", "this says nothing about a port", "write `udp.port==8472,vxlan`"
            )
        table, first, last, protocol = parts.groups()
        numbers = range(_number(first), _number(last or first) + 1)
        if not numbers:
            raise InputError(f"--decode-as `{text}`", "the range ends before it begins", "write `8470-8479`")
        tables.setdefault(table, {}).update(dict.fromkeys(numbers, protocol))
    return tables


def _number(text: str) -> int:
    return int(text, 16 if text.startswith("0x") else 10)


@contextmanager
def _opened(path: str) -> Iterator[IO[bytes]]:
    if path == "-":
        yield sys.stdout.buffer
        return
    try:
        stream = Path(path).open("wb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise InputError(path, f"can't be written: {error.strerror}", "give another file to -o") from error
    with stream:
        yield stream


def _csv(rows: Iterator[pl.DataFrame], names: tuple[str, ...], stream: IO[bytes], _: str) -> None:
    """Write the names first, even if there are no packets; numbers and addresses need no quotes."""
    stream.write(f"{','.join(dict.fromkeys(names))}\n".encode())
    absent = '""' if len(set(names)) == 1 else ""  # an empty line would be no row
    for frame in rows:
        stream.write(frame.write_csv(include_header=False, null_value=absent).encode())


def _json(rows: Iterator[pl.DataFrame], names: tuple[str, ...], stream: IO[bytes], _: str) -> None:
    """Write one list of objects, a line each."""
    separator = b"[\n"
    for frame in rows:
        lines = frame.write_ndjson().rstrip("\n")
        stream.write(separator + lines.replace("\n", ",\n").encode())
        separator = b",\n"
    stream.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def _parquet(rows: Iterator[pl.DataFrame], names: tuple[str, ...], stream: IO[bytes], scratch: str) -> None:
    """Write one Parquet file of some row groups.

    polars writes a Parquet file in one call, so the rows wait in the scratch folder for it, and only some of
    them are in memory at a time. pyarrow could append one row group after the other, but it would be a third
    of an installation for the sake of these few lines.
    """
    import polars as pl

    from pcapcheck.decode.fieldtable import no_rows
    from pcapcheck.scale.scratch import on_a_full_disk, write

    pieces = [write(frame, scratch, f"rows-{number}") for number, frame in enumerate(_joined(rows))]
    whole = Path(scratch) / "fields.parquet"
    with on_a_full_disk(Path(scratch).parent):
        if pieces:
            pl.scan_ipc(pieces).sink_parquet(whole)
        else:
            no_rows(names).write_parquet(whole)
    with whole.open("rb") as file:
        shutil.copyfileobj(file, stream)


def _joined(rows: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield frames of at least ROW_GROUP rows each, except for the last."""
    import polars as pl

    frames: list[pl.DataFrame] = []
    for frame in rows:
        frames.append(frame)
        if sum(map(len, frames)) >= ROW_GROUP:
            yield pl.concat(frames)
            frames = []
    if frames:
        yield pl.concat(frames)


WRITERS: dict[str, Callable[[Iterator[pl.DataFrame], tuple[str, ...], IO[bytes], str], None]] = {
    "csv": _csv,
    "json": _json,
    "parquet": _parquet,
}
