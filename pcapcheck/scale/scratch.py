"""Scratch: a temporary folder for frames that may be too large for memory.

The folder is removed when the run ends, also after an error.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, TypeAlias

import polars as pl

from pcapcheck.errors import InputError

Compression = Literal["lz4", "uncompressed"]
MAX_ROWS_IN_MEMORY = 1_000_000  # of one frame
MIN_COMPRESSED_SIZE = 8 << 20  # bytes: a smaller frame is written sooner than compressed
MORE_ROOM = "free some, or name a folder with more room: --scratch FOLDER"


class Slice(NamedTuple):
    """One frame in a file that holds several, as a range of rows."""

    path: str
    start: int
    rows: int


StoredFrame: TypeAlias = pl.DataFrame | str | Slice  # a frame, or the file that it was written to


class Scratch:
    """A folder for large frames; use it as a context."""

    def __init__(self, where: str | None = None) -> None:
        """Make the folder in `where`, or in the system's place for temporary files.

        Raises:
            InputError: no folder can be made there.
        """
        try:
            self._folder = tempfile.TemporaryDirectory(
                prefix="pcapcheck-", dir=where, ignore_cleanup_errors=True
            )
        except OSError as error:
            what = f"no folder can be made there: {error.strerror}"
            raise InputError(f"--scratch {where or ''}".strip(), what, "name another folder") from None

    @property
    def path(self) -> str:
        """The folder; workers may write there, too."""
        return self._folder.name

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._folder.cleanup()


def check_room(folder: str, needed: int) -> None:
    """Make sure, before long work, that `needed` bytes fit into a folder.

    Raises:
        InputError: the disk has less room.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        what = f"about {_size(needed)} are needed there, but only {_size(free)} are free"
        raise InputError(str(Path(folder).parent), what, MORE_ROOM)


def _size(number: int) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.0f} MB"


def store(
    frame: pl.DataFrame, folder: str | None, name: str, *, rows: int = MAX_ROWS_IN_MEMORY
) -> pl.DataFrame | str:
    """Return the frame itself while it has few rows, else the path of the file that it was written to.

    Raises:
        InputError: the disk is full.
    """
    if folder is None or len(frame) <= rows:
        return frame
    return write(
        frame, folder, name, "lz4" if frame.estimated_size() > MIN_COMPRESSED_SIZE else "uncompressed"
    )


def store_each(
    frames: Sequence[pl.DataFrame], folder: str | None, name: str, *, rows: int = MAX_ROWS_IN_MEMORY
) -> Sequence[StoredFrame]:
    """Return the frames themselves if they have few rows in all; else write them to one file as slices.

    Raises:
        InputError: the disk is full.
    """
    if len(frames) == 1:
        return [store(frames[0], folder, name, rows=rows)]
    ends = list(accumulate(map(len, frames)))
    if folder is None or ends[-1] <= rows:
        return frames
    path = write(pl.concat(frames), folder, name, "uncompressed")
    return [Slice(path, end - len(frame), len(frame)) for frame, end in zip(frames, ends, strict=True)]


def write(frame: pl.DataFrame, folder: str, name: str, compression: Compression = "lz4") -> str:
    """Write a frame to a file and return its path. Other processes see the whole file or none.

    Raises:
        InputError: the disk is full.
    """
    path = Path(folder) / f"{name}.arrow"
    partial = path.with_suffix(f".{os.getpid()}")
    with on_a_full_disk(path.parent.parent):
        try:
            frame.write_ipc(partial, compression=compression)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    return str(path)


@contextmanager
def on_a_full_disk(folder: Path) -> Iterator[None]:
    """Turn the error of polars on a full disk into an InputError.

    Raises:
        InputError: the disk is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC or "space left" in str(error):
            raise InputError(str(folder), "the disk is full", MORE_ROOM) from None
        raise


def load(kept: StoredFrame) -> pl.DataFrame:
    """Return a stored frame."""
    match kept:
        case str():
            return pl.read_ipc(kept)
        case Slice():
            return _whole(kept.path)[kept.start : kept.start + kept.rows]
    return kept


@lru_cache(maxsize=1)  # the slices of one file are loaded one after the other
def _whole(path: str) -> pl.DataFrame:
    return pl.read_ipc(path)


def take(kept: StoredFrame) -> pl.DataFrame:
    """Return a stored frame and remove its file; it cannot be loaded again."""
    frame = load(kept)
    forget(kept)
    return frame


def forget(kept: StoredFrame) -> None:
    """Remove the file of a stored frame. The file of a slice stays, since other slices need it."""
    if isinstance(kept, str):
        Path(kept).unlink(missing_ok=True)


def height(kept: StoredFrame) -> int:
    """Return how many rows a stored frame has."""
    match kept:
        case str():
            return int(pl.scan_ipc(kept).select(pl.len()).collect().item())
        case Slice():
            return kept.rows
    return len(kept)


def only(kept: StoredFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a stored frame that have one of the keys; the others are never all in memory."""
    frame = pl.scan_ipc(kept) if isinstance(kept, str) else load(kept).lazy()
    return frame.join(keys.lazy(), on=keys.columns, how="semi", maintain_order="left").collect()
