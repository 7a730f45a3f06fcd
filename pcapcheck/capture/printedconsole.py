"""A console: the packets that one tcpdump or tshark printed, with what its header and its footer say.

Takes plain lines that belong to it, and gives frames. Which lines these are is decided by the caller.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from pcapcheck.capture.consoleplace import ConsolePlace
from pcapcheck.capture.headerbytes import (
    COOKED,
    COOKED_2,
    ETHERNET,
    RAW_IP,
    UNNUMBERED,
    Piece,
    ethernet,
    payload,
)
from pcapcheck.capture.hexdump import with_bytes
from pcapcheck.capture.printedtimes import PRINTED_TIME, PrintedTimes
from pcapcheck.capture.tcpdumptext import FrameRead, Tcpdump, tcpdump_frame
from pcapcheck.capture.textlines import Wrapping
from pcapcheck.capture.tsharktext import ListedPacket, tshark_frame

LINKTYPES: Final = {
    "EN10MB": ETHERNET,
    "RAW": RAW_IP,
    "IPV4": RAW_IP,
    "IPV6": RAW_IP,
    "LINUX_SLL": COOKED,
    "LINUX_SLL2": COOKED_2,
}
BARE_DEVICES: Final = re.compile(r"(?:tunl|wg|tun|ipip|sit)\d+|wireguard\.cali|flannel-wg|cilium_wg\d")
_OTHERS: Final = re.compile(
    r"(?:LLDP|STP|RSTP|CDPv|EAPOL|PPPoE|MPLS|LOOP|Loopback|802\.|IPX|RARP"
    r"|ethertype|LLC|IS-IS|Slow Protocols|LACP"
    r"|\[\||unknown|FRF|VLAN|M[A-Z]*, |[0-9a-f]{2}(?::[0-9a-f]{2}){5} )"
)
_TIMED: Final = re.compile(rf"\s?(?P<time>{PRINTED_TIME})\s+(?P<rest>\S.*)")


class PacketRead(NamedTuple):
    """A packet that was printed: its time in nanoseconds, its frame, and its interface where it was named."""

    time: int
    frame: FrameRead


@dataclass(slots=True)
class Footer:
    """What the last lines of a console count; None is what they do not."""

    captured: int | None = None
    dropped: int | None = None


@dataclass(slots=True)
class Console:
    """One console, filled line by line.

    Attributes:
        place: where it was.
        line: of the text on which it begins.
        linktype: as its header names it; None if there is no header.
        packets, damaged: how many were read, and how many lines that should be packets could not be.
        footer: its counts.
        headed: whether a header was seen.
        timed: whether its packets have times.
        of_file: whether a capture was read (`-r`): its devices are named by whoever printed it.
        dumped: whether bytes of its packets were printed.
        unnumbered: how many TCP segments with data have no sequence number that counts.
    """

    place: ConsolePlace
    line: int
    linktype: int | None = None
    packets: int = 0
    damaged: int = 0
    footer: Footer = field(default_factory=Footer)
    headed: bool = False
    timed: bool = False
    unnumbered: int = 0
    dumped: bool = False
    of_file: bool = False
    times: PrintedTimes = field(default_factory=PrintedTimes)
    _tcpdump: Tcpdump = field(default_factory=Tcpdump)
    _wrapping: Wrapping = field(default_factory=Wrapping)
    _pending: list[str] = field(default_factory=list)
    _dump: list[bytes] = field(default_factory=list)
    _held: PacketRead | None = None

    @property
    def begun(self) -> str:
        """The last line of the packet that was begun; empty if there is none."""
        return self._pending[-1] if self._pending else ""

    def begin(self, line: str) -> Iterator[PacketRead]:
        """Take the first line of a packet; yield the packet before it."""
        yield from self.flush()
        self._pending = [line]
        self.timed = self.timed or starts(line)

    def go_on(self, line: str) -> None:
        """Take a further line of the packet that was begun."""
        if len(self._pending) < MAX_PARTS:
            self._pending.append(line)

    def dump(self, data: bytes) -> None:
        """Take bytes that were dumped under the packet."""
        self.dumped = True
        if len(self._dump) < MAX_DUMP_LINES:
            self._dump.append(data)

    def listed(self, row: ListedPacket) -> PacketRead:
        """Take a packet that tshark lists in one line."""
        return self._counted(PacketRead(self.times.of(row.time), FrameRead(tshark_frame(row), ETHERNET)))

    def _counted(self, packet: PacketRead) -> PacketRead:
        self.packets += 1
        self.unnumbered += UNNUMBERED in packet.frame.piece.absent
        return packet

    def flush(self) -> Iterator[PacketRead]:
        """Yield the packet that was begun; one whose line seems to be cut off waits for what follows."""
        if not self._pending:
            return
        texts, dump = self._wrapping.joined(self._pending), self._dump
        self._pending, self._dump = [], []
        yield from self.release()
        found = self._best(texts, dump)
        if found is None:
            self.damaged += 1
        elif _is_cut(found) and not dump:
            self._held = found
        else:
            yield self._counted(found)

    def release(self) -> Iterator[PacketRead]:
        """Yield the packet that waits, because the console goes on behind it."""
        if self._held is not None:
            yield self._counted(self._held)
        self._held = None

    def end(self) -> Iterator[PacketRead]:
        """Yield what is left; a last line that was cut off does not count as a packet."""
        yield from self.flush()
        self.damaged += self._held is not None
        self._held = None

    def _best(self, texts: Iterable[str], dump: list[bytes]) -> PacketRead | None:
        """Return the packet of the first text that can be read to its end, else of the first one."""
        first: tuple[str, FrameRead | None] | None = None
        for text in texts:
            found = self._frame(after_time(text))
            if found and (len(found.piece.data) >= found.piece.size or "[|" in text):
                return self._timed(text, found, dump)
            first = first or (text, found)
        return self._timed(*first, dump) if first else None

    def _frame(self, rest: str) -> FrameRead | None:
        self._tcpdump.linktype = self._assumed()
        found = tcpdump_frame(rest, self._tcpdump)
        if found is None and _OTHERS.match(rest):
            found = FrameRead(ethernet(OTHER_KIND, payload(1)), ETHERNET)
        return found

    def _timed(self, text: str, found: FrameRead | None, dump: list[bytes]) -> PacketRead | None:
        timed = _TIMED.match(text)
        if found is None:
            return None
        if dump:
            found = FrameRead(with_bytes(found.piece, found.linktype, dump), found.linktype, found.device)
        if self.of_file:
            found = found._replace(device="")
        return PacketRead(self.times.of(timed["time"] if timed else ""), found)

    def _assumed(self) -> int:
        """Return the link type: as the header says, or as the interface's name suggests."""
        if self.linktype is not None:
            return self.linktype
        return RAW_IP if BARE_DEVICES.fullmatch(self.place.device) else ETHERNET


MAX_PARTS, MAX_DUMP_LINES = 200, 1 << 14  # lines of one packet
OTHER_KIND: Final = 0x88B5  # an EtherType for experiments: IEEE 802


def _is_cut(found: PacketRead) -> bool:
    piece: Piece = found.frame.piece
    return len(piece.data) < piece.size


def starts(line: str) -> bool:
    """Whether a line begins a packet that was printed with its time."""
    return _TIMED.match(line) is not None


def after_time(line: str) -> str:
    """Return what stands behind the time of a packet."""
    found = _TIMED.match(line)
    return found["rest"] if found else line
