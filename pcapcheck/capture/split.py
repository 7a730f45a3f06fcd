"""Split: cut a capture file into ranges that several processes can read.

A range may start only where the walk from the file's first record arrives: a guess could be a record within a
packet's payload, or lie behind the place where the file is broken. So the whole chain is walked.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from pcapcheck.capture.batch import Reader
from pcapcheck.capture.block import Ints
from pcapcheck.capture.range import Range
from pcapcheck.capture.reading import steps
from pcapcheck.capture.window import Windows


def split(windows: Windows, reader: Reader, size: int, count: int) -> list[Range]:
    """Return at most `count` ranges of about the same number of bytes; one, if the file can't be split.

    Args:
        windows: of the file.
        reader: a fresh one.
        size: bytes of the file.
        count: how many ranges are wanted.
    """
    cuts = list(_cuts(windows, reader, size, size * np.arange(1, count) // count))
    if not reader.splittable:
        return [Range(0, size)]
    return [Range(start, stop) for start, stop in pairwise([0, *sorted(set(cuts)), size])]


def _cuts(windows: Windows, reader: Reader, size: int, wanted: Ints) -> Iterator[int]:
    """Yield the first place at or behind each wanted one where a record starts."""
    for window, scan in steps(windows, Range(reader.first, size), reader.scan):
        starts = scan.starts + window.start
        if not len(starts):
            continue
        here = np.searchsorted(starts, wanted[wanted <= starts[-1]])
        yield from starts[here].tolist()
        wanted = wanted[wanted > starts[-1]]
        if not len(wanted) or not reader.splittable:
            return
