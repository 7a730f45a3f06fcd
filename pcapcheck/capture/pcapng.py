"""pcapng: sections of blocks, which describe interfaces and hold packets. Source: draft-ietf-opsawg-pcapng.

Takes windows and gives batches of packets. Blocks of types that are not named below are skipped.
"""

import struct

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Numbers, at_every_byte, gather
from pcapcheck.capture.blockoptions import COMMENT, find_comments, read_options, text
from pcapcheck.capture.chain import Chain, Walk, walk
from pcapcheck.capture.interface import MAX_INTERFACES, CaptureInterface, Interfaces
from pcapcheck.capture.lanes import Signs, first_start, walk_in_lanes
from pcapcheck.capture.packetblocks import EPB, IDB, ISB, PB, SHB, SPB, Packets, read_packets
from pcapcheck.capture.reader import Batch, Scan, empty_batch
from pcapcheck.capture.window import Window
from pcapcheck.errors import InputError

# Blocks that Wireshark shows as frames, though no packet is in them: custom blocks, systemd's journal,
# events of sysdig. Source: wiretap/pcapng.c.
OTHER_FRAME_BLOCKS = (0x0BAD, 0x40000BAD, 9, 0x204, 0x208, 0x216, 0x221)
SECTION_MAGIC = b"\n\r\r\n"  # a section header's type, the same in both byte orders
ORDER = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
SECTION_HEADER = 28  # bytes, without options
MIN_BLOCK_SIZE = 12  # bytes of a block of any type: its type, and its length twice
MIN_BLOCK_SIZES = np.full(8, MIN_BLOCK_SIZE, np.int64)  # bytes without data or options, by type
MIN_BLOCK_SIZES[[IDB, PB, SPB, ISB, EPB]] = 20, 32, 16, 24, 32
MAX_BLOCK_SIZE = 16 << 20  # bytes: Wireshark, wiretap/pcapng.c, MAX_BLOCK_SIZE
PCAPNG_VERSIONS = ((1, 0), (1, 2))  # libpcap, sf-pcapng.c: some wrote 1.2 and meant 1.0
UNLIMITED = 1 << 32
COMMENTS = 1000  # on sections that are kept
COMMENTED = 10_000  # packets whose comments are kept


def is_pcapng(head: bytes) -> bool:
    """Tell whether a file that begins with these bytes is a pcapng."""
    return head[:4] == SECTION_MAGIC and head[8:12] in ORDER


class Pcapng:
    """The reader of one pcapng. Interfaces hold for the rest of a section, so windows must come in order.

    Args:
        head: the file's first bytes.
        where: its name, for messages.

    Raises:
        InputError: the header is cut off, or of an unknown version.
    """

    format = "pcapng"
    first = 0

    def __init__(self, head: bytes, where: str) -> None:
        self._order = "<"
        self._table = Interfaces()
        self.comments: list[str] = []
        self.splittable = True
        self._sections, self._begun, self._calm = 0, False, False
        self._comments_left = COMMENTED
        if len(head) < SECTION_HEADER:
            what = f"the file ends after {len(head)} bytes, within the 28 that a pcapng starts with"
            raise InputError(where, what, "capture again, or copy the file again")
        *_, version = _section(head)
        if version not in PCAPNG_VERSIONS:
            what = f"it is a pcapng of version {version[0]}.{version[1]}, but only 1.0 can be read"
            raise InputError(where, what, "convert it with `editcap -F pcapng FILE NEW.pcapng`")

    @property
    def interfaces(self) -> list[CaptureInterface]:
        """The interfaces of all sections so far."""
        return self._table.described

    @property
    def linktypes(self) -> tuple[int, ...]:
        """Their link types."""
        return self._table.linktypes

    @property
    def absent(self) -> tuple[frozenset[str], ...]:
        """What was not printed of their packets, where these were made from text."""
        return self._table.absent

    def read(self, window: Window) -> Batch:
        """Return the packets that lie completely in the window, before the next section."""
        if len(window.data) < MIN_BLOCK_SIZE or window.data[:4].tobytes() == SECTION_MAGIC:
            return self._begin_section(window)
        packets, blocks, before = self._packets(window.data)
        return Batch(
            offset=packets.offset,
            captured=packets.captured,
            original=packets.original,
            time=self._table.time(packets.interface, packets.ticks),
            interface=(packets.interface + self._table.base).astype(np.uint16),
            used=blocks.end,
            end=_broken(window, blocks),
            comments=self._comments_of(window.data, packets),
            before=before[:-1],
            others=int(before[-1]),
        )

    def scan(self, window: Window) -> Scan:
        """Return where the packets' blocks start."""
        if len(window.data) < MIN_BLOCK_SIZE or window.data[:4].tobytes() == SECTION_MAGIC:
            batch = self._begin_section(window)
            return Scan(batch.offset, batch.used, batch.end)
        packets, blocks, _ = self._packets(window.data)
        return Scan(packets.start, blocks.end, _broken(window, blocks))

    def find(self, window: Window) -> int | None:
        """Return where in a window that starts anywhere a packet's block seems to start."""
        return first_start(window.data, self._chain, self._signs(window.data))

    def _begin_section(self, window: Window) -> Batch:
        head = window.data[:SECTION_HEADER].tobytes()
        if len(head) < SECTION_HEADER:
            return empty_batch(0)
        order, total, version = _section(head)
        length = total + 3 & ~3
        if (
            head[8:12] not in ORDER
            or version not in PCAPNG_VERSIONS
            or not SECTION_HEADER <= total <= MAX_BLOCK_SIZE
        ):
            what = f"the section at byte {window.start} has a header that can't be read"
            return empty_batch(0, f"{what}; nothing can be read behind it")
        if length > len(window.data):
            return empty_batch(0)
        self._order, self._calm = order, False
        self._chain = Chain(
            order, 4, 0, MIN_BLOCK_SIZE, MAX_BLOCK_SIZE, align=4, header=MIN_BLOCK_SIZE, stop=SHB
        )
        self.splittable = self.splittable and not self._sections
        self._sections += 1
        self._table.begin_section()
        options = read_options(window.data[24 : length - 4].tobytes(), order)
        comments = [text(value) for code, value in options if code == COMMENT]
        self.comments += comments[: COMMENTS - len(self.comments)]
        return empty_batch(length)

    def _packets(self, data: Bytes) -> tuple[Packets, Walk, Ints]:
        """Return the packets of the blocks before the next section or the first broken block.

        The array int64 (n + 1,) says how many other frames come before each packet, and before the end.
        """
        blocks, kind = self._blocks(data)
        known = len(self._table.described) - self._table.base + np.cumsum(kind == IDB)
        self._describe(data, blocks.starts, kind)
        is_packet = (kind == EPB) | (kind == SPB) | (kind == PB)
        self._note_late(kind, is_packet)
        start = blocks.starts[is_packet]
        simple = self._table.simple_snaplen() or UNLIMITED
        packets = read_packets(data, start, self._order, kind[is_packet], simple=simple)
        others = np.cumsum(np.isin(kind, OTHER_FRAME_BLOCKS))
        before = np.append(others[is_packet], others[-1:] if len(others) else 0)
        wrong = np.flatnonzero(self._wrong(packets, known[is_packet]))
        if len(wrong) == 0:
            return packets, blocks, before
        first = int(wrong[0])
        return packets.before(first), Walk(blocks.starts, int(start[first]), broken=True), before[: first + 1]

    def _blocks(self, data: Bytes) -> tuple[Walk, Numbers]:
        """Return the blocks before the next section or one with an impossible length, and their types.

        Lanes that run into the next section are wasted, so they are used only after a window without one.
        """
        blocks = (
            walk_in_lanes(data, self._chain, self._signs(data)) if self._calm else walk(data, self._chain)
        )
        kind, total = gather(data, blocks.starts, 2, self._order).T
        trailer = gather(data, blocks.starts + self._chain.whole(total) - 4, 1, self._order)[:, 0]
        wrong = (
            (trailer != total)
            | (total < MIN_BLOCK_SIZES[np.where(kind < len(MIN_BLOCK_SIZES), kind, 0)])
            | (kind == SHB)
        )
        self._calm = not np.any(kind == SHB)
        rows = np.flatnonzero(wrong)
        if len(rows) == 0:
            return blocks, kind
        first, is_section = rows[0], bool(kind[rows[0]] == SHB)
        return Walk(blocks.starts[:first], int(blocks.starts[first]), broken=not is_section), kind[:first]

    def _signs(self, data: Bytes) -> Signs:
        """Recognise enhanced packet blocks, the usual ones, by their type and their length at both ends."""
        numbers = at_every_byte(data, self._order + "u4")

        def plausible(place: Ints) -> Bools:
            kind, total = gather(data, place, 2, self._order).T
            good: Bools = (
                (kind == EPB) & (total >= MIN_BLOCK_SIZES[EPB]) & (total <= MAX_BLOCK_SIZE) & (total % 4 == 0)
            )
            trailer = place + total - 4
            inside = good & (trailer < len(numbers))
            good[inside] = numbers[trailer[inside]] == total[inside]
            return good

        return Signs(0 if self._order == "<" else 3, (EPB,), plausible)

    def _describe(self, data: Bytes, starts: Ints, kind: Numbers) -> None:
        """Read what the blocks say about interfaces."""
        for row in np.flatnonzero((kind == IDB) | (kind == ISB)).tolist():
            at = int(starts[row])
            total = struct.unpack_from(self._order + "I", data.data, at + 4)[0]
            body = data[at + 8 : at + total - 4].tobytes()
            if kind[row] == ISB:
                self._table.count(body, self._order)
            else:
                self._table.describe(body, self._order)

    def _wrong(self, packets: Packets, known: Ints) -> Bools:
        """Return which packets name an unknown interface or claim more bytes than possible; bool (n,)."""
        most: Ints = np.append(self._table.most_captured(), 0)
        unknown = packets.interface >= np.minimum(known, MAX_INTERFACES - self._table.base)
        limit = most[np.where(unknown, 0, packets.interface)]
        return unknown | (packets.captured > packets.room) | (packets.captured > limit)

    def _note_late(self, kind: Numbers, is_packet: Bools) -> None:
        """Notice interfaces behind the first packet, without which a later range cannot be read."""
        packet = np.flatnonzero(is_packet)
        behind = 0 if self._begun else packet[0] if len(packet) else len(kind)
        self._begun = self._begun or len(packet) > 0
        self.splittable = self.splittable and not np.any(kind[behind:] == IDB)

    def _comments_of(self, data: Bytes, packets: Packets) -> dict[int, tuple[str, ...]]:
        """Return the comments of packets by row, until there are too many."""
        at = packets.offset + (packets.captured + 3 & ~3)
        stop = packets.offset + packets.room
        found = (
            find_comments(data, at, stop, self._order, most=self._comments_left)
            if self._comments_left
            else {}
        )
        self._comments_left -= len(found)
        return found


def _section(head: bytes) -> tuple[str, int, tuple[int, int]]:
    """Return byte order, length and version from the header of a section."""
    order = ORDER.get(head[8:12], "<")
    total, _, major, minor = struct.unpack(order + "IIHH", head[4:16])
    return order, total, (major, minor)


def _broken(window: Window, blocks: Walk) -> str:
    """Return that a block is broken, if the walk ended for that reason, or an empty text."""
    at = window.start + blocks.end
    return f"the block at byte {at} is broken; nothing can be read behind it" if blocks.broken else ""
