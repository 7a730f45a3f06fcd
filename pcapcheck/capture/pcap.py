"""Classic pcap: a header of 24 bytes, then records. Source: draft-ietf-opsawg-pcap; libpcap, sf-pcap.c.

Takes windows and gives batches of packets. It reads the variants that libpcap and Wireshark read.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Words32, gather
from pcapcheck.capture.chain import Chain, Walk
from pcapcheck.capture.interface import CaptureInterface, most_captured
from pcapcheck.capture.lanes import Signs, first_start, walk_in_lanes
from pcapcheck.capture.reader import Batch, Scan
from pcapcheck.capture.window import Window
from pcapcheck.errors import InputError

FILE_HEADER = 24  # bytes
SECONDS_BEFORE, SECONDS_AFTER = 3600, 8 * 86400  # of the first packet: a guessed record lies between them
MAX_LIKELY_LENGTH = 1 << 20  # bytes of a packet: where a larger one seems to be, no record starts


@dataclass(frozen=True, slots=True)
class Variant:
    """What a magic number says.

    Attributes:
        unit: nanoseconds of one tick of a record's time.
        header: bytes of a record's header.
        skip: bytes between the file's header and the first record.
    """

    unit: int
    header: int = 16
    skip: int = 0


VARIANTS = {
    0xA1B2C3D4: Variant(unit=1000),
    0xA1B23C4D: Variant(unit=1),
    0xA1B2CD34: Variant(unit=1000, header=24),  # Kuznetzov's: interface, protocol and packet type follow
    0x1C0001AC: Variant(unit=1, skip=4),  # IXIA hardware: the size of all records follows the file's header
    0x1C0001AB: Variant(unit=1, skip=4),  # IXIA software
}


def is_pcap(head: bytes) -> bool:
    """Tell whether a file that begins with these bytes is a classic pcap."""
    return any(struct.unpack(order + "I", head[:4])[0] in VARIANTS for order in "<>" if len(head) >= 4)


class Pcap:
    """The reader of one classic pcap.

    Args:
        head: the file's first bytes.
        where: its name, for messages.

    Raises:
        InputError: the header is cut off, or has a version that no program writes any more.
    """

    format = "pcap"
    splittable = True

    def __init__(self, head: bytes, where: str) -> None:
        if len(head) < FILE_HEADER:
            what = f"the file ends after {len(head)} bytes, within the 24 bytes that a pcap starts with"
            raise InputError(where, what, "capture again, or copy the file again")
        self._order = "<" if struct.unpack("<I", head[:4])[0] in VARIANTS else ">"
        magic, major, minor, _, _, snaplen, link = struct.unpack(self._order + "IHHIIII", head[:FILE_HEADER])
        if major != 2:  # libpcap, sf-pcap.c: "archaic pcap savefile format"
            what = f"it is a pcap of version {major}.{minor}, but only 2.x can be read"
            raise InputError(where, what, "capture again: nothing writes such files any more")
        self._unit, self._header = VARIANTS[magic].unit, VARIANTS[magic].header
        self._captured, self._original = (8, 12) if minor >= 3 else (12, 8)  # swapped before 2.3: sf-pcap.c
        self.first = FILE_HEADER + VARIANTS[magic].skip
        linktype = link & 0xFFFF  # the bits above tell of an FCS behind frames (draft-ietf-opsawg-pcap, 4)
        self._began = head[self.first : self.first + 4]
        self._chain = self._chain_of(snaplen, linktype)
        self.interfaces: tuple[CaptureInterface, ...] = (CaptureInterface(linktype, snaplen=snaplen),)
        self.linktypes: tuple[int, ...] = (linktype,)
        self.comments: tuple[str, ...] = ()
        self.absent: tuple[frozenset[str], ...] = ()

    def read(self, window: Window) -> Batch:
        """Return the packets that lie completely in the window."""
        records = walk_in_lanes(window.data, self._chain, self._signs(window.data))
        second, fraction, captured, original = self._headers(window.data, records.starts)
        time = second.astype(np.int64)
        time *= 1_000_000_000
        time += fraction.astype(np.int64) * self._unit
        return Batch(
            offset=records.starts + self._header,
            captured=captured.astype(np.int64),
            original=original.astype(np.int64),
            time=time,
            interface=np.zeros(len(captured), np.uint16),
            used=records.end,
            end=self._impossible(window, records),
        )

    def scan(self, window: Window) -> Scan:
        """Return where the packets' records start."""
        records = walk_in_lanes(window.data, self._chain, self._signs(window.data))
        return Scan(records.starts, records.end, self._impossible(window, records))

    def find(self, window: Window) -> int | None:
        """Return where in a window that starts anywhere a record seems to start."""
        return first_start(window.data, self._chain, self._signs(window.data, self._began))

    def _headers(self, data: Bytes, starts: Ints) -> Sequence[Words32]:
        """Return seconds, fraction, captured and original length of the records; uint32 (n,) each."""
        numbers = gather(data, starts, 4, self._order)
        return [numbers[:, place // 4] for place in (0, 4, self._captured, self._original)]

    def _signs(self, data: Bytes, began: bytes | None = None) -> Signs:
        """Recognise records by possible lengths, and times near `began` or else near the first record's."""
        first = data[:4].tobytes() if began is None else began
        seconds = int.from_bytes(first, "little" if self._order == "<" else "big")
        earliest, latest = max(0, seconds - SECONDS_BEFORE), min(seconds + SECONDS_AFTER, (1 << 32) - 1)

        def plausible(place: Ints) -> Bools:
            second, fraction, captured, original = self._headers(data, place)
            return (
                (second >= earliest)
                & (second <= latest)
                & (fraction < 1_000_000_000 // self._unit)
                & (captured > 0)
                & (captured <= original)
                & (original <= MAX_LIKELY_LENGTH)
            )

        return Signs(3 if self._order == "<" else 0, tuple({earliest >> 24, latest >> 24}), plausible)

    def _chain_of(self, snaplen: int, linktype: int) -> Chain:
        limit = most_captured(linktype, snaplen)
        return Chain(self._order, self._captured, self._header, 0, limit, align=1, header=self._header)

    def _impossible(self, window: Window, records: Walk) -> str:
        """Return why the walk ended, if a length is impossible, or an empty text."""
        if not records.broken:
            return ""
        length = struct.unpack_from(self._order + "I", window.data.data, records.end + self._captured)[0]
        return (
            f"the record at byte {window.start + records.end} claims {length} captured bytes, more than the"
            f" {self._chain.limit} that are possible; nothing can be read behind it"
        )
