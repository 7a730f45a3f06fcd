"""Lines for a terminal: escaped, wrapped at its width, and coloured if that is wanted."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from pcapcheck.report.escape import terminal, visible

MIN_TEXT_WIDTH = 20  # columns; a narrower terminal scrolls instead of showing one word a line
STYLES = {
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "bold": "1",
    "dim": "2",
}  # ECMA-48, 8.3.117


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines are laid out. All text that is printed passes through here, so none is left unescaped.

    `width` counts columns; words longer than that are not broken, so that they can be pasted.
    """

    width: int = 80
    color: bool = False

    def paragraph(
        self, text: str, *, indent: int = 0, hang: int = 2, lead: str = "", style: str = ""
    ) -> Iterator[str]:
        """Yield `lead` in `style` and then `text`, wrapped; lines after the first hang `hang` further in."""
        lead = visible(lead)
        lines = textwrap.wrap(
            visible(f"{lead} {text}" if lead else text).rstrip(),
            width=max(self.width, MIN_TEXT_WIDTH + indent),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for number, line in enumerate(lines):
            rest_is_plain = bool(lead) and number > 0
            yield self._styled(line, indent, lead, "" if rest_is_plain else style) + "\n"

    def paragraphs(self, text: str, *, indent: int = 0, style: str = "") -> Iterator[str]:
        """Yield text that has line breaks of its own, each line wrapped."""
        for line in text.strip().split("\n"):
            yield from self.paragraph(line, indent=indent, hang=0, style=style)

    def verbatim(self, text: str, *, indent: int = 0, style: str = "") -> Iterator[str]:
        """Yield one line that is never wrapped: a command or filter to paste, a row of a table."""
        yield self._styled(" " * indent + visible(text), indent, "", style) + "\n"

    def _styled(self, line: str, indent: int, lead: str, style: str) -> str:
        line = terminal(line)
        if not (self.color and style):
            return line
        end = indent + len(lead) if lead and line[indent:].startswith(lead) else len(line)
        return f"{line[:indent]}\x1b[{STYLES[style]}m{line[indent:end]}\x1b[0m{line[end:]}"
