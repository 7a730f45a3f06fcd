"""Source: a capture, opened by its path. Other rooms read captures through this module only."""

import itertools
import sys
from collections.abc import Iterator
from dataclasses import replace

from pcapcheck.capture.block import MAX_BLOCK_PACKETS, Block
from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.capture.openfile import Opened, refused
from pcapcheck.capture.ranges import cut, split
from pcapcheck.capture.reading import INTERFACE_SEARCH, Reading, ReadSummary, learn_interfaces
from pcapcheck.capture.recognise import RECOGNISE, recognise
from pcapcheck.capture.textfile import open_any
from pcapcheck.capture.window import Range
from pcapcheck.errors import InputError

__all__ = ["Capture", "CaptureInterface", "Range", "ReadSummary", "open_capture"]

WHOLE_FILE = Range(0, sys.maxsize)


def open_capture(path: str) -> "Capture":
    """Open the capture at `path`; "-" is standard input.

    Raises:
        InputError: the file cannot be read, or is not a capture.
    """
    opened = open_any(path)
    try:
        capture = Capture(path, opened)
    except OSError as error:
        opened.windows.close()
        raise refused(path, error) from error
    except InputError:
        opened.windows.close()
        raise
    if opened.again:
        opened.windows.close()
    return capture


class Capture:
    """A capture file or stream.

    Attributes:
        path: as it was given.
        format: "pcap", "pcapng" or "text".
        size: bytes of the file; None if that is known at the end only.
        compression: "gzip", "zstd", "xz" or "lz4", or empty.
        seekable: whether ranges of it can be read.
    """

    def __init__(self, path: str, opened: Opened) -> None:
        self.path, self.size, self.compression = path, opened.size, opened.compression
        self.seekable, self._again = opened.seekable, opened.again
        window = opened.windows.window(0, INTERFACE_SEARCH)
        self._head = bytes(window.data[:RECOGNISE])
        described = recognise(self._head, path)
        self.format = "text" if opened.notes else described.format
        self._notes = opened.notes
        learn_interfaces(window, described)
        self._reading = Reading(opened.windows, described, WHOLE_FILE)
        self._stream: Iterator[Block] | None = None
        self._kept: list[Block] = []

    @property
    def interfaces(self) -> tuple[CaptureInterface, ...]:
        """The interfaces that were described so far; there may be more later in the file."""
        return tuple(self._reading.reader.interfaces)

    @property
    def comments(self) -> dict[int, tuple[str, ...]]:
        """Comments on packets by frame number, or on the whole capture (0); of very many, the first."""
        about_all = tuple(self._reading.reader.comments)
        return {0: about_all, **self._reading.comments} if about_all else dict(self._reading.comments)

    @property
    def summary(self) -> ReadSummary:
        """What the last call of `blocks` has found so far."""
        found = self._reading.summary
        return replace(found, notes=(*self._notes, *found.notes)) if self._notes else found

    def blocks(self, range: Range | None = None, packets: int = MAX_BLOCK_PACKETS) -> Iterator[Block]:
        """Yield the packets in the order of the file, in blocks of at most `packets`.

        A file can be read several times, a stream once; blocks that `head` has returned come again.

        Args:
            range: one that `ranges` returned; frame numbers count from its start. None is the whole file.
            packets: the most packets of a block.
        """
        return self._pass(range or WHOLE_FILE, packets) if self._again else self._stream_on(packets)

    def head(self, count: int = 1) -> list[Block]:
        """Return the first `count` blocks; `blocks` yields them again."""
        if self._again:
            return list(itertools.islice(self.blocks(), count))
        self._kept += itertools.islice(self._streaming(MAX_BLOCK_PACKETS), max(0, count - len(self._kept)))
        return self._kept[:count]

    def ranges(self, count: int) -> list[Range]:
        """Return up to `count` ranges that make up the file, or one if it cannot be split."""
        if not self.seekable or self.size is None or count <= 1:
            return [WHOLE_FILE]
        windows = open_any(self.path).windows
        try:
            return split(windows, recognise(self._head, self.path), self.size, count)
        finally:
            windows.close()

    def cuts(self, count: int) -> list[Range]:
        """Return what `ranges` does, without reading the file.

        The ends are guesses; `ReadSummary.proven` says of each range that was read whether its end was right.
        """
        if not self.seekable or self.size is None or count <= 1:
            return [WHOLE_FILE]
        windows = open_any(self.path).windows
        try:
            return cut(windows, recognise(self._head, self.path), self.size, count)
        finally:
            windows.close()

    def close(self) -> None:
        """Close a stream that is not read to its end. A file needs no closing."""
        self._reading.windows.close()

    def _pass(self, bounds: Range, packets: int) -> Iterator[Block]:
        self._reading = Reading(open_any(self.path).windows, recognise(self._head, self.path), bounds)
        try:
            yield from self._reading.blocks(packets)
        except OSError as error:
            raise refused(self.path, error) from error

    def _stream_on(self, packets: int) -> Iterator[Block]:
        kept, self._kept = self._kept, []
        yield from kept
        yield from self._streaming(packets)

    def _streaming(self, packets: int) -> Iterator[Block]:
        if self._stream is None:
            windows = self._reading.windows
            self._reading = Reading(windows, recognise(self._head, self.path), WHOLE_FILE)
            self._stream = self._reading.blocks(packets)
        return self._stream
