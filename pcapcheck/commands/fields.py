"""fields: a row a packet, like `tshark -T fields`, with the same names."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
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


@click.command()
@click.argument("files", metavar="FILE…", nargs=-1, required=True)
@click.option("-e", "names", metavar="NAME", multiple=True, required=True, help="A field; repeat for more.")
@run_option("decode_as", help="What a number means: udp.port==8472,vxlan.")
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
    """Print fields of packets, a row a packet.

    Of a field that occurs several times it is the outermost.

    Names are Wireshark's. `inner.ip.src` is the innermost occurrence, `ip.src#2` the second.

    \b
    Examples:
      pcapcheck fields node1_eth0.pcap -e ip.src -e ip.dst -e vxlan.vni -d udp.port==8472,vxlan
      pcapcheck fields - -e frame.number -e inner.tcp.dstport --format json < node1_eth0.pcap
    """
    from pcapcheck.decode.columns import parse_name

    for name in names:
        parse_name(name)
    if any(Path(file).exists() and Path(output).exists() and Path(file).samefile(output) for file in files):
        raise InputError(output, "it is one of the captures that are read", "give another file to -o")
    rows = _frames(files, names, _tables(decode_as), work)
    with _opened(output) as stream:
        WRITERS[form](rows, names, stream)


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


def _frames(
    files: tuple[str, ...], names: tuple[str, ...], tables: dict[str, dict[int, str]], work: Mapping[str, Any]
) -> Iterator[pl.DataFrame]:
    from pcapcheck.collect.plan import ReadPlan
    from pcapcheck.run.fields import list_fields
    from pcapcheck.scale.memory import read_budget
    from pcapcheck.scale.resources import opened

    budget = read_budget(work["memory"])
    with opened(work["jobs"] or 1, work["scheduler"], budget, work["scratch"]) as using:
        yield from list_fields(files, ReadPlan(names, tables), using, warn)


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


def _csv(rows: Iterator[pl.DataFrame], names: tuple[str, ...], stream: IO[bytes]) -> None:
    """Write the names first, also when there are no packets; numbers and addresses need no quotes."""
    stream.write(f"{','.join(dict.fromkeys(names))}\n".encode())
    absent = '""' if len(set(names)) == 1 else ""  # an empty line would be no row
    for frame in rows:
        stream.write(frame.write_csv(include_header=False, null_value=absent).encode())


def _json(rows: Iterator[pl.DataFrame], names: tuple[str, ...], stream: IO[bytes]) -> None:
    """Write one list of objects, a line each."""
    separator = b"[\n"
    for frame in rows:
        lines = frame.write_ndjson().rstrip("\n")
        stream.write(separator + lines.replace("\n", ",\n").encode())
        separator = b",\n"
    stream.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def _parquet(rows: Iterator[pl.DataFrame], names: tuple[str, ...], stream: IO[bytes]) -> None:
    """Write a row group per block."""
    from pyarrow.parquet import ParquetWriter

    from pcapcheck.decode.fieldtable import no_rows

    with ParquetWriter(stream, no_rows(names).to_arrow().schema) as writer:
        for frame in rows:
            writer.write_table(frame.to_arrow())


WRITERS: dict[str, Callable[[Iterator[pl.DataFrame], tuple[str, ...], IO[bytes]], None]] = {
    "csv": _csv,
    "json": _json,
    "parquet": _parquet,
}
