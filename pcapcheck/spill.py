"""Scratch: frames that may be too large for memory, kept in a folder that is removed whatever happens.

It knows frames, not what is in them.
"""

import tempfile
from pathlib import Path
from types import TracebackType

import polars as pl

ROWS = 1_000_000  # a frame with more is written to disk


class Scratch:
    """A folder for large frames; use it as a context."""

    def __init__(self, where: str | None = None) -> None:
        """Make it in the folder `where`, or in the system's place for temporary files."""
        self._folder = tempfile.TemporaryDirectory(prefix="pcapcheck-", dir=where, ignore_cleanup_errors=True)

    @property
    def path(self) -> str:
        """The folder; processes that are handed it may write there."""
        return self._folder.name

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._folder.cleanup()


def keep(frame: pl.DataFrame, folder: str | None, name: str, *, rows: int = ROWS) -> "pl.DataFrame | str":
    """Return the frame itself while it has few rows, else the path of the file that it was written to."""
    if folder is None or len(frame) <= rows:
        return frame
    path = str(Path(folder) / f"{name}.arrow")
    frame.write_ipc(path, compression="lz4")
    return path


def load(kept: "pl.DataFrame | str") -> pl.DataFrame:
    """Return a kept frame."""
    return pl.read_ipc(kept) if isinstance(kept, str) else kept
