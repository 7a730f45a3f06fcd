"""Sizing: how large the captures are, and whether their sightings fit the scratch folder.

At most the first packets of the largest capture are read.
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

LARGE: Final = 64 << 20  # bytes of captures from which their sightings may not fit the scratch folder
RECORD: Final = 16  # bytes of a record's header in a pcap file; about as many in pcapng
SPILLED: Final = 120  # bytes of scratch that a sighting takes: once as gathered, once more when sorted


def size_of(each: Input) -> int:
    """Return the size of a capture in bytes, 0 if it is not known."""
    if is_url(each.path):
        return each.size if each.size is not None else _remote_size(each.path)
    if each.path == STANDARD_INPUT:  # even if there is a file of that name
        return 0
    path = Path(each.path)
    return path.stat().st_size if path.is_file() else 0


def _remote_size(url: str) -> int:
    try:
        return Remote(url).size or 0
    except InputError:  # the capture's task reports it
        return 0


def check_room(inputs: Sequence[Input], using: Resources) -> None:
    """Make sure, before the captures are read, that their sightings fit the scratch folder if spilled.

    Raises:
        InputError: they do not fit.
    """
    try:
        largest = max(inputs, key=size_of)
        capture = open_capture(largest.path)
        (block,) = capture.head() or (None,)
        capture.close()
    except InputError:
        return  # the capture's task reports it
    if block is None or not capture.seekable:
        return
    sightings = sum(map(size_of, inputs)) // (RECORD + int(block.captured.mean()))
    if sightings > using.budget.waiting and using.scratch:
        scratch.check_room(using.scratch, sightings * SPILLED)
