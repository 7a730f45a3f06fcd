"""Opening: from a path to windows, be it a file, a pipe, a URL or compressed data."""

import io
import os
import stat
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pcapcheck.capture.compressed import LONGEST_MAGIC, Decompressed, compression
from pcapcheck.capture.remote import Ranged, Remote, is_url
from pcapcheck.capture.window import MappedFile, ReadWindows, Streamed, Windows
from pcapcheck.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

STANDARD_INPUT = "-"
SETTLED = 2.0  # seconds without a change after which a file counts as complete


@dataclass(frozen=True, slots=True)
class Opened:
    """An open capture.

    Attributes:
        windows: its bytes.
        size: how many bytes there are; None if that is known at the end only.
        seekable: whether a window may start anywhere.
        again: whether the path can be opened again, with the same result.
        compression: how it is compressed, or empty.
        notes: what was read from where, if it is text.
    """

    windows: Windows
    size: int | None = None
    seekable: bool = False
    again: bool = False
    compression: str = ""
    notes: tuple[str, ...] = ()


def open_path(path: str) -> Opened:
    """Open what lies at `path`; "-" is standard input.

    Raises:
        InputError: it can't be opened, or is a folder.
    """
    if is_url(path):
        return _open_url(path)
    if path == STANDARD_INPUT:
        return _open_stream(io.FileIO(sys.stdin.fileno(), closefd=False))
    try:
        file = io.FileIO(path)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise refused(path, error) from error
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        return _open_stream(file)
    if compression(os.pread(file.fileno(), LONGEST_MAGIC, 0)):
        return replace(_open_stream(file), again=True)
    changing = abs(time.time() - status.st_mtime) < SETTLED
    windows = ReadWindows(file) if changing or status.st_size == 0 else _map(file)
    return Opened(windows, status.st_size, seekable=True, again=True)


def _open_url(url: str) -> Opened:
    remote = Remote(url)
    if not remote.ranges or compression(remote.read(0, LONGEST_MAGIC)):
        return replace(_open_stream(remote.stream()), again=True)
    return Opened(Ranged(remote), remote.size, seekable=True, again=True)


def _map(file: io.FileIO) -> Windows:
    try:
        return MappedFile(file)
    except OSError:  # some file systems can't
        return ReadWindows(file)


def _open_stream(file: io.RawIOBase | io.BufferedIOBase) -> Opened:
    """Open what can only be read forwards; compressed data are decompressed."""
    head = bytearray()
    while len(head) < LONGEST_MAGIC and (more := file.read(LONGEST_MAGIC - len(head))):
        head += more
    whole = Prefixed(bytes(head), file)
    kind = compression(bytes(head))
    return Opened(Streamed(Decompressed(whole, kind) if kind else whole), compression=kind)


def refused(path: str, error: OSError | ValueError) -> InputError:
    """Return the error for the user when the operating system refuses to read."""
    match error:
        case FileNotFoundError():
            return InputError(path, "there is no such file", "check the name")
        case IsADirectoryError():
            return InputError(path, "it is a folder, not a capture", "name the captures in it")
        case PermissionError():
            return InputError(path, "you may not read it", f"`sudo chmod a+r {path}`, or run as its owner")
    reason = error.strerror if isinstance(error, OSError) else error
    return InputError(path, f"it can't be read: {reason}", "check the path")


class Prefixed(io.RawIOBase):
    """A stream with some bytes put in front.

    Args:
        head: the bytes.
        file: what follows.
    """

    def __init__(self, head: bytes, file: io.RawIOBase | io.BufferedIOBase) -> None:
        super().__init__()
        self._head, self._file = head, file

    def readable(self) -> bool:
        """Return true: bytes can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        """Fill some of the buffer; return how many bytes, 0 at the end."""
        if not self._head:
            return self._file.readinto(buffer)
        room = memoryview(buffer)
        given, self._head = self._head[: len(room)], self._head[len(room) :]
        room[: len(given)] = given
        return len(given)

    def close(self) -> None:
        """Close the stream, too."""
        self._file.close()
        super().close()
