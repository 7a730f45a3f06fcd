"""Ranges: byte ranges of a capture that begin where a record begins, so that several tasks can share it.

`cut` guesses such places without reading what lies before them. A guess is proven when the range before it is
read: the walk from record to record must end exactly there. If it does not, `split` walks the whole file and
gives ranges that need no proof.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.capture.reader import Reader
from pcapcheck.capture.reading import INTERFACE_SEARCH, learn_interfaces, steps
from pcapcheck.capture.window import Range, Window, Windows

CUT_SEARCH = 1 << 18  # bytes in which the start of a record is looked for: tcpdump takes no longer packet


def cut(windows: Windows, reader: Reader, size: int, count: int) -> list[Range]:
    """Return at most `count` ranges of about the same number of bytes.

    Args:
        windows: of the file.
        reader: a fresh one.
        size: bytes of the file.
        count: how many ranges are wanted.
    """
    head = windows.window(0, min(INTERFACE_SEARCH, size))
    learn_interfaces(head, reader)
    if reader.find(Window(head.data[reader.first :], reader.first, final=False)) is None:
        return [Range(0, size)]  # descriptions of interfaces go on behind these bytes
    places = sorted({0, *_places(windows, reader, size, count)})
    return [Range(start, stop) for start, stop in pairwise([*places, size])]


def _places(windows: Windows, reader: Reader, size: int, count: int) -> Iterator[int]:
    for number in range(1, count):
        wanted = size * number // count
        place = reader.find(windows.window(wanted, CUT_SEARCH))
        if place is not None and wanted + place > INTERFACE_SEARCH:
            yield wanted + place


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
        if not reader.splittable or first > INTERFACE_SEARCH:
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
