"""Sizing: how large the captures are, and what that means: for workers, for scratch, for what is kept.

It looks at the first packets of the largest one at most.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pcapcheck.capture.inputs import Input
from pcapcheck.capture.openfile import STANDARD_INPUT
from pcapcheck.capture.remote import Remote, is_url
from pcapcheck.capture.source import open_capture
from pcapcheck.errors import InputError
from pcapcheck.scale import scratch
from pcapcheck.scale.resources import Resources

LARGE: Final = 64 << 20  # bytes of captures
RECORD: Final = 16  # bytes that a file holds of a packet besides its data, about
SPILLED: Final = 120  # bytes of scratch that a sighting takes, as it was found and once more when sorted


def size_of(each: Input) -> int:
    """Return the bytes of a capture, 0 where nobody knows."""
    if is_url(each.path):
        return each.size if each.size is not None else _remote_size(each.path)
    if each.path == STANDARD_INPUT:  # whatever a file may be called
        return 0
    path = Path(each.path)
    return path.stat().st_size if path.is_file() else 0


def _remote_size(url: str) -> int:
    try:
        return Remote(url).size or 0
    except InputError:  # reading it will say so
        return 0


def check_room(inputs: Sequence[Input], using: Resources) -> None:
    """Make sure, before the captures are read, that the sightings which are more than can wait fit the disk.

    Raises:
        InputError: they do not.
    """
    try:
        largest = max(inputs, key=size_of)
        capture = open_capture(largest.path)
        (block,) = capture.head() or (None,)
        capture.close()
    except InputError:
        return  # the report says so
    if block is None or not capture.seekable:
        return
    sightings = sum(map(size_of, inputs)) // (RECORD + int(block.captured.mean()))
    if sightings > using.budget.waiting and using.scratch:
        scratch.check_room(using.scratch, sightings * SPILLED)
