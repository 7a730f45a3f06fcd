r"""Text out of captures and file names, made safe for the place where it is shown.

Whoever can send a packet or name a file can choose this text: terminal control sequences, line breaks that
fake a line of the report, bidirectional overrides (CVE-2021-42574), formulas, markup. What cannot be printed
is shown as `\x1b` or `\u202e`, and each function escapes what its format treats as syntax. All of them return
text, never markup.
"""

import re

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV injection
MARKDOWN_ENTITIES = str.maketrans({character: f"&#{ord(character)};" for character in "&<>\"'`*[]|\\~#$@"})
HTML_ENTITIES = str.maketrans({character: f"&#{ord(character)};" for character in "&<>\"'`"})
BULLET = re.compile(r"^(\d*)([-+=.)])(?=[ =-]|$)")
EMPHASIS = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # an underscore within a word is not emphasis
AUTOLINK = re.compile(r":(?=//)|(?<=www)\.", re.IGNORECASE)
SURROGATE = re.compile("[\ud800-\udfff]")
RUNNER_COMMAND = re.compile(r"^(\s*)(::[a-zA-Z-]+( [^:]*)?::|##\[)")  # a GitHub runner executes such a line


def visible(text: str) -> str:
    r"""Return `text` in which every character that does not print is written out: `\x1b`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _code(each) for each in text)


def utf8(text: str) -> str:
    r"""Return text that UTF-8 can hold: bytes of a file name that are no text (PEP 383) become `\x9c`."""
    return SURROGATE.sub(lambda match: _code(match[0]), text)


def terminal(line: str) -> str:
    """Return one line for a terminal or a log: it cannot move the cursor, end the line or be a command."""
    return RUNNER_COMMAND.sub(r"\1\\\2", visible(line))


def html(text: str) -> str:
    """Return text for an HTML element or a quoted attribute."""
    return visible(text).translate(HTML_ENTITIES)


def xml(text: str) -> str:
    """Return one line of characters that XML 1.0 allows (2.2); the XML writer escapes markup."""
    return visible(text)


def csv(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; the CSV writer adds the quotes."""
    shown = visible(text)
    return f"'{shown}" if shown.startswith(FORMULA_STARTS) else shown


def markdown(text: str) -> str:
    """Return text that GitHub shows as it is: it contains no markup, list, table cell, mention or link."""
    shown = AUTOLINK.sub(lambda match: f"&#{ord(match[0])};", visible(text).translate(MARKDOWN_ENTITIES))
    shown = EMPHASIS.sub("&#95;", shown)
    return BULLET.sub(lambda match: f"{match[1]}&#{ord(match[2])};", shown)


def github(text: str) -> str:
    """Return the message of a workflow command. Line breaks stay: GitHub shows them."""
    lines = "\n".join(visible(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """Return a value between `::error` and `::`."""
    return github(text).replace(":", "%3A").replace(",", "%2C")


def _code(character: str) -> str:
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # PEP 383
        number -= 0xDC00
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"
