"""Reading: one pass over a capture or a range of it, and a summary of what was read.

Takes windows and the reader of a format, and gives blocks. It knows neither paths nor formats.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.capture.block import Block
from pcapcheck.capture.reader import Batch, Reader
from pcapcheck.capture.window import Range, Window, Windows

CLOCK_SAMPLE = 1000  # packets of a block: a clock that counts nanoseconds soon shows it
CLOCK_UNITS = {1: "ns", 1_000: "us", 1_000_000_000: "seconds"}  # units in nanoseconds, finest first


class Clock:
    """The finest unit in which any time so far was not a round number."""

    def __init__(self) -> None:
        self._unit = 0

    def see(self, time: Ints) -> None:
        """Take the times of some packets: int64 (n,), nanoseconds."""
        time = time[:CLOCK_SAMPLE]
        for unit, next_unit in ((1, 1_000), (1_000, 1_000_000_000)):
            if self._unit and self._unit <= unit:
                return
            if np.any(time % next_unit):
                self._unit = unit
                return
        if np.any(time):
            self._unit = 1_000_000_000

    @property
    def quality(self) -> str:
        """`ns` or `us`; `seconds` if all times are whole ones; `none` if all are zero or there are none."""
        return CLOCK_UNITS.get(self._unit, "none")


INTERFACE_SEARCH = 1 << 16  # bytes at the beginning of a file: interfaces are described before their packets
FIRST_WINDOW = 4 << 20  # bytes; each window is larger than the one before, up to `windows.largest`
MAX_WINDOW_PACKETS = 1 << 18  # about: the arrays of more packets would outgrow the window


@dataclass(frozen=True, slots=True)
class ReadSummary:
    """What a pass over a capture has found so far.

    Attributes:
        packets: how many.
        frames: how many frame numbers they and other records took.
        truncated: the file ends within a record, which is not counted.
        notes: what is wrong with the file, as sentences.
        clock: the resolution of its times: "ns", "us", "seconds" or "none".
        proven: whether the next range may begin where this one ended, without knowing what stands in it.
    """

    packets: int
    frames: int
    truncated: bool
    notes: tuple[str, ...]
    clock: str
    proven: bool = True

    @property
    def complaints(self) -> tuple[str, ...]:
        """What is wrong with the file, including that it is cut off."""
        return (*(("it ends within a packet",) if self.truncated else ()), *self.notes)


class WindowStep(Protocol):
    """What was found in a window."""

    @property
    def used(self) -> int:
        """Bytes of the window that were read."""

    @property
    def end(self) -> str:
        """Why nothing can be read behind these bytes, or empty."""

    @property
    def packets(self) -> int:
        """How many there are."""


S = TypeVar("S", bound=WindowStep)


def steps(windows: Windows, bounds: Range, read: Callable[[Window], S]) -> Iterator[tuple[Window, S]]:
    """Go through a file window by window; each starts where `read` stopped in the one before.

    If the file ends within a record, the last step has used no bytes; if it is damaged, that has an `end`.
    """
    position, size = bounds.start, min(FIRST_WINDOW, windows.largest)
    while position < bounds.stop:
        window = _before(windows.window(position, min(size, bounds.stop - position)), bounds.stop)
        if len(window.data) == 0:
            return
        step = read(window)
        yield window, step
        position += step.used
        windows.forget(position)
        if step.end or (step.used == 0 and window.final):
            return
        if step.used == 0:
            size *= 4
        else:
            size = min(
                2 * size,
                windows.largest,
                max(FIRST_WINDOW, MAX_WINDOW_PACKETS * step.used // max(step.packets, 1)),
            )


def _before(window: Window, stop: int) -> Window:
    """Return the part of a window that lies before `stop`."""
    if window.start + len(window.data) < stop:
        return window
    return Window(window.data[: stop - window.start], window.start, final=True)


class Reading:
    """One pass.

    Args:
        windows: where the bytes come from.
        reader: a fresh reader of the capture's format.
        bounds: where to read.
    """

    def __init__(self, windows: Windows, reader: Reader, bounds: Range) -> None:
        self.reader = reader
        self.comments: dict[int, tuple[str, ...]] = {}
        self.windows, self._bounds = windows, bounds
        self._clock, self._packets, self._frames, self._truncated = Clock(), 0, 0, False
        self._notes: list[str] = []

    @property
    def summary(self) -> ReadSummary:
        """What was found so far."""
        complaint = (self.windows.complaint,) if self.windows.complaint else ()
        notes = (*self._notes, *complaint)
        proven = not (self._truncated or self._notes) and self.reader.splittable
        return ReadSummary(self._packets, self._frames, self._truncated, notes, self._clock.quality, proven)

    def blocks(self, packets: int) -> Iterator[Block]:
        """Yield the blocks, each of a limited number of packets, and close the windows at the end."""
        try:
            start = max(self._bounds.start, self.reader.first)
            if start > self.reader.first:
                learn_interfaces(self.windows.window(0, min(INTERFACE_SEARCH, start)), self.reader)
            for window, batch in steps(self.windows, Range(start, self._bounds.stop), self.reader.read):
                frames = self._number(batch)
                yield from self._cut(window, batch, frames, packets)
                self._remember(batch, frames)
        finally:
            self.windows.close()

    def _number(self, batch: Batch) -> Ints:
        """Return the frame number of each packet of a batch."""
        frames = np.arange(self._frames + 1, self._frames + 1 + batch.packets)
        self._frames += batch.packets + batch.others
        return frames if batch.before is None else frames + batch.before

    def _cut(self, window: Window, batch: Batch, frames: Ints, packets: int) -> Iterator[Block]:
        linktype = self.reader.linktypes
        for row in range(0, len(batch.offset), packets):
            rows = slice(row, row + packets)
            block = Block(
                window.data,
                batch.offset[rows],
                batch.captured[rows],
                batch.original[rows],
                batch.time[rows],
                batch.interface[rows],
                linktype,
                frames[rows],
                self.reader.absent,
            )
            self._packets += len(block)
            self._clock.see(block.time)
            yield block

    def _remember(self, batch: Batch, frames: Ints) -> None:
        self.comments |= {int(frames[row]): comments for row, comments in batch.comments.items()}
        if batch.end:
            self._notes.append(batch.end)
        self._truncated = batch.used == 0 and not batch.end


def learn_interfaces(head: Window, reader: Reader) -> None:
    """Read the interfaces that are described before the first packet, if these bytes hold them."""
    if reader.interfaces:
        return  # the file's header describes the only interface
    data = head.data[reader.first :]
    used = 1
    while used and len(data):
        batch = reader.read(Window(data, head.start, final=False))
        used = 0 if len(batch.offset) else batch.used
        data = data[used:]
