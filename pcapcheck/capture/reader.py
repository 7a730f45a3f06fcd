"""Reader: what a file format must offer, and the batches of packets that it returns for each window.

`pcap` and `pcapng` make batches, and `reading` cuts them into blocks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np

from pcapcheck.capture.arrays import Ints, Words16
from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.capture.window import Window


@dataclass(frozen=True, slots=True)
class Batch:
    """The packets of one window.

    Attributes:
        offset, captured, original, time, interface: as in `Block`.
        used: bytes of the window that were read; the next window starts behind them.
        end: why nothing can be read behind `used`, or empty.
        comments: comments on packets, by row.
        before: int64 (n,), how many records with a frame number but without a packet come before each packet;
            None if there are none.
        others: how many such records there are.
    """

    offset: Ints
    captured: Ints
    original: Ints
    time: Ints
    interface: Words16
    used: int
    end: str = ""
    comments: dict[int, tuple[str, ...]] = field(default_factory=dict)
    before: Ints | None = None
    others: int = 0

    @property
    def packets(self) -> int:
        """How many there are."""
        return len(self.offset)


class Scan(NamedTuple):
    """Where the records of one window start; files are split there.

    Attributes:
        starts: int64 (n,), of records with a packet.
        used: as in `Batch`.
        end: as in `Batch`.
    """

    starts: Ints
    used: int
    end: str

    @property
    def packets(self) -> int:
        """How many there are."""
        return len(self.starts)


class Reader(Protocol):
    """What a file format must offer."""

    format: str
    """Its name."""

    first: int
    """Where the first record stands in the file."""

    @property
    def interfaces(self) -> Sequence[CaptureInterface]:
        """The interfaces that were described so far."""

    @property
    def linktypes(self) -> tuple[int, ...]:
        """Their link types."""

    @property
    def absent(self) -> tuple[frozenset[str], ...]:
        """What was not printed of their packets, where these were made from text; empty if they were not."""

    @property
    def comments(self) -> Sequence[str]:
        """What was written about the capture as a whole, so far."""

    @property
    def splittable(self) -> bool:
        """Whether reading may begin at any record seen so far, if the interfaces are known."""

    def read(self, window: Window) -> Batch:
        """Return the packets that lie completely in the window, which starts where a record starts."""

    def scan(self, window: Window) -> Scan:
        """Return only where these packets' records start."""

    def find(self, window: Window) -> int | None:
        """Return where in a window that starts anywhere the record of a packet seems to start."""


def empty_batch(used: int, end: str = "") -> Batch:
    """Return a batch without packets."""
    none = np.empty(0, np.int64)
    return Batch(none, none, none, none, np.empty(0, np.uint16), used, end)
