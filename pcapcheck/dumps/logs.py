"""The logs of tcpdump that lie beside captures.

They name the interface, the packets that the kernel dropped, and interfaces that could not be captured.
"""

import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from pcapcheck.capture.inputs import Inputs
from pcapcheck.topology.topology import CaptureEntry

MAX_LOG_SIZE = 1 << 20  # bytes that are read: what is of interest stands on a few lines


def logged(inputs: Inputs) -> tuple[tuple[CaptureEntry, ...], tuple[str, ...]]:
    """Return an entry for each capture that is alone with a log of tcpdump, and what the logs say."""
    entries: list[CaptureEntry] = []
    notes: list[str] = []
    for each in inputs.others:
        path = Path(each.path)
        said = read_log(_text(path)) if path.name == LOG_NAME else None
        beside = [one for one in inputs.captures if Path(one.path).parent == path.parent]
        if said is None or len(beside) != 1:
            continue
        shown = PurePath(beside[0].shown)
        entries.append(CaptureEntry(shown.name, None, None, said.interface, dropped=said.dropped))
        if said.ignored:
            ignored = ", ".join(said.ignored)
            notes.append(
                f"{shown}: tcpdump was asked for {ignored} too, and listened on {said.interface} only"
            )
        if said.dropped:
            notes.append(f"{shown}: tcpdump says that the kernel dropped {said.dropped:,} packets")
    return tuple(entries), tuple(notes)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MAX_LOG_SIZE).decode("utf-8", errors="replace")
    except OSError:
        return ""


_LISTENING: Final = re.compile(r"^(?:tcpdump: )?listening on ([^\s,]+),", re.MULTILINE)
_DROPPED: Final = re.compile(r"^(\d{1,18}) packets? dropped by kernel", re.MULTILINE)
_COMMAND: Final = re.compile(r"^\S*tcpdump(?: .*)?$", re.MULTILINE)
_ASKED: Final = re.compile(r" -i ?(\S+)")
LOG_NAME: Final = "tcpdump.log"


@dataclass(frozen=True, slots=True)
class CaptureLog:
    """What tcpdump logged.

    Attributes:
        interface: on which it listened.
        dropped: packets that the kernel lost, None if it does not say.
        ignored: interfaces that it was asked for and did not listen on.
    """

    interface: str
    dropped: int | None
    ignored: tuple[str, ...]


def read_log(text: str) -> CaptureLog | None:
    """Return what a log says, None if it is not one of tcpdump."""
    listening = _LISTENING.search(text)
    if not listening:
        return None
    dropped = _DROPPED.search(text)
    asked = [name for command in _COMMAND.findall(text) for name in _ASKED.findall(command)]
    ignored = tuple(dict.fromkeys(each for each in asked if each != listening[1]))
    return CaptureLog(listening[1], int(dropped[1]) if dropped else None, ignored)
