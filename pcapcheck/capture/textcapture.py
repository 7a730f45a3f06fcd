"""Text as a capture: the packets that tcpdump or tshark printed, written as a pcapng for the other readers.

Takes the bytes of a text and gives windows of a pcapng that lies in a file without a name. Each console and
device, with what was printed of its packets, becomes an interface. Its comments say which fields were not
printed, and whether lines are missing.
"""

import codecs
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import FileIO
from typing import IO, Final

from pcapcheck.capture.interface import CONSOLE, CaptureInterface
from pcapcheck.capture.pcapngwriter import Writer
from pcapcheck.capture.printedconsole import Console
from pcapcheck.capture.textlines import PIECE, lines
from pcapcheck.capture.textreading import TextReading
from pcapcheck.capture.window import MappedFile, Windows
from pcapcheck.errors import InputError

MAX_TEXT_INTERFACES: Final = 60_000  # of one text: packets name them by 16 bits
MAX_LISTED: Final = 12  # consoles that a note lists
SEEMS: Final = (  # what stands in a text that holds no packet, and what the text seems to be
    ("xx drop", "output of `cilium monitor`"),
    ("FORWARDED (", "output of `hubble observe`"),
    ("TRACE: ", "a kernel log with iptables TRACE"),
    ("Chain ", "output of `iptables -L`"),
    ("*filter", "output of `iptables-save`"),
    ("qdisc ", "output of `tc`"),
    ("inet ", "output of `ip addr`"),
    ("apiVersion:", "YAML of Kubernetes"),
    ('"kind":', "JSON of Kubernetes"),
)


@dataclass(frozen=True, slots=True)
class Transcript:
    """A text as a pcapng.

    Attributes:
        windows: its bytes.
        size: how many there are.
        notes: what was read from where, as sentences.
        absent: all names of fields that were not printed of some packet.
        dumped: whether the bytes of all, or of some, packets were printed.
    """

    windows: Windows
    size: int
    notes: tuple[str, ...]
    absent: frozenset[str] = frozenset()
    dumped: frozenset[bool] = frozenset()


@dataclass(slots=True)
class _Interfaces:
    """The interfaces that were written, by console, device, link type and what was not printed."""

    writer: Writer
    numbers: dict[tuple[int, str, int, frozenset[str]], int] = field(default_factory=dict)
    described: list[tuple[Console, CaptureInterface]] = field(default_factory=list)

    def number(self, console: Console, device: str, linktype: int, absent: frozenset[str]) -> int:
        key = (id(console), device, linktype, absent)
        if key not in self.numbers:
            if len(self.described) >= MAX_TEXT_INTERFACES:
                return len(self.described) - 1
            interface = _interface(console, device or console.place.device, linktype, absent)
            self.numbers[key] = self.writer.interface(interface)
            self.described.append((console, interface))
        return self.numbers[key]


# Control characters, but for those of terminals: bell, backspace, tab, line feed, form feed, return, escape.
_NO_TEXT: Final = re.compile(rb"[\x00-\x06\x0b\x0e-\x1a\x1c-\x1f]")


def is_text(head: bytes) -> bool:
    """Whether a file that begins with these bytes is text."""
    if _NO_TEXT.search(head) or not head:
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last letter may be cut off
    except UnicodeDecodeError:
        return False
    return True


def transcribe(windows: Windows, where: str) -> Transcript:
    """Return the packets of a text as a pcapng.

    Raises:
        InputError: the text holds no packet, and no console that was empty.
    """
    reading, start = TextReading(), _Kept()
    file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (its map needs it)
    try:
        with open(file.fileno(), "wb", closefd=False) as stream:
            found = _write(stream, reading, start.lines(lines(_pieces(windows))))
        if not reading.consoles:
            raise no_packets(where, "".join(start.head))
    except Exception:
        file.close()
        raise
    assert isinstance(file, FileIO), "it is not buffered"
    size = file.seek(0, 2)
    absent = frozenset().union(*(each.absent for _, each in found))
    dumped = frozenset(each.dumped for each in reading.consoles if each.packets)
    return Transcript(MappedFile(file), size, tuple(_notes(reading.consoles, found)), absent, dumped)


def _write(
    stream: IO[bytes], reading: TextReading, text: Iterator[str]
) -> list[tuple[Console, CaptureInterface]]:
    """Write all packets of a text; return the interfaces."""
    writer = Writer(stream)
    interfaces = _Interfaces(writer)
    for console, packet in reading.packets(text):
        frame = packet.frame
        number = interfaces.number(console, frame.device, frame.linktype, frame.piece.absent)
        size = max(frame.piece.size, len(frame.piece.data))
        writer.packet(number, packet.time, frame.piece.data, size)
    with_packets = {id(console) for console, _ in interfaces.described}
    for console in reading.consoles:
        if id(console) not in with_packets and (console.headed or console.footer.captured is not None):
            interfaces.number(console, "", console.linktype or 1, frozenset())
    for number, (console, interface) in enumerate(interfaces.described):
        writer.count(number, _counted(console, interface))
    return interfaces.described


def _interface(console: Console, device: str, linktype: int, absent: frozenset[str]) -> CaptureInterface:
    owner = console.place.owner
    said = [f"{CONSOLE}={console.line}", *([f"place={_place(owner, device)}"] if owner else [])]
    return CaptureInterface(linktype, name=device, description=";".join(said), absent=absent)


def _place(owner: str, device: str) -> str:
    """Return a place as a file would be called that was captured there."""
    return f"{owner}_{device}" if device else owner


def _counted(console: Console, interface: CaptureInterface) -> CaptureInterface:
    return CaptureInterface(
        interface.linktype,
        interface.name,
        dropped=console.footer.dropped or None,
        incomplete=incomplete(console),
    )


def incomplete(console: Console) -> str:
    """Return why packets of a console may be missing, or an empty text."""
    captured = console.footer.captured
    if console.damaged:
        return f"{console.damaged} of its lines cannot be read"
    if captured is not None and captured > console.packets:
        return f"its footer counts {captured:,} packets, and {console.packets:,} are printed"
    if console.times.relative:
        return "its times do not say when it began"
    if console.unnumbered:
        return "sequence numbers of TCP are printed as distances from lines that are not there"
    return "its output was filtered by grep" if "grep" in console.place.command else ""


def _notes(consoles: Sequence[Console], found: Sequence[tuple[Console, CaptureInterface]]) -> Iterator[str]:
    """Yield what was read from where, and what is missing."""
    shown = [f"{_called(each)} ({_count(each)})" for each in consoles[:MAX_LISTED]]
    more = f", and {len(consoles) - MAX_LISTED} more" if len(consoles) > MAX_LISTED else ""
    yield f"packets were read from text: {', '.join(shown)}{more}"
    for each in consoles:
        if why := incomplete(each):
            yield f"{_called(each)}: {why}; nothing is counted as lost there"


def _called(console: Console) -> str:
    place = console.place
    named = " ".join(each for each in (place.owner, place.device) if each) or "a console"
    return f"{named} at line {console.line}"


def _count(console: Console) -> str:
    told = f", named by {console.place.by}" if console.place.by else ""
    return f"{console.packets:,} packet{'s' * (console.packets != 1)}{told}"


def no_packets(where: str, head: str) -> InputError:
    """Return the error of a text that holds no packet, with what it seems to be."""
    kind = seems(head)
    what = f"it is text in which no packet is printed{f'; it seems to be {kind}' if kind else ''}"
    return InputError(where, what, "give a pcap or pcapng capture, or what tcpdump or tshark printed")


def seems(head: str) -> str:
    """Return what a text seems to be that begins so, or an empty text."""
    return next((what for mark, what in SEEMS if mark in head), "")


class _Kept:
    """Keeps the first lines that pass."""

    def __init__(self) -> None:
        self.head: list[str] = []

    def lines(self, text: Iterator[str]) -> Iterator[str]:
        for line in text:
            if len(self.head) < 200:
                self.head.append(line[:200] + "\n")
            yield line


def _pieces(windows: Windows) -> Iterator[bytes]:
    position = 0
    while True:
        window = windows.window(position, PIECE)
        if len(window.data):
            yield window.data.tobytes()
        position += len(window.data)
        windows.forget(position)
        if window.final or not len(window.data):
            return
