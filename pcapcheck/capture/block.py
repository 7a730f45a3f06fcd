"""Block: some packets of a capture, as arrays over one byte buffer.

The readers of this room make blocks, and `decode` interprets their bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pcapcheck.capture.arrays import Bytes, Ints, Words16

MAX_BLOCK_PACKETS = 65536  # large enough to spread numpy's overhead, small enough for the cache


@dataclass(frozen=True, slots=True)
class Block:
    """`n` packets, in the order of the file.

    Attributes:
        data: uint8 (size,), often a view of a memory map; it may hold more than these packets.
        offset: int64 (n,), where in `data` each packet's first byte lies.
        captured: int64 (n,), bytes of it that the capture holds.
        original: int64 (n,), bytes it had on the wire.
        time: int64 (n,), nanoseconds since 1970 UTC.
        interface: uint16 (n,), number of the interface that captured it.
        linktype: per interface, the LINKTYPE_ number of tcpdump.org/linktypes.html.
        absent: per interface, the names of fields that were not printed, where the packets were made from
            text; empty if none was. See `CaptureInterface`.
        frame: int64 (n,), frame numbers as Wireshark counts them, from 1 at the start of the byte range read.
    """

    data: Bytes
    offset: Ints
    captured: Ints
    original: Ints
    time: Ints
    interface: Words16
    linktype: tuple[int, ...]
    frame: Ints
    absent: tuple[frozenset[str], ...] = ()

    def __len__(self) -> int:
        return len(self.offset)

    def pieces(self) -> Iterator["Block"]:
        """Yield the packets in blocks of PACKETS at most."""
        for begin in range(0, len(self), MAX_BLOCK_PACKETS):
            yield self.take(slice(begin, begin + MAX_BLOCK_PACKETS))

    def take(self, rows: Ints | slice) -> "Block":
        """Return the packets of these rows, over the same bytes."""
        return Block(
            data=self.data,
            offset=self.offset[rows],
            captured=self.captured[rows],
            original=self.original[rows],
            time=self.time[rows],
            interface=self.interface[rows],
            linktype=self.linktype,
            frame=self.frame[rows],
            absent=self.absent,
        )
