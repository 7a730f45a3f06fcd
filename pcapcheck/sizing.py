"""Sizing: how large the captures are, and what that means: for workers, for scratch, for what is kept.

It looks at the first packets of the largest one at most.
"""

import os
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Final

from pcapcheck import spill
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.opening import STANDARD_INPUT
from pcapcheck.capture.source import open_capture
from pcapcheck.errors import InputError
from pcapcheck.remote import Remote, is_url
from pcapcheck.resources import Resources
from pcapcheck.topology.filename import stems
from pcapcheck.topology.naming import SLL2

LARGE: Final = 64 << 20  # bytes of captures
ALONE: Final = 1 << 30  # bytes, where packets are read only
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
        spill.check_room(using.scratch, sightings * SPILLED)


def is_one_large_point(inputs: Sequence[Input]) -> bool:
    """Whether all packets are of one capture point, and many: there is no other to compare them with.

    Files that tcpdump -C, -G or -W wrote one after the other are one point.
    """
    names = {(PurePath(each.shown).parent, stems(each.shown)[-1]) for each in inputs}
    if len(names) > 1 or sum(map(size_of, inputs)) <= LARGE:
        return False
    try:
        capture = open_capture(inputs[0].path)
    except InputError:
        return False
    of_any = any(each.linktype == SLL2 for each in capture.interfaces)  # of all interfaces of a node
    return capture.format == "pcap" and capture.seekable and not of_any


def suitable_jobs(inputs: Sequence[Input], *, following: bool = True) -> int:
    """Return how many processes the captures are worth: the cores, where it is more than their start costs.

    Following a packet over several points costs as much as reading thirty.
    """
    worth = LARGE if following and not is_one_large_point(inputs) else ALONE
    return os.cpu_count() or 1 if sum(map(size_of, inputs)) > worth else 1
