"""Chain: how one finds the next record of a file, for formats in which each record has its length.

It has the plain walk from record to record. `pcap` and `pcapng` describe their records by a `Chain`.
"""

import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Words32


@dataclass(frozen=True, slots=True)
class Chain:
    """Where a record's length stands, and what it counts.

    Attributes:
        order: "<" or ">", the byte order of the length.
        place: the byte of a record at which its length stands, a u4.
        extra: bytes of the record that the length does not count.
        least: the least possible length.
        limit: the greatest possible length.
        align: records start at multiples of this, counted from the first.
        header: bytes that every record has.
        stop: the walk ends before a record whose first u4 is this number; None never ends it.
    """

    order: str
    place: int
    extra: int
    least: int
    limit: int
    align: int
    header: int
    stop: int | None = None

    def whole(self, length: Words32) -> Ints:
        """Return how many bytes records of these lengths take; uint32 (n,) -> int64 (n,)."""
        whole = length.astype(np.int64)
        if self.align > 1:
            whole += self.align - 1
            whole &= -self.align
        whole += self.extra
        return whole

    def possible(self, length: Words32) -> Bools:
        """Tell which lengths are possible; uint32 (n,) -> bool (n,)."""
        return (length >= self.least) & (length <= self.limit) if self.least else length <= self.limit


class Walk(NamedTuple):
    """The records that lie completely in some bytes.

    Attributes:
        starts: int64 (n,), where they start.
        end: where the next one starts.
        broken: its length is impossible.
    """

    starts: Ints
    end: int
    broken: bool


def walk(data: Bytes, chain: Chain, start: int = 0, *, until: Collection[int] = ()) -> Walk:
    """Go from record to record.

    This is the only Python loop over packets, since a chain can only be followed step by step. Large windows
    are walked by `lanes`.

    Args:
        data: the bytes.
        chain: how the records are chained.
        start: where the first record starts.
        until: places; the walk ends when a record ends at one of them.
    """
    number = struct.Struct(chain.order + "I").unpack_from
    view, size, last = data.data, len(data), len(data) - chain.header
    place, extra, least, limit, align = chain.place, chain.extra, chain.least, chain.limit, chain.align - 1
    stop = chain.stop
    starts: list[int] = []
    while start <= last:
        length = number(view, start + place)[0]
        if not least <= length <= limit:
            return Walk(np.array(starts, np.int64), start, broken=True)
        following = start + extra + ((length + align) & ~align)
        if following > size:
            break
        starts.append(start)
        start = following
        if until and start in until:
            break
        if stop is not None and start <= last and number(view, start)[0] == stop:
            break
    return Walk(np.array(starts, np.int64), start, broken=False)
