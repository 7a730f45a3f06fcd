"""Excerpt: the chosen packets of one capture, read again and anonymised if that is wanted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.anonymise.rewriting import anonymised, compact
from pcapcheck.capture.arrays import Ints
from pcapcheck.capture.block import Block
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.capture.source import Capture, open_capture
from pcapcheck.check.finding import Frame
from pcapcheck.decode.registry import Dissectors
from pcapcheck.extract.chosen import Choice

PACKETS_PER_BLOCK = 8192  # bounds the memory: about 12 MB of full-size packets


class Packet(NamedTuple):
    """One packet, as it is written."""

    time: int
    interface: int
    data: bytes
    original: int
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExtractMeans:
    """How packets are extracted.

    Attributes:
        choice: which packets, with their comments.
        table: how to decode them.
        pseudonyms: replacements of their addresses; None leaves them as they are.
    """

    choice: Choice
    table: Dissectors
    pseudonyms: Pseudonyms | None = None


class Excerpt:
    """The chosen packets of one capture.

    Args:
        file: the capture.
        means: which packets to extract, and how.

    Raises:
        InputError: it cannot be read.
    """

    def __init__(self, file: Input, means: ExtractMeans) -> None:
        self.file = file
        self._capture: Capture = open_capture(file.path)
        self._means = means
        self._wanted = self._numbers()

    @property
    def interfaces(self) -> tuple[CaptureInterface, ...]:
        """The interfaces that the capture has described so far."""
        return self._capture.interfaces

    @property
    def notes(self) -> tuple[str, ...]:
        """What is wrong with the capture, one sentence each."""
        return self._capture.summary.complaints

    def packets(self) -> Iterator[Packet]:
        """Yield the packets in the order of the file."""
        last = None if self._wanted is None else int(self._wanted.max(initial=0))
        for block in self._capture.blocks(packets=PACKETS_PER_BLOCK):
            if last is not None and block.frame[0] > last:
                self._capture.close()
                return
            rows = self._rows(block)
            if len(rows):
                yield from self._of_block(block, rows)

    def _numbers(self) -> Ints | None:
        frames = self._means.choice.frames
        return None if frames is None else np.array(sorted(frames.get(self.file.shown, ())), np.int64)

    def _rows(self, block: Block) -> Ints:
        """Return the rows of a block that are chosen, int64 (k,)."""
        chosen = np.ones(len(block), np.bool_)
        if self._wanted is not None:
            chosen = np.isin(block.frame, self._wanted)
        choice = self._means.choice
        if choice.since is not None:
            chosen &= block.time >= choice.since
        if choice.until is not None:
            chosen &= block.time <= choice.until
        return np.flatnonzero(chosen)

    def _of_block(self, block: Block, rows: Ints) -> Iterator[Packet]:
        """Yield the packets of some rows."""
        chosen = block.take(rows)
        pseudonyms = self._means.pseudonyms
        pieces = anonymised(chosen, self._means.table, pseudonyms) if pseudonyms else iter((compact(chosen),))
        numbers = iter(chosen.frame.tolist())
        for piece in pieces:
            data = piece.data.data
            columns = (piece.time, piece.interface, piece.offset, piece.captured, piece.original)
            for time, interface, start, size, original in zip(
                *(each.tolist() for each in columns), strict=True
            ):
                comments = self._means.choice.comments.get(Frame(self.file.shown, next(numbers)), ())
                yield Packet(time, interface, bytes(data[start : start + size]), original, comments)
