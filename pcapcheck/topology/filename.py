"""What the name of a capture file may say: whose it is, and which interface.

Takes a path relative to the folder that was given, gives readings of it, the likeliest first. It does not
know which names exist.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from pcapcheck.topology.roles import role_of

_COMPRESSED: Final = re.compile(r"\.(?:gz|zst|zstd|xz|lz4|bz2)$", re.IGNORECASE)
# tcpdump's -C and -W write .pcap0 and .pcap00001; others append a date.
_SUFFIX: Final = re.compile(r"\.(?:pcapng|pcap|cap|dmp|dump)\d*(?:\.[\w:-]+)*$", re.IGNORECASE)
_DATE: Final = re.compile(
    r"[-_.]?(?:\d{8}[-_T]?\d{6}|\d{4}-\d\d-\d\d[T_-]\d\d[-_:]?\d\d(?:[-_:]?\d\d)?)(?:UTC|Z)?$|[-_]\d{5}$"
)


def stem(path: str) -> str:
    """Return the name of a file without what its format and compression add."""
    return _SUFFIX.sub("", _COMPRESSED.sub("", PurePosixPath(path).name))


def stems(path: str) -> tuple[str, ...]:
    """Return the stem of a file, and what is left without a date or counter at its end."""
    whole = stem(path)
    short = whole
    while match := _DATE.search(short):
        short = short[: match.start()]
    return (whole, short) if short not in ("", whole) else (whole,)


def folders(path: str) -> tuple[str, ...]:
    """Return the folders that a path names, the innermost first."""
    return tuple(each for each in reversed(PurePosixPath(path).parent.parts) if each not in ("/", ".", ".."))


def splits(path: str) -> Iterator[tuple[str, str]]:
    """Yield (owner, interface) as a path may say them: `node1_eth0`, `node1/eth0`, `node1-eth0`."""
    for each in stems(path):
        yield from _cut(each, "_")
        yield from ((folder, each) for folder in folders(path))
        yield from (pair for pair in _cut(each, "-") if "-" not in pair[1] or role_of(pair[1]))
        yield from (pair for pair in _cut(each, ".") if role_of(pair[1]))


def _cut(text: str, separator: str) -> Iterator[tuple[str, str]]:
    """Yield both sides of each separator, from the left: an interface may have one (cilium_vxlan)."""
    parts = text.split(separator)
    for number in range(1, len(parts)):
        left, right = separator.join(parts[:number]), separator.join(parts[number:])
        if left and right:
            yield left, right
