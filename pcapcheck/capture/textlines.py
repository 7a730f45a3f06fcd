"""Lines of text as people paste them, made plain: without colours, quoting, markup and indentation.

Takes bytes, gives lines of limited length; and joins the lines of one packet that a terminal or a mail
program has broken.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

MAX_LINE: Final = 1 << 16  # bytes of a line that are kept: no packet is printed longer
PIECE: Final = 1 << 20  # bytes read at a time
MAX_JOINED: Final = 1 << 14  # letters of one packet
TERMINAL_WIDTHS: Final = frozenset({80, 100, 120, 132, 140, 160, 180, 200})  # columns of terminals
LEAST_WIDTH: Final = 40  # letters: a shorter line was not broken by a terminal
_ESCAPES: Final = re.compile(
    r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])|[\x00-\x08\x0b-\x1f\x7f]"
)
_QUOTED: Final = re.compile(r"(?:>[ \t]?)+(?=\S|$)")
_TAGS: Final = re.compile(
    r"</?(?:span|code|pre|b|i|em|strong|font|br|p|div|td|tr|li|tt|kbd|a)\b[^<>]{0,200}>", re.IGNORECASE
)


def lines(read: Iterable[bytes]) -> Iterator[str]:
    """Yield the lines of some pieces of bytes; a longer one is cut off."""
    rest = b""
    skip = False
    for piece in read:
        parts = (rest + piece).split(b"\n")
        rest = parts.pop()
        for part in parts:
            if not skip:
                yield plain(part[:MAX_LINE])
            skip = False
        if len(rest) > MAX_LINE:
            if not skip:
                yield plain(rest[:MAX_LINE])
            rest, skip = b"", True
    if rest and not skip:
        yield plain(rest)


def plain(line: bytes) -> str:
    """Return a line without escapes of a terminal, quoting and markup; its indentation stays."""
    text = line.decode("utf-8", errors="replace").rstrip("\r")
    if text.startswith("\ufeff"):
        text = text[1:]
    text = _ESCAPES.sub("", text)
    text = _QUOTED.sub("", text, count=1) if text.startswith(">") else text
    if "<" in text or "&" in text:
        text = html.unescape(_TAGS.sub("", text))
    return text.replace("\xa0", " ")


class Wrapping:
    """How the lines of one console were broken: within words at a width, or between words."""

    def __init__(self) -> None:
        self._widths: Counter[int] = Counter()

    def joined(self, parts: list[str]) -> Iterator[str]:
        """Yield the lines of one packet as one, runs of spaces made one; the likelier way first."""
        if len(parts) == 1:
            yield " ".join(parts[0][:MAX_JOINED].split())
            return
        for part, following in pairwise(parts):
            if not _is_indented(following):
                self._widths[len(part)] += 1
        within = self._is_within_words()
        for way in (within, not within):
            yield self._together(parts, within=way)

    def _together(self, parts: list[str], *, within: bool) -> str:
        text, width = parts[0], max(self._widths, default=0)
        for part, following in pairwise(parts):
            broken = within and len(part) == width and not _is_indented(following)
            text += following if broken else " " + following
            if len(text) > MAX_JOINED:
                break
        return " ".join(text[:MAX_JOINED].split())

    def _is_within_words(self) -> bool:
        """Whether a terminal broke the lines: all are as long as it is wide, but for a space at the end."""
        width = max(self._widths, default=0)
        if width < LEAST_WIDTH or min(self._widths) < width - 1:
            return False
        return width in TERMINAL_WIDTHS or self._widths[width] > 1


def _is_indented(line: str) -> bool:
    return line[:1] in " \t"
