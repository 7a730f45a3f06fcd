"""Standard output and standard error: colour, width, progress, warnings and files, for all commands.

A terminal gets colours and progress; a pipe gets plain, stable text. Reports go to standard output, and
everything else to standard error.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcapcheck.errors import InputError

if TYPE_CHECKING:
    from rich.progress import Progress

PLAIN_WIDTH = 80  # columns, where standard output is not a terminal
BAR_AFTER_SECONDS = 1.0  # shorter work needs no progress bar

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour: auto is on a terminal, unless NO_COLOR is set.",
)


def is_colored(choice: str) -> bool:
    """Say whether standard output gets colours (no-color.org, force-color.org)."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


def width() -> int:
    """Return how many columns a line may have."""
    return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if sys.stdout.isatty() else PLAIN_WIDTH


def warn(message: str, *, level: str = "warning") -> None:
    """Write a message to standard error, with control characters from captures made visible."""
    from pcapcheck.report.escape import terminal

    click.echo(f"{level}: " + "\n".join(terminal(line) for line in message.split("\n")), err=True)


def say(text: str) -> None:
    """Write lines to standard output, with control characters from captures made visible."""
    from pcapcheck.report.escape import terminal

    click.echo("\n".join(terminal(line) for line in text.split("\n")))


def check_writable(path: str) -> None:
    """Check before long work that a file can be written.

    Raises:
        InputError: it cannot.
    """
    if Path(path).is_dir():
        raise InputError(path, "it is a folder", "name a file")
    folder = Path(path).parent
    if not folder.is_dir():
        raise InputError(path, f"there is no folder {folder}", f"make it: mkdir -p {folder}")


def write(parts: Iterable[str | bytes], path: str | None = None) -> None:
    """Write a report to a file, or to standard output.

    Raises:
        InputError: the file cannot be written.
    """
    if path is None:
        for part in parts:
            _print(part)
        return
    try:
        with Path(path).open("wb") as file:
            file.writelines(
                part if isinstance(part, bytes) else part.encode(errors="backslashreplace") for part in parts
            )
    except OSError as error:
        raise InputError(path, f"can't be written: {error.strerror}", "give another file") from error


def _print(part: str | bytes) -> None:
    if isinstance(part, str):
        sys.stdout.write(part)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(part)


@contextmanager
def progress() -> Iterator[Callable[[int, int], None] | None]:
    """Provide a function for reporting progress: how much is done, and of how much.

    On a terminal it shows a bar when the work takes long. Elsewhere it is None.
    """
    if not sys.stderr.isatty():
        yield None
        return
    bar = _Bar()
    try:
        yield bar.tell
    finally:
        bar.stop()


class _Bar:
    """A progress bar that appears only when the work takes long."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._bar: Progress | None = None

    def tell(self, done: int, total: int) -> None:
        if self._bar is None and time.monotonic() - self._start > BAR_AFTER_SECONDS:
            self._bar = _rich_bar()
            self._bar.add_task("reading", total=None)
            self._bar.start()
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total or None)

    def stop(self) -> None:
        if self._bar:
            self._bar.stop()


def _rich_bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
