"""Counts of variants: packets, bytes, first and last time, and the first frames, kept across blocks."""

from typing import Final

import numpy as np
import polars as pl

from pcapcheck.capture.arrays import Ints
from pcapcheck.capture.block import Block

FRAMES_KEPT: Final = 5  # frame numbers of each variant: as many as a finding shows
TIME_LIMITS: Final = np.iinfo(np.int64)


def ranked(numbers: Ints) -> tuple[Ints, Ints]:
    """Return the rows in order of their numbers, int64 (n,), and how many rows of its number precede each."""
    order = np.argsort(numbers, kind="stable")
    start = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    return order, np.arange(len(order)) - np.repeat(start, np.diff(np.append(start, len(order))))


class Counts:
    """Counts of numbered variants; numbers are handed out by `allot`."""

    def __init__(self) -> None:
        self.used = 0
        self._packets = np.zeros(0, np.int64)
        self._bytes = np.zeros(0, np.int64)
        self._first = np.zeros(0, np.int64)
        self._last = np.zeros(0, np.int64)
        self._frames = np.zeros((0, FRAMES_KEPT), np.int64)

    def allot(self, count: int) -> Ints:
        """Return the next `count` numbers, int64 (count,), and make room for their counts."""
        start, self.used = self.used, self.used + count
        if self.used > len(self._packets):
            more = max(self.used, 2 * len(self._packets)) - len(self._packets)
            zeros = np.zeros(more, np.int64)
            self._packets = np.concatenate([self._packets, zeros])
            self._bytes = np.concatenate([self._bytes, zeros])
            self._first = np.concatenate([self._first, zeros + TIME_LIMITS.max])
            self._last = np.concatenate([self._last, zeros + TIME_LIMITS.min])
            self._frames = np.concatenate([self._frames, np.zeros((more, FRAMES_KEPT), np.int64)])
        return np.arange(start, self.used)

    def add(self, numbers: Ints, block: Block) -> None:
        """Count the packets of a block.

        Args:
            numbers: int64 (n,), the variant of each.
            block: the packets.
        """
        self._note_frames(numbers, block.frame)
        if self.used > 8 * len(numbers):  # few packets, many variants: touch only theirs
            np.add.at(self._packets, numbers, 1)
            np.add.at(self._bytes, numbers, block.original)
        else:
            size = len(self._packets)
            self._packets += np.bincount(numbers, minlength=size)
            self._bytes += np.bincount(numbers, weights=block.original, minlength=size).astype(np.int64)
        np.minimum.at(self._first, numbers, block.time)
        np.maximum.at(self._last, numbers, block.time)

    def first_rows(self, numbers: Ints, limit: int) -> Ints:
        """Return the rows of a block, not yet added, that are among the first `limit` of their variant."""
        return np.sort(self._ranked(numbers, limit)[0])

    def _ranked(self, numbers: Ints, limit: int) -> tuple[Ints, Ints]:
        """Return those rows, and how many packets of the same variant come before each."""
        rows = np.flatnonzero(self._packets.take(numbers) < limit)
        within, place = ranked(numbers[rows])
        order = rows[within]
        rank = self._packets[numbers[order]] + place
        return order[rank < limit], rank[rank < limit]

    def _note_frames(self, numbers: Ints, frames: Ints) -> None:
        """Keep the first frame numbers of each variant."""
        rows, rank = self._ranked(numbers, FRAMES_KEPT)
        self._frames[numbers[rows], rank] = frames[rows]

    def frame(self) -> pl.DataFrame:
        """Return one row per variant, in order of its number.

        Columns: packets, bytes, first, last, and frame1 … frame5, 0 where there are fewer.
        """
        columns = {"packets": self._packets, "bytes": self._bytes, "first": self._first, "last": self._last}
        columns |= {f"frame{k + 1}": self._frames[:, k] for k in range(FRAMES_KEPT)}
        return pl.DataFrame({name: values[: self.used] for name, values in columns.items()})
