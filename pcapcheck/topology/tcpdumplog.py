"""What tcpdump itself said of its capture: the log that Retina stores beside it.

Takes the text of the log; gives the interface, the packets that the kernel lost, and the interfaces that were
asked for in vain, since of several `-i` tcpdump takes the last. Source: tcpdump.c, print_statistics and main.
"""

import re
from dataclasses import dataclass
from typing import Final

_LISTENING: Final = re.compile(r"^(?:tcpdump: )?listening on ([^\s,]+),", re.MULTILINE)
_DROPPED: Final = re.compile(r"^(\d{1,18}) packets? dropped by kernel", re.MULTILINE)
_COMMAND: Final = re.compile(r"^\S*tcpdump(?: .*)?$", re.MULTILINE)
_ASKED: Final = re.compile(r" -i ?(\S+)")
NAME: Final = "tcpdump.log"


@dataclass(frozen=True, slots=True)
class Said:
    """What tcpdump said.

    Attributes:
        interface: on which it listened.
        dropped: packets that the kernel lost, None if it does not say.
        ignored: interfaces that it was asked for and did not listen on.
    """

    interface: str
    dropped: int | None
    ignored: tuple[str, ...]


def read_log(text: str) -> Said | None:
    """Return what a log says, None if it is none of tcpdump."""
    listening = _LISTENING.search(text)
    if not listening:
        return None
    dropped = _DROPPED.search(text)
    asked = [name for command in _COMMAND.findall(text) for name in _ASKED.findall(command)]
    ignored = tuple(dict.fromkeys(each for each in asked if each != listening[1]))
    return Said(listening[1], int(dropped[1]) if dropped else None, ignored)
