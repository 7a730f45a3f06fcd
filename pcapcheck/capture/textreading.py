"""Text as people paste it, cut into consoles: a report, a terminal's log, the output of one tcpdump.

Takes plain lines and gives packets with their consoles. A console begins with a command or a header, and with
packets that follow a heading, a sentence or a fence; its place comes from the command, then the header, then
the sentence or heading before it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pcapcheck.capture.consoleplace import ConsolePlace, of_command, of_prose
from pcapcheck.capture.hexdump import dumped
from pcapcheck.capture.printedconsole import LINKTYPES, Console, PacketRead, after_time, starts
from pcapcheck.capture.tcpdumptext import begins_packet, is_open_tunnel
from pcapcheck.capture.tsharktext import row

MAX_CONSOLES: Final = 10_000  # of one text
KEPT_OF_PARAGRAPH: Final = 4  # lines
_STOPPED: Final = re.compile(r"(?:\^[CZ])+")
_FENCE: Final = re.compile(r"\s*(?:```|~~~)")
_LISTENING: Final = re.compile(
    r"(?:tcpdump: )?(?:listening on (?P<device>\S+), "
    r"|reading from file (?P<file>[^,]+), )link-type (?P<type>\w+)"
)
_CAPTURING: Final = re.compile(r"Capturing on '?(?P<device>[^'\s]+)'?")
_NOISE: Final = re.compile(
    r"(?:tcpdump: (?:verbose output|data link type|WARNING|listening)|verbose output suppressed|dropped privs"
    r"|Running as user|Warning: interface names might|tcpdump: pcap_loop)"
)
_FOOTER: Final = re.compile(
    r"(?:\^C)*\s*(?P<count>\d{1,12}) packets? "
    r"(?P<what>captured|received by filter|dropped by (?:kernel|interface))"
)
_HEADING: Final = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>.*)|<summary>(?P<summary>.*?)(?:</summary>|$)")
_BOLD: Final = re.compile(r"(?:\*\*|__)[^*_].*")
_RULE: Final = re.compile(r"(?:={2,}|-{2,}|\+{2,})\s*(?P<text>\w.*?)\s*(?:={2,}|-{2,}|\+{2,})?")
SUMMARY_LEVEL, BOLD_LEVEL = 7, 8


class ConsolePacket(NamedTuple):
    """A packet and the console that printed it."""

    console: Console
    packet: PacketRead


class TextReading:
    """One pass over a text.

    Attributes:
        consoles: those that were found so far.
    """

    def __init__(self) -> None:
        self.consoles: list[Console] = []
        self._now: Console | None = None
        self._headings: dict[int, ConsolePlace] = {}
        self._paragraph: list[str] = []
        self._broken = True  # a blank line or a fence came last
        self._indent = ""
        self._number = 0

    def packets(self, lines: Iterable[str]) -> Iterator[ConsolePacket]:
        """Yield the packets of a text, in its order."""
        for self._number, line in enumerate(lines, 1):
            yield from self._take(line)
        yield from self._end()

    def _take(self, raw: str) -> Iterator[ConsolePacket]:
        if _FENCE.match(raw):
            yield from self._end()
            self._broken = True
            return
        line = raw.removeprefix(self._indent) if self._indent else raw
        if line[:1].isdigit() and self._inside and starts(line):
            yield from self._packet(line, line.strip())  # the shortest way for the most lines
            return
        if not line.strip():
            yield from self._of_console(self._flushed())
            self._broken = True
            return
        if _STOPPED.fullmatch(line.strip()):
            yield from self._of_console(self._flushed())
            return
        if self._header(line) or self._rest_of_packet(line):
            return
        yield from self._of_line(line)

    @property
    def _inside(self) -> bool:
        """Whether a console has begun, so that a time at the beginning of a line is that of a packet."""
        return self._now is not None and (self._now.headed or self._now.packets > 0)

    def _of_line(self, line: str) -> Iterator[ConsolePacket]:
        """Take a line that does not belong to the packet before it."""
        text = line.strip()
        if command := (None if starts(line) else of_command(text)):
            yield from self._end()
            self._begin(command)
        elif footer := _FOOTER.match(text):
            yield from self._of_console(self._flushed())
            yield from self._of_console(self._now.release() if self._now else iter(()))
            self._count(footer)
        elif listening := _LISTENING.match(text) or _CAPTURING.match(text):
            yield from self._listen(listening)
        elif self._is_packet(line, text):
            yield from self._packet(line, text)
        elif listed := row(line):
            yield from self._of_console(self._flushed())
            console = self._current()
            yield ConsolePacket(console, console.listed(listed))
        else:
            yield from self._of_console(self._flushed())
            self._prose(text)

    def _header(self, line: str) -> bool:
        """Whether a line is what tcpdump says of itself, which tells nothing."""
        return bool(_NOISE.match(line.strip())) and not _LISTENING.match(line.strip())

    def _rest_of_packet(self, line: str) -> bool:
        """Take a line that belongs to the packet that was begun; return whether it did."""
        console = self._now
        if console is None or not console.begun:
            return False
        data = dumped(line)
        if data is not None:
            console.dump(data)
            return True
        text = line.strip()
        if starts(line.lstrip()) or _FOOTER.match(text) or _LISTENING.match(text) or of_command(text):
            return False
        if _HEADING.match(text) or (text.endswith(":") and of_prose(text, "").owner) or row(line):
            return False
        if begins_packet(text) and not line[:1].isspace():
            if not is_open_tunnel(console.begun) and not console.timed:
                return False
            line = " " + line
        console.go_on(line)
        return True

    def _is_packet(self, line: str, text: str) -> bool:
        """Whether a line begins a packet: with a time, or without one (`-t`)."""
        if not starts(text):
            return begins_packet(text) and (self._now is not None or not line[:1].isalpha() or " > " in text)
        return self._inside or begins_packet(after_time(text))

    def _packet(self, line: str, text: str) -> Iterator[ConsolePacket]:
        indent = line[: len(line) - len(line.lstrip())]
        if len(indent) > 1 or indent == "\t":
            self._indent += indent
            line = text
        console = self._now
        if console is None or console.footer.captured is not None:
            yield from self._end()
            console = self._current()
        yield from self._of_console(console.begin(line))

    def _current(self) -> Console:
        return self._now if self._now is not None else self._begin(ConsolePlace())

    def _begin(self, place: ConsolePlace) -> Console:
        """Begin a console where a command, or else the text before it, says."""
        said = place.or_else(self._said(place.device))
        console = Console(said, self._number)
        console.times = console.times.__class__(deltas=bool(re.search(r"\s-\w*ttt(?!t)", place.command)))
        if len(self.consoles) < MAX_CONSOLES:
            self.consoles.append(console)
        self._now = console
        return console

    def _said(self, device: str) -> ConsolePlace:
        """Return what the sentence before says, then the headings, the innermost first."""
        told = ConsolePlace()
        for sentence in (self._paragraph[-1:], self._paragraph):
            told = told.or_else(of_prose(" ".join(sentence), "the sentence before", device))
        for level in sorted(self._headings, reverse=True):
            told = told.or_else(self._headings[level])
        return told

    def _listen(self, found: re.Match[str]) -> Iterator[ConsolePacket]:
        """Take a header: it begins a console unless a command has just begun one."""
        if (
            self._now is None
            or self._now.headed
            or self._now.packets
            or self._now.footer.captured is not None
        ):
            yield from self._end()
            self._begin(ConsolePlace(device=found.groupdict().get("device") or ""))
        console = self._current()
        console.headed = True
        told = found.groupdict()
        console.linktype = LINKTYPES.get(told.get("type") or "EN10MB")
        console.of_file = bool(told.get("file"))
        if told.get("file"):
            console.place = console.place.or_else(
                ConsolePlace(owner=told["file"].strip(), by="the file that was read")
            )
        elif told.get("device"):
            own = ConsolePlace(device=told["device"])
            console.place = (
                (console.place if console.place.command else own).or_else(console.place).or_else(own)
            )

    def _count(self, found: re.Match[str]) -> None:
        console = self._now or (self.consoles[-1] if self.consoles else None)
        if console is None:
            return
        if found["what"] == "captured":
            console.footer.captured = int(found["count"])
        elif found["what"].startswith("dropped"):
            console.footer.dropped = int(found["count"])

    def _prose(self, text: str) -> None:
        """Remember a heading or a sentence, which may say where the next console was."""
        heading, rule = _HEADING.fullmatch(text) or _HEADING.match(text), _RULE.fullmatch(text)
        if heading or rule or _BOLD.fullmatch(text):
            level = (
                len(heading["marks"])
                if heading and heading["marks"]
                else SUMMARY_LEVEL
                if heading
                else BOLD_LEVEL
            )
            self._headings = {each: place for each, place in self._headings.items() if each < level}
            self._headings[level] = of_prose(text, "the heading")
            self._paragraph = []
            self._now = None if self._now is None or self._now.packets else self._now
        elif self._broken:
            self._paragraph = [text]
        else:
            self._paragraph = [*self._paragraph[-KEPT_OF_PARAGRAPH:], text]
        self._broken = False

    def _flushed(self) -> Iterator[PacketRead]:
        return self._now.flush() if self._now is not None else iter(())

    def _of_console(self, found: Iterator[PacketRead]) -> Iterator[ConsolePacket]:
        console = self._now
        if console is not None:
            yield from (ConsolePacket(console, each) for each in found)

    def _end(self) -> Iterator[ConsolePacket]:
        """End the console."""
        if self._now is not None:
            yield from self._of_console(self._now.end())
        self._now, self._indent = None, ""
