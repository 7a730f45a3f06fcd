"""Batch: what a reader of one format found in one window.

Made by `pcap` and `pcapng`, cut into blocks by `reading`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pcapcheck.capture.block import Bytes, Ints
from pcapcheck.capture.interface import Interface
from pcapcheck.capture.window import Window


@dataclass(frozen=True, slots=True)
class Batch:
    """The packets of one window.

    Attributes:
        offset, captured, original, time, interface: as in `Block`.
        used: bytes of the window that are dealt with; the next window starts there.
        end: why nothing can be read behind `used`, or empty if it can.
        comments: by row, what somebody wrote about a packet.
    """

    offset: Ints
    captured: Ints
    original: Ints
    time: Ints
    interface: NDArray[np.uint16]
    used: int
    end: str = ""
    comments: dict[int, tuple[str, ...]] = field(default_factory=dict)


class Reader(Protocol):
    """What a file format must offer."""

    format: str
    """Its name."""

    first: int
    """Where the first record stands in the file."""

    @property
    def interfaces(self) -> Sequence[Interface]:
        """The interfaces that were described so far."""

    @property
    def comments(self) -> Sequence[str]:
        """What was written about the capture as a whole, so far."""

    def read(self, window: Window) -> Batch:
        """Return the packets that lie completely in the window, which starts where a record starts."""

    def starts(self, window: Window) -> tuple[Ints, int, bool]:
        """Return where in the window records start, bytes used, and whether the file can be split here."""


def empty_batch(used: int, end: str = "") -> Batch:
    """Return a batch without packets."""
    none = np.empty(0, np.int64)
    return Batch(none, none, none, none, np.empty(0, np.uint16), used, end)


def at_every_byte(data: Bytes, kind: str) -> NDArray[np.uint32]:
    """Return a view in which element i is the number that starts at data[i].

    Indexing it reads a field at any places, also unaligned ones, of all records at once.
    """
    dtype = np.dtype(kind)
    return np.ndarray((max(0, len(data) - dtype.itemsize + 1),), dtype, data, strides=(1,))
