"""pcapng: sections of blocks, which describe interfaces and hold packets. Source: draft-ietf-opsawg-pcapng.

Takes windows, gives batches of packets. Blocks of other types than those named below are skipped.
"""

import struct

import numpy as np
from numpy.typing import NDArray

from pcapcheck.capture.batch import Batch, at_every_byte, empty_batch
from pcapcheck.capture.block import Bytes, Ints, Numbers
from pcapcheck.capture.chain import Chain, Walk, walk
from pcapcheck.capture.interface import Interface
from pcapcheck.capture.interfaces import MOST, Interfaces
from pcapcheck.capture.options import COMMENT, read_options, text
from pcapcheck.capture.packets import EPB, PB, SPB, Packets, read_packets
from pcapcheck.capture.window import Window

SHB, IDB, ISB = 0x0A0D0D0A, 1, 5
MARK = b"\n\r\r\n"  # a section header's type, the same in both byte orders
ORDER = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
LEAST = np.full(8, 12, np.int64)  # bytes of a block without data or options, by type
LEAST[[IDB, PB, SPB, ISB, EPB]] = 20, 32, 16, 24, 32
LARGEST = 16 << 20  # of a block: Wireshark, wiretap/pcapng.c, MAX_BLOCK_SIZE
UNLIMITED = 1 << 32


def is_pcapng(head: bytes) -> bool:
    """Tell whether a file that begins with these bytes is a pcapng."""
    return head[:4] == MARK and head[8:12] in ORDER


class Pcapng:
    """The reader of one pcapng. What a section says holds until the next, so windows must come in order."""

    format = "pcapng"
    first = 0

    def __init__(self) -> None:
        self._order = "<"
        self._table = Interfaces()
        self.comments: list[str] = []
        self.sections = 0

    @property
    def interfaces(self) -> list[Interface]:
        """The interfaces of all sections so far."""
        return self._table.described

    def read(self, window: Window) -> Batch:
        """Return the packets that lie completely in the window, before the next section."""
        if bytes(window.data[:4]) == MARK:
            return self._begin_section(window)
        blocks = self._blocks(window.data)
        kind = at_every_byte(window.data, self._order + "u4")[blocks.starts]
        known = len(self._table.described) - self._table.base + np.cumsum(kind == IDB)
        self._describe(window.data, blocks.starts, kind)
        is_packet = (kind == EPB) | (kind == SPB) | (kind == PB)
        start = blocks.starts[is_packet]
        simple = self._table.simple_snaplen() or UNLIMITED
        packets = read_packets(window.data, start, self._order, kind[is_packet], simple=simple)
        wrong = np.flatnonzero(self._wrong(packets, known[is_packet]))
        if len(wrong):
            blocks = Walk(blocks.starts, int(start[wrong[0]]), broken=True)
            packets = packets.before(int(wrong[0]))
        return self._batch(window, packets, blocks)

    def starts(self, window: Window) -> tuple[Ints, int, bool]:
        """Return where blocks start; the file can't be split where interfaces follow the first packet."""
        raise NotImplementedError

    def _begin_section(self, window: Window) -> Batch:
        head = bytes(window.data[:16])
        if len(head) < 16:
            return empty_batch(0)
        order = ORDER.get(head[8:12], "<")
        total, _, major, _ = struct.unpack(order + "IIHH", head[4:])
        length = total + 3 & ~3
        if head[8:12] not in ORDER or major != 1 or not 28 <= total <= LARGEST:
            place = f"the section at byte {window.start}"
            return empty_batch(0, f"{place} has a header that makes no sense; nothing can be read behind it")
        if length > len(window.data):
            return empty_batch(0)
        self._order = order
        self._chain = Chain(order, 4, 0, 12, LARGEST, align=4, header=12, stop=SHB)
        self.sections += 1
        self._table.begin_section()
        options = read_options(bytes(window.data[24 : length - 4]), order)
        self.comments += [text(value) for code, value in options if code == COMMENT]
        return empty_batch(length)

    def _blocks(self, data: Bytes) -> Walk:
        """Return the blocks before the first that is too short for its type, or whose lengths disagree."""
        blocks = walk(data, self._chain)
        numbers = at_every_byte(data, self._order + "u4")
        kind, total = numbers[blocks.starts], numbers[blocks.starts + 4].astype(np.int64)
        trailer = numbers[blocks.starts + (total + 3 & ~3) - 4]
        wrong = np.flatnonzero((trailer != total) | (total < LEAST[np.where(kind < len(LEAST), kind, 0)]))
        if len(wrong) == 0:
            return blocks
        return Walk(blocks.starts[: wrong[0]], int(blocks.starts[wrong[0]]), broken=True)

    def _describe(self, data: Bytes, starts: Ints, kind: Numbers) -> None:
        """Take in what the blocks say about interfaces."""
        for row in np.flatnonzero((kind == IDB) | (kind == ISB)).tolist():
            at = int(starts[row])
            total = struct.unpack_from(self._order + "I", data.data, at + 4)[0]
            body = bytes(data[at + 8 : at + total - 4])
            if kind[row] == ISB:
                self._table.count(body, self._order)
            else:
                self._table.describe(body, self._order)

    def _wrong(self, packets: Packets, known: Ints) -> NDArray[np.bool_]:
        """Tell which packets name an unknown interface or claim more bytes than there can be; bool (n,)."""
        most = np.append(self._table.most_captured(), 0)
        unknown = packets.interface >= np.minimum(known, MOST)
        limit = most[np.where(unknown, 0, packets.interface)]
        return unknown | (packets.captured > packets.room) | (packets.captured > limit)

    def _batch(self, window: Window, packets: Packets, blocks: Walk) -> Batch:
        interface = packets.interface + self._table.base
        end = f"the block at byte {window.start + blocks.end} is broken; nothing can be read behind it"
        return Batch(
            offset=packets.offset,
            captured=packets.captured,
            original=packets.original,
            time=self._table.time(interface, packets.ticks),
            interface=interface.astype(np.uint16),
            used=blocks.end,
            end=end if blocks.broken else "",
        )
