"""Folder: the chosen packets of each capture in a file of its own, with entries for a topology."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pcapcheck.capture.inputs import Input
from pcapcheck.capture.pcapngwriter import Writer
from pcapcheck.errors import InputError
from pcapcheck.extract.excerpt import Excerpt, ExtractMeans
from pcapcheck.extract.originals import Places
from pcapcheck.topology.topology import CaptureEntry

EXTRACT_ENDING = ".pcapng"


@dataclass(frozen=True, slots=True)
class Written:
    """A capture that was written: its name in the folder, number of packets, and topology entries."""

    name: str
    packets: int
    entries: tuple[CaptureEntry, ...]


def write_folder(
    inputs: Sequence[Input], means: ExtractMeans, places: Places, folder: Path, warn: Callable[[str], None]
) -> tuple[Written, ...]:
    """Write the chosen packets of each capture to a file in the folder.

    Args:
        inputs: the captures.
        means: which packets to extract, and how.
        places: where the captures were taken.
        folder: created if it does not exist.
        warn: called with what is wrong with a capture; one that cannot be read is left out.

    Raises:
        InputError: the folder cannot be written.
    """
    taken: set[str] = set()
    written = []
    _make(folder)
    for each in inputs:
        try:
            excerpt = Excerpt(each, means)
        except InputError as error:
            warn(str(error))
            continue
        name = _free(places.name(each, excerpt.interfaces) or "capture", taken) + EXTRACT_ENDING
        written.append(_write(excerpt, places, folder, name))
        for note in excerpt.notes:
            warn(f"{each.shown}: {note}")
    return tuple(written)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(folder, f"this folder can't be made: {error.strerror}", "name another") from error


def _free(name: str, taken: set[str]) -> str:
    """Return the name, or the name with a number if it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}-{number}"
    taken.add(free)
    return free


def _write(excerpt: Excerpt, places: Places, folder: Path, name: str) -> Written:
    described = 0
    count = 0
    with (folder / name).open("wb") as stream:
        writer = Writer(stream)
        for packet in excerpt.packets():
            while described <= packet.interface:
                writer.interface(places.described(excerpt.file, excerpt.interfaces[described]))
                described += 1
            writer.packet(packet.interface, packet.time, packet.data, packet.original, packet.comments)
            count += 1
        for number, each in enumerate(excerpt.interfaces):
            told = places.described(excerpt.file, each)
            if number >= described:
                writer.interface(told)
            writer.count(number, told)
    return Written(name, count, places.entries(excerpt.file, excerpt.interfaces, name))
