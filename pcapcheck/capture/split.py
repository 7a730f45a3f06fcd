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
from pcapcheck.capture.reading import HEAD, steps
from pcapcheck.capture.window import Windows


def split(windows: Windows, reader: Reader, size: int, count: int) -> list[Range]:
    """Return at most `count` ranges of about the same number of bytes; one, if the file can't be split.

    Args:
        windows: of the file.
        reader: a fresh one.
        size: bytes of the file.
        count: how many ranges are wanted.
    """
    wanted = size * np.arange(1, count) // count
    places, first = [0], None
    for starts in _starts(windows, reader, size):
        first = starts[0] if first is None else first
        if not reader.splittable or first > HEAD:
            return [Range(0, size)]
        here = wanted <= starts[-1]
        places += starts[np.searchsorted(starts, wanted[here])].tolist()
        wanted = wanted[~here]
        if len(wanted) == 0:
            break
    return [Range(start, stop) for start, stop in pairwise([*sorted({*places}), size])]


def _starts(windows: Windows, reader: Reader, size: int) -> Iterator[Ints]:
    """Yield where records start in the file, window by window."""
    for window, scan in steps(windows, Range(reader.first, size), reader.scan):
        if len(scan.starts):
            yield scan.starts + window.start
