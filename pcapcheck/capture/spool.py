"""Spool: what can be read only once, standard input or a pipe, becomes a file for several workers."""

import shutil
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import IO

from pcapcheck.capture.inputs import Input
from pcapcheck.capture.opening import STANDARD_INPUT

PIECE = 1 << 20  # bytes copied at a time


def spool(inputs: Sequence[Input], folder: str) -> tuple[Input, ...]:
    """Return the inputs, with copies in `folder` for streams; what cannot be read stays as it is."""
    return tuple(
        _copied(each, Path(folder) / f"stream-{number}") if _is_stream(each) else each
        for number, each in enumerate(inputs)
    )


def _is_stream(each: Input) -> bool:
    path = Path(each.path)
    return each.path == STANDARD_INPUT or (path.exists() and not path.is_file() and not path.is_dir())


def _copied(each: Input, copy: Path) -> Input:
    try:
        with _opened(each.path) as stream, copy.open("wb") as file:
            shutil.copyfileobj(stream, file, PIECE)
    except PermissionError:
        return each
    return replace(each, path=str(copy))


def _opened(path: str) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else Path(path).open("rb")
