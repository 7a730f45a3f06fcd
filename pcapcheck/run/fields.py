"""Fields of packets, one row per packet, read by this process or by several workers. The rows stay in order.

Takes captures and names of fields, and gives frames. It knows neither capture points nor rules.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from pcapcheck.capture.inputs import Input, spool
from pcapcheck.capture.remote import is_url
from pcapcheck.capture.source import Capture, open_capture
from pcapcheck.capture.window import Range
from pcapcheck.collect.map import address
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.decode.fieldtable import frames
from pcapcheck.decode.registry import dissector_table
from pcapcheck.scale.resources import Resources

PACKETS: Final = 16384  # of a block: larger ones are not faster, and take more memory
SHARE: Final = 8 << 20  # bytes of a capture that one task reads: its rows come back through a pipe
NUMBER: Final = "frame.number"


@dataclass(frozen=True, slots=True)
class FieldsTask:
    """A byte range of a capture; None is all of it."""

    path: str
    range: Range | None
    plan: ReadPlan


@dataclass(frozen=True, slots=True)
class FieldRows:
    """The rows of one piece, how many frame numbers it takes, and what is wrong with the capture."""

    frames: tuple[pl.DataFrame, ...]
    numbers: int
    notes: tuple[str, ...]


def list_fields(
    files: Sequence[str], plan: ReadPlan, using: Resources, warn: Callable[[str], None]
) -> Iterator[pl.DataFrame]:
    """Yield the rows of all captures, and call `warn` with what is wrong with each.

    Raises:
        InputError: a capture cannot be read.
    """
    if not using.executor.is_remote:
        for file in files:
            capture = open_capture(file)
            yield from _rows(capture, None, plan)
            for note in capture.summary.complaints:
                warn(f"{file}: {note}")
        return
    yield from _apart(files, plan, using, warn)


def _apart(
    files: Sequence[str], plan: ReadPlan, using: Resources, warn: Callable[[str], None]
) -> Iterator[pl.DataFrame]:
    inputs = spool([Input(file, file, named=True) for file in files], using.scratch or "")
    paths = [address(each.path) if using.executor.is_other_host else each.path for each in inputs]
    using.executor.check(paths)
    pieces = [(at, FieldsTask(path, part, plan)) for at, path in enumerate(paths) for part in _ranges(path)]
    last, before = None, 0
    with closing(using.executor.run(_listed, [piece for _, piece in pieces])) as results:
        for (at, _), found in zip(pieces, results, strict=True):
            before = before if at == last else 0
            yield from (_numbered(frame, before) for frame in found.frames)
            last, before = at, before + found.numbers
            for note in found.notes:
                warn(f"{files[at]}: {note}")


def _ranges(path: str) -> Sequence[Range | None]:
    """Split a file. One by URL stays whole, because splitting would read it once more."""
    if is_url(path) or not Path(path).is_file():
        return (None,)
    capture = open_capture(path)
    if not capture.seekable or not capture.size or capture.size < 2 * SHARE:
        return (None,)
    return capture.ranges(capture.size // SHARE)


def _listed(piece: FieldsTask) -> FieldRows:
    """List one piece, in whatever process."""
    capture = open_capture(piece.path)
    found = tuple(_rows(capture, piece.range, piece.plan))
    return FieldRows(found, capture.summary.frames, capture.summary.complaints)


def _rows(capture: Capture, part: Range | None, plan: ReadPlan) -> Iterator[pl.DataFrame]:
    return frames(capture.blocks(part, PACKETS), plan.names, dissector_table(plan.decode_as))


def _numbered(frame: pl.DataFrame, before: int) -> pl.DataFrame:
    """Count frames from the start of the file, not of the piece."""
    if not before or NUMBER not in frame.columns:
        return frame
    return frame.with_columns((pl.col(NUMBER) + before).cast(frame.schema[NUMBER]))
