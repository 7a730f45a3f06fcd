"""Tables of flows, one row each, as text, JSON, CSV and Parquet.

Takes a polars frame: `Result.frame("flows")`, or that of the command `flows`. The machine formats keep its
column names; `flows-v1` is their version. Times are RFC 3339 in UTC to the nanosecond, durations are seconds;
integer columns with the name of a time or duration are nanoseconds. Text is made in parts, so that tables of
millions of rows need little memory.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.report import escape
from pcapcheck.report.layout import Layout
from pcapcheck.report.quantity import duration

if TYPE_CHECKING:
    import polars as pl

FLOWS_SCHEMA = "flows-v1"
TIME_COLUMNS = ("first", "last")
DURATION_COLUMNS = ("duration",)
TIME_TEXT = "%Y-%m-%dT%H:%M:%S%.9fZ"
COLUMN_GAP = "  "
SAFE_TEXT = r"\A[0-9A-Za-z][0-9A-Za-z./:#_\[\] -]*\z"  # safe in every format: nearly all texts are
ROWS_PER_PART = 10_000  # are made into text at once, which bounds the memory
MAX_KEPT_ROWS = 50_000  # whose text is kept from measuring to writing; other rows are made into text twice


def write_table(frame: "pl.DataFrame", format: str, *, color: bool = False) -> Iterator[str]:
    """Yield the rows as `table`, `json` or `csv`; `table` numbers them, as `pcapcheck trace` takes them.

    Raises:
        InputError: there is no such format.
    """
    if format not in TABLE_WRITERS:
        advice = did_you_mean(format, [*TABLE_WRITERS, "parquet"], "use table, json, csv or parquet")
        raise InputError("--format", f"`{format}` is not a format of tables", advice)
    yield from TABLE_WRITERS[format](typed(frame), color)


def parquet(frame: "pl.DataFrame") -> bytes:
    """Return the rows as a Parquet file."""
    file = io.BytesIO()
    typed(frame).write_parquet(file)
    return file.getvalue()


def _table(frame: "pl.DataFrame", color: bool) -> Iterator[str]:
    import polars as pl

    layout = Layout(color=color)
    widths = {name: len(name) for name in ("#", *frame.columns)}
    made = []
    for first, part in _parts(frame):
        cells = _cells(first, part)
        longest = cells.select(pl.all().str.len_chars().max()).row(0, named=True)
        widths = {name: max(width, longest[name]) for name, width in widths.items()}
        if first < MAX_KEPT_ROWS:
            made.append(cells)
    right = {"#", *(name for name, dtype in frame.schema.items() if dtype.is_numeric())}
    header = [name.rjust(width) if name in right else name.ljust(width) for name, width in widths.items()]
    yield from layout.verbatim(COLUMN_GAP.join(header).rstrip(), style="bold")
    padded = [
        pl.col(name).str.pad_start(width) if name in right else pl.col(name).str.pad_end(width)
        for name, width in widths.items()
    ]
    line = pl.concat_str(padded, separator=COLUMN_GAP).str.strip_chars_end() + "\n"
    for cells in chain(made, (_cells(*each) for each in islice(_parts(frame), len(made), None))):
        yield cells.select(line.str.join("")).item()


def _csv(frame: "pl.DataFrame", color: bool) -> Iterator[str]:
    yield ",".join(frame.columns) + "\n"
    for _, part in _parts(frame):
        yield _with_text(_seconds(part), escape.csv).write_csv(
            include_header=False, datetime_format=TIME_TEXT
        )


def _json(frame: "pl.DataFrame", color: bool) -> Iterator[str]:
    yield f'{{"schema": "{FLOWS_SCHEMA}", "flows": ['
    for first, part in _parts(frame):
        lines = _timed(_seconds(part)).write_ndjson().splitlines() if part.width else []
        if first > 1:
            yield ","
        yield ",".join(f"\n  {_ascii(line)}" for line in lines)
    yield "]}\n"


TABLE_WRITERS: Mapping[str, Callable[["pl.DataFrame", bool], Iterator[str]]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
}


def typed(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Return the frame with its times as times and its durations as durations."""
    import polars as pl

    kinds = dict.fromkeys(TIME_COLUMNS, pl.Datetime("ns", "UTC")) | dict.fromkeys(
        DURATION_COLUMNS, pl.Duration("ns")
    )
    integers = [name for name, dtype in frame.schema.items() if name in kinds and dtype.is_integer()]
    return frame.with_columns(pl.col(name).cast(kinds[name]) for name in integers)


def _parts(frame: "pl.DataFrame") -> Iterator[tuple[int, "pl.DataFrame"]]:
    """Yield slices of the frame, each with the number of its first row, from 1."""
    for start in range(0, frame.height, ROWS_PER_PART):
        yield start + 1, frame.slice(start, ROWS_PER_PART)


def _cells(first: int, part: "pl.DataFrame") -> "pl.DataFrame":
    """Return the text of every cell, escaped for a terminal."""
    import polars as pl

    cells = {"#": pl.int_range(first, first + part.height, eager=True).cast(pl.String)}
    for name, column in _with_text(_timed(part), escape.visible).to_dict().items():
        text = column
        if column.dtype == pl.Duration or column.dtype.is_integer():
            write = duration if column.dtype == pl.Duration else "{:,}".format
            values = column.to_physical().to_list()
            text = pl.Series([None if value is None else write(value) for value in values], dtype=pl.String)
        text = text.cast(pl.String)
        cells[name] = text.replace("", "-").fill_null("-")
    return pl.DataFrame(cells)


def _with_text(part: "pl.DataFrame", safe: Callable[[str], str]) -> "pl.DataFrame":
    """Return the frame with lists joined and texts escaped; each distinct text is escaped once."""
    import polars as pl

    lists = [name for name, dtype in part.schema.items() if dtype == pl.List]
    part = part.with_columns(pl.col(name).cast(pl.List(pl.String)).list.join(" ") for name in lists)
    made = {}
    for name in (name for name, dtype in part.schema.items() if dtype == pl.String):
        odd = part[name].filter(~part[name].str.contains(SAFE_TEXT))
        distinct = odd.unique(maintain_order=True).to_list()
        changed = {text: made_safe for text in distinct if (made_safe := safe(text)) != text}
        made[name] = part[name].replace(changed) if changed else part[name]
    return part.with_columns(**made)


def _timed(part: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    times = [name for name, dtype in part.schema.items() if dtype == pl.Datetime]
    return part.with_columns(pl.col(name).dt.strftime(TIME_TEXT) for name in times)


def _seconds(part: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    names = [name for name, dtype in part.schema.items() if dtype == pl.Duration]
    return part.with_columns(pl.col(name).dt.total_nanoseconds() / 1e9 for name in names)


def _ascii(line: str) -> str:
    """Return a line of JSON in which nothing can act on a terminal."""
    return line if line.isascii() else json.dumps(json.loads(line))
