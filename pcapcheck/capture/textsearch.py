"""Whether a file is text in which packets are printed, found without reading them.

Takes a path and looks for a line as tcpdump or tshark print them. Files that begin like captures, binary ones
and very long texts are not searched to their end.
"""

import re
from pathlib import Path
from typing import Final

from pcapcheck.capture.recognise import RECOGNISE, is_capture
from pcapcheck.capture.textcapture import is_text, seems

SEARCHED: Final = 64 << 20  # bytes of a text that are searched
WINDOW_SIZE: Final = 1 << 20
OVERLAP: Final = 1 << 10  # bytes: a line that two windows share is found in one of them
_PRINTED: Final = re.compile(
    rb"(?:^|\n)[ \t>]*(?:<[^<>\n]{1,80}>)*(?:"
    rb"Capturing on '"
    rb"|(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d\.\d{1,9} "
    rb"[^\n]{0,40}?(?:IP6?|ARP,|ethertype|In|Out|> [0-9a-f]{2}:[0-9a-f:]{14}) "
    rb"|\d{1,10}\.\d{6,9} (?:IP6?|ARP,|[0-9a-f:]{17} >) "
    rb"|IP6? [\w.:-]{3,64} > [\w.:-]{3,64}: (?:Flags \[|ICMP|UDP|tcp |\d+[+*-])"
    rb"|ARP, Request who-has "
    rb"|\d{1,7}[ \t]+(?:\d{1,10}\.\d{1,9}|[\d-]{0,11}\d\d:\d\d:\d\d\.\d+)[ \t]+"
    rb"\S{2,64}[ \t]+(?:\xe2\x86\x92|->)[ \t]+\S"
    rb")"
)
_LISTENS: Final = re.compile(rb"(?:^|\n)[ \t>]*(?:tcpdump: )?listening on \S+, link-type \w+")
_WRITES: Final = re.compile(rb"\btcpdump\b[^\n]* -w ")  # such a console is the log of a capture beside it
_MENTIONS: Final = re.compile(rb"\b(?:tcpdump|tshark)\b")


def prints_packets(path: Path) -> bool:
    """Whether a file is text in which packets are printed, or the output of a capture that saw none."""
    try:
        with path.open("rb") as file:
            head = file.read(RECOGNISE)
            if is_capture(head) or not is_text(head):
                return False
            rest, left = head, SEARCHED
            while left > 0:
                if _PRINTED.search(rest):
                    return True
                more = file.read(WINDOW_SIZE)
                if not more:
                    return bool(_LISTENS.search(head)) and not _WRITES.search(head)
                rest, left = rest[-OVERLAP:] + more, left - len(more)
    except OSError:
        return False
    return False


def without_packets(path: Path) -> str:
    """Return what a text without packets seems to be, where it is one about packets; else an empty text."""
    try:
        with path.open("rb") as file:
            head = file.read(WINDOW_SIZE)
    except OSError:
        return ""
    if not is_text(head[:RECOGNISE]):
        return ""
    what = seems(head.decode("utf-8", errors="replace"))
    if not what and not _MENTIONS.search(head):
        return ""
    return f"it is text in which no packet is printed{f'; it seems to be {what}' if what else ''}"
