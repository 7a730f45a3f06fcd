"""Packets of a pcapng: three kinds of blocks hold one.

Source: draft-ietf-opsawg-pcapng, 4.3, 4.4 and appendix A.
"""

from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Bytes, Ints, Words64, at_every_byte, gather

SHB, IDB, ISB = 0x0A0D0D0A, 1, 5  # section header, interface description and interface statistics block
PB, SPB, EPB = 2, 3, 6  # packet (obsolete), simple packet and enhanced packet block
BLOCK_HEADERS = {PB: 28, SPB: 12, EPB: 28}  # bytes of a block before those of the packet
TRAILER = 4


class Packets(NamedTuple):
    """What some blocks say about the packet they hold, each as an array (n,).

    Attributes:
        start: where the block starts in the data.
        offset: where the packet's first byte lies in the data.
        captured: bytes of the packet that the block claims to hold.
        original: bytes it had on the wire.
        interface: number of its interface within the section.
        ticks: its time, in the unit of the interface.
        room: bytes of the block for the packet and its options.
    """

    start: Ints
    offset: Ints
    captured: Ints
    original: Ints
    interface: Ints
    ticks: Words64
    room: Ints

    def before(self, row: int) -> "Packets":
        """Return the packets before this row."""
        return Packets(*(values[:row] for values in self))  # type: ignore[arg-type]  # each keeps its type


def read_packets(data: Bytes, start: Ints, order: str, kind: Ints, *, simple: int) -> Packets:
    """Return what the packet blocks that start at data[start] say; (n,) -> (n,).

    Args:
        data: the bytes.
        start: int64 (n,).
        order: "<" or ">".
        kind: uint32 (n,), PB, SPB or EPB.
        simple: bytes that a simple packet block holds at most: the first interface's snapshot length.
    """
    if not np.any(kind != EPB):
        return _enhanced(data, start, order)
    is_simple = kind == SPB
    parts = [_simple(data, start[is_simple], order, simple), _enhanced(data, start[~is_simple], order)]
    old = kind[~is_simple] == PB
    short = at_every_byte(data, order + "u2")
    parts[1].interface[old] = short[start[~is_simple][old] + 8]  # two bytes; a drop count follows
    place = np.argsort(np.concatenate([np.flatnonzero(is_simple), np.flatnonzero(~is_simple)]))
    return Packets(*(np.concatenate(both)[place] for both in zip(*parts, strict=True)))


def _enhanced(data: Bytes, start: Ints, order: str) -> Packets:
    numbers = gather(data, start, 7, order).T
    total, interface, captured, original = (numbers[at].astype(np.int64) for at in (1, 2, 5, 6))
    high, low = numbers[3].astype(np.uint64), numbers[4].astype(np.uint64)
    return Packets(
        start=start,
        offset=start + BLOCK_HEADERS[EPB],
        captured=captured,
        original=original,
        interface=interface,
        ticks=high << np.uint64(32) | low,
        room=total - BLOCK_HEADERS[EPB] - TRAILER,
    )


def _simple(data: Bytes, start: Ints, order: str, most: int) -> Packets:
    numbers = at_every_byte(data, order + "u4")
    total, original = (numbers[start + at].astype(np.int64) for at in (4, 8))
    return Packets(
        start=start,
        offset=start + BLOCK_HEADERS[SPB],
        captured=np.minimum(original, most),
        original=original,
        interface=np.zeros(len(start), np.int64),
        ticks=np.zeros(len(start), np.uint64),
        room=total - BLOCK_HEADERS[SPB] - TRAILER,
    )
