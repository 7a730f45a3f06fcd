"""Cuts: ranges of a capture that begin where a record seems to begin, without reading what lies before.

A cut is proven by whoever reads the range before it: the walk from the file's first record must end exactly
at it. Where it does not, `split`, which walks the whole file, gives ranges that need no proof.
"""

from collections.abc import Iterator
from itertools import pairwise

from pcapcheck.capture.batch import Reader
from pcapcheck.capture.range import Range
from pcapcheck.capture.reading import HEAD, learn_interfaces
from pcapcheck.capture.window import Window, Windows

LOOK = 1 << 18  # bytes in which the start of a record is looked for


def cut(windows: Windows, reader: Reader, size: int, count: int) -> list[Range]:
    """Return at most `count` ranges of about the same number of bytes.

    Args:
        windows: of the file.
        reader: a fresh one.
        size: bytes of the file.
        count: how many ranges are wanted.
    """
    head = windows.window(0, min(HEAD, size))
    learn_interfaces(head, reader)
    if reader.find(Window(head.data[reader.first :], reader.first, final=False)) is None:
        return [Range(0, size)]  # what is said of interfaces goes on behind these bytes
    places = sorted({0, *_places(windows, reader, size, count)})
    return [Range(start, stop) for start, stop in pairwise([*places, size])]


def _places(windows: Windows, reader: Reader, size: int, count: int) -> Iterator[int]:
    for number in range(1, count):
        wanted = size * number // count
        place = reader.find(windows.window(wanted, LOOK))
        if place is not None and wanted + place > HEAD:
            yield wanted + place
