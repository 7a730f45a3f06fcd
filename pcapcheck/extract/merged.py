"""Merged: packets of several captures in one pcapng, by time, with an interface a capture point."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, NamedTuple

from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.capture.pcapngwriter import Writer
from pcapcheck.extract.excerpt import Excerpt, Packet
from pcapcheck.extract.originals import Places


class Sourced(NamedTuple):
    """A packet and the number of its excerpt."""

    time: int
    source: int
    packet: Packet


def write_merged(excerpts: Sequence[Excerpt], places: Places, stream: IO[bytes]) -> int:
    """Write the packets of all excerpts in order of time, and return how many there were.

    Args:
        excerpts: the chosen packets of each capture.
        places: where the captures were made.
        stream: a file that is open for writing.
    """
    interfaces = _Interfaces(Writer(stream), places)
    parts = [_sourced(number, each) for number, each in enumerate(excerpts)]
    count = 0
    for _, source, packet in heapq.merge(*parts, key=lambda each: (each.time, each.source)):
        interfaces.write(excerpts[source], packet)
        count += 1
    return count


def _sourced(source: int, excerpt: Excerpt) -> Iterator[Sourced]:
    for packet in excerpt.packets():
        yield Sourced(packet.time, source, packet)


class _Interfaces:
    """The interfaces of the new file; captures of one point share an interface."""

    def __init__(self, writer: Writer, places: Places) -> None:
        self._writer, self._places = writer, places
        self._known: dict[tuple[str, int], int] = {}
        self._numbers: dict[CaptureInterface, int] = {}

    def write(self, excerpt: Excerpt, packet: Packet) -> None:
        """Write a packet of an excerpt."""
        key = excerpt.file.shown, packet.interface
        if key not in self._known:
            self._known[key] = self._number(excerpt, packet.interface)
        self._writer.packet(self._known[key], packet.time, packet.data, packet.original, packet.comments)

    def _number(self, excerpt: Excerpt, interface: int) -> int:
        seen = excerpt.interfaces[interface]
        told = self._places.described(excerpt.file, seen)
        alike = CaptureInterface(
            seen.linktype, name=told.name, description=told.description, absent=seen.absent
        )
        if not alike.name and not alike.description:
            alike = replace(alike, description=f"capture {len(self._numbers) + 1}")
        if alike not in self._numbers:
            self._numbers[alike] = self._writer.interface(alike)
        return self._numbers[alike]
