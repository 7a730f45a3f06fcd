"""Interface: what a capture says about each interface on which packets were captured.

Classic pcap knows only the link type; pcapng has options (draft-ietf-opsawg-pcapng, 4.2 and 4.6).
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from pcapcheck.capture.arrays import Ints, Words64
from pcapcheck.capture.blockoptions import COMMENT, number, read_options, text


@dataclass(frozen=True, slots=True)
class CaptureInterface:
    """One interface of a capture.

    Attributes:
        name: as the operating system calls it; empty if the capture does not say.
        description: a text for people.
        linktype: the LINKTYPE_ number of tcpdump.org/linktypes.html.
        snaplen: bytes kept of a packet at most; 0 is no limit.
        filter: the capture filter, as tcpdump writes it.
        hardware: what the network card is.
        mac: the interface's own address, or empty.
        comments: what somebody wrote about it.
        dropped: packets that the interface or the operating system lost, None if it was not counted.
        start: when capturing started, nanoseconds since 1970 UTC, or None.
        end: when capturing ended, likewise.
        absent: names of fields that were not printed, where packets were made from text; their bytes are
            made up. `eth.src` stands for every name that begins so, `eth.src#1` for the outermost only.
        incomplete: why packets may be missing that were there, or empty.
    """

    linktype: int
    name: str = ""
    description: str = ""
    snaplen: int = 0
    filter: str = ""
    hardware: str = ""
    mac: str = ""
    comments: tuple[str, ...] = ()
    dropped: int | None = None
    start: int | None = None
    end: int | None = None
    absent: frozenset[str] = frozenset()
    incomplete: str = ""


NOT_PRINTED, INCOMPLETE = "not printed: ", "incomplete: "  # what comments of ours begin with
CONSOLE = "console"  # key of a description: the console of a text that an interface is of
MAX_INTERFACES = 65535  # of one capture: `Block.interface` is a uint16
NS_PER_SECOND = 1_000_000_000
IF_NAME, IF_DESCRIPTION, IF_MAC, IF_RESOLUTION = 2, 3, 6, 9  # options of an interface description, 4.2
IF_FILTER, IF_OFFSET, IF_HARDWARE = 11, 14, 15
ISB_START, ISB_END, ISB_LOST_BY_INTERFACE, ISB_LOST_BY_SYSTEM = 2, 3, 5, 7  # options of its statistics, 4.6
MICROSECONDS = 6  # if_tsresol where it is not given


class Interfaces:
    """The interfaces of all sections so far, in order. Packets name them by number within their section."""

    def __init__(self) -> None:
        self.described: list[CaptureInterface] = []
        self.base = 0
        self._linktypes: tuple[int, ...] = ()
        self._printed = False
        self._new: list[int] = []
        self._resolution: list[int] = []
        self._offset: list[int] = []
        self._most: list[int] = []

    @property
    def linktypes(self) -> tuple[int, ...]:
        """The link types of all interfaces. New ones are added together: that copies the tuple once."""
        if self._new:
            self._linktypes += tuple(self._new)
            self._new = []
        return self._linktypes

    @property
    def absent(self) -> tuple[frozenset[str], ...]:
        """What was not printed, by interface; empty where all packets were captured."""
        return tuple(each.absent for each in self.described) if self._printed else ()

    def begin_section(self) -> None:
        """Count interfaces from zero again."""
        self.base = len(self.described)
        self._resolution, self._offset, self._most = [], [], []

    def describe(self, body: bytes, order: str) -> None:
        """Add the interface of one description block; with too many, leave it out."""
        if len(self.described) == MAX_INTERFACES:
            return
        linktype, _, snaplen = struct.unpack_from(order + "HHI", body)
        options = _collect(read_options(body[8:], order))
        comments = tuple(text(value) for value in options.get(COMMENT, []))
        self.described.append(
            CaptureInterface(
                linktype,
                name=text(options.get(IF_NAME, [b""])[0]),
                description=text(options.get(IF_DESCRIPTION, [b""])[0]),
                snaplen=snaplen,
                filter=_filter(options.get(IF_FILTER, [b""])[0]),
                hardware=text(options.get(IF_HARDWARE, [b""])[0]),
                mac=options.get(IF_MAC, [b""])[0][:6].hex(":"),
                comments=tuple(each for each in comments if not each.startswith(NOT_PRINTED)),
                absent=_absent(comments),
            )
        )
        self._new.append(linktype)
        self._printed = self._printed or bool(self.described[-1].absent)
        self._most.append(most_captured(linktype, snaplen))
        self._resolution.append(number(options.get(IF_RESOLUTION, [bytes([MICROSECONDS])])[0][:1], order))
        self._offset.append(_signed(number(options.get(IF_OFFSET, [b""])[0][:8], order) * NS_PER_SECOND))

    def count(self, body: bytes, order: str) -> None:
        """Read one statistics block: when capturing started and ended, and how many packets were lost."""
        number_in_section = struct.unpack_from(order + "I", body)[0]
        which = self.base + number_in_section
        if which >= len(self.described):
            return
        options = dict(read_options(body[12:], order))
        said = text(options.get(COMMENT, b""))
        lost = [
            number(options[code], order)
            for code in (ISB_LOST_BY_INTERFACE, ISB_LOST_BY_SYSTEM)
            if code in options
        ]
        old = self.described[which]
        self.described[which] = replace(
            old,
            dropped=sum(lost) if lost else old.dropped,
            start=self._moment(number_in_section, options.get(ISB_START), order, old.start),
            end=self._moment(number_in_section, options.get(ISB_END), order, old.end),
            incomplete=said.removeprefix(INCOMPLETE) if said.startswith(INCOMPLETE) else old.incomplete,
        )

    def most_captured(self) -> Ints:
        """Return the largest captured length that is believed, of each interface of this section; (k,)."""
        return np.array(self._most, np.int64)

    def simple_snaplen(self) -> int:
        """Return the first interface's snapshot length, which simple packet blocks have; 0 is no limit."""
        return self.described[self.base].snaplen if len(self.described) > self.base else 0

    def time(self, interface: Ints, ticks: Words64) -> Ints:
        """Convert times of packets of the section's interfaces to nanoseconds since 1970; (n,) -> (n,)."""
        if not len(interface):
            return np.empty(0, np.int64)
        if len(set(zip(self._resolution, self._offset, strict=True))) == 1:
            return _nanoseconds(ticks, self._resolution[0]) + self._offset[0]
        resolution = np.array(self._resolution, np.uint8)[interface]
        time = np.array(self._offset, np.int64)[interface]
        for one in np.unique(resolution).tolist():
            alike = resolution == one
            time[alike] += _nanoseconds(ticks[alike], one)
        return time

    def _moment(self, interface: int, value: bytes | None, order: str, otherwise: int | None) -> int | None:
        if value is None or len(value) != 8:
            return otherwise
        high, low = struct.unpack(order + "II", value)
        return int(self.time(np.array([interface]), np.array([high << 32 | low], np.uint64))[0])


def _nanoseconds(ticks: Words64, resolution: int) -> Ints:
    """Convert ticks of 10**-r or, with the highest bit set, 2**-r seconds (if_tsresol, 4.2)."""
    power = resolution & 0x7F
    if resolution & 0x80:
        return _from_binary(ticks, power)
    if power <= 9:
        return (ticks * np.uint64(10 ** (9 - power))).astype(np.int64)
    if power <= 28:  # 10**19 is the largest power that fits
        return (ticks // np.uint64(10 ** (power - 9))).astype(np.int64)
    return np.zeros(len(ticks), np.int64)


def _from_binary(ticks: Words64, power: int) -> Ints:
    """Convert ticks of 2**-power seconds. Of a fraction, 34 bits are used: 2**34 * 10**9 fits in 64 bits."""
    if power >= 64:
        ticks, power = ticks >> np.uint64(min(power - 63, 63)), 63
    seconds = ticks >> np.uint64(power)
    fraction = ticks & np.uint64((1 << power) - 1)
    if power > 34:
        fraction, power = fraction >> np.uint64(power - 34), 34
    nanoseconds = seconds * np.uint64(NS_PER_SECOND) + (
        fraction * np.uint64(NS_PER_SECOND) >> np.uint64(power)
    )
    return nanoseconds.astype(np.int64)


def _collect(options: Iterable[tuple[int, bytes]]) -> dict[int, list[bytes]]:
    collected: dict[int, list[bytes]] = {}
    for code, value in options:
        collected.setdefault(code, []).append(value)
    return collected


def _absent(comments: Iterable[str]) -> frozenset[str]:
    """Return the names of fields that comments of ours say were not printed."""
    said = (each.removeprefix(NOT_PRINTED) for each in comments if each.startswith(NOT_PRINTED))
    return frozenset(name for each in said for name in each.split())


def _filter(value: bytes) -> str:
    """Return a capture filter as text; its first byte says whether it is text (0) or BPF code (1)."""
    return text(value[1:]) if value[:1] == b"\0" else ""


def _signed(value: int) -> int:
    """Return the 64-bit number with the same lowest 64 bits."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


CAPTURED = 262144  # MAXIMUM_SNAPLEN: no link layer has larger packets ...
CAPTURED_USB = 128 << 20  # ... but these:
# USB_LINUX, USB_LINUX_MMAPPED, DBUS, USBPCAP, USB_DARWIN, EBHSCR
USB = frozenset({189, 220, 231, 249, 266, 279})
SNAPLEN = 16 << 20  # a larger snapshot length means "whole packets", not that packets are so large


def most_captured(linktype: int, snaplen: int) -> int:
    """Return the largest captured length that a packet can have."""
    if linktype in USB:
        return CAPTURED_USB
    return max(CAPTURED, snaplen if snaplen <= SNAPLEN else 0)
