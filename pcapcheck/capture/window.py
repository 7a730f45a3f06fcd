"""Window: a piece of a file that is in memory. A file is mapped, read or streamed.

Takes an open file and gives windows that start where the reader wants. It does not know what is in the file.
"""

import io
import mmap
from typing import NamedTuple, Protocol

import numpy as np

from pcapcheck.capture.arrays import Bytes


class Range(NamedTuple):
    """Bytes of an uncompressed capture, from the start of one record to that of another.

    The first range of a file starts at 0, which is before the first record.
    """

    start: int
    stop: int


COPIED = 8 << 20  # bytes of a window that is copied


class Window(NamedTuple):
    """Some bytes of a file.

    Attributes:
        data: uint8 (size,).
        start: the position in the file of data[0].
        final: nothing follows.
    """

    data: Bytes
    start: int
    final: bool


class Windows(Protocol):
    """Where windows come from.

    Attributes:
        largest: bytes of the largest window that costs little.
        complaint: why no more bytes could be read, though the file goes on; or empty.
    """

    largest: int

    @property
    def complaint(self) -> str:
        """See above."""

    def window(self, position: int, size: int) -> Window:
        """Return about `size` bytes from `position` on; at least one more than last time, unless final."""

    def forget(self, position: int) -> None:
        """Tell the system that the bytes before `position` will probably not be needed again."""

    def close(self) -> None:
        """Release the file. Windows that are in use stay valid."""


class MappedFile:
    """Windows of a file that does not change: views of a memory map, without copies."""

    largest = 32 << 20
    complaint = ""

    def __init__(self, file: io.FileIO) -> None:
        self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._data: Bytes = np.frombuffer(self._map, np.uint8)
        self._forgotten = 0
        file.close()

    def window(self, position: int, size: int) -> Window:
        """Return a view of the map."""
        return Window(self._data[position : position + size], position, position + size >= len(self._data))

    def forget(self, position: int) -> None:
        """Release pages, so that the process stays small; pages that are read again are loaded again."""
        page = position - position % mmap.PAGESIZE
        if page > self._forgotten:
            self._map.madvise(mmap.MADV_DONTNEED, self._forgotten, page - self._forgotten)
        self._forgotten = max(page, self._forgotten)

    def close(self) -> None:
        """Do nothing: the map is closed with its last view."""


class ReadWindows:
    """Windows of a file that may still change: a map of it would end in SIGBUS when somebody cuts it."""

    largest = COPIED
    complaint = ""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file

    def window(self, position: int, size: int) -> Window:
        """Return a copy of the current contents of the file."""
        data = np.empty(size, np.uint8)
        self._file.seek(position)
        filled = _fill(self._file, data)
        return Window(data[:filled], position, filled < size)

    def forget(self, position: int) -> None:
        """Do nothing: no window is kept."""

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Streamed:
    """Windows of data that can be read only once and forwards: a pipe, or decompressed data."""

    largest = COPIED

    def __init__(self, stream: io.RawIOBase | io.BufferedIOBase) -> None:
        self._stream = stream
        self._kept = Window(np.empty(0, np.uint8), 0, final=False)

    def window(self, position: int, size: int) -> Window:
        """Return what is kept from `position` on; if that is little, more is read first.

        Raises:
            ValueError: if `position` lies before that of an earlier call.
        """
        if position < self._kept.start:
            raise ValueError("a stream cannot be read backwards")
        old, final = self._kept.data, self._kept.final
        kept = old[position - self._kept.start :]
        gap = max(0, position - self._kept.start - len(old))
        if not final and (gap or 2 * len(kept) < size):
            data = np.empty(gap + size, np.uint8)
            data[: len(kept)] = kept
            filled = len(kept) + _fill(self._stream, data[len(kept) :])
            final, kept = filled < len(data), data[gap:filled]
        self._kept = Window(kept, position, final)
        return self._kept

    @property
    def complaint(self) -> str:
        """The complaint of the stream, if it has one."""
        return str(getattr(self._stream, "complaint", ""))

    def forget(self, position: int) -> None:
        """Do nothing: `window` keeps no more than it needs."""

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()


def _fill(file: io.RawIOBase | io.BufferedIOBase, data: Bytes) -> int:
    """Read into `data` until it is full or the file ends; return how many bytes came."""
    room, filled = data.data, 0
    while filled < len(room):
        got = file.readinto(room[filled:])
        if not got:
            break
        filled += got
    return filled
