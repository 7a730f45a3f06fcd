"""Choice: which packets of which captures are extracted, and their comments."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from pcapcheck.check.finding import Frame
from pcapcheck.errors import InputError, did_you_mean

_FRAME_RANGE: Final = re.compile(r"(\d{1,15})(?:-(\d{1,15}))?")
_MAX_FRAMES: Final = 10_000_000  # frames of one range; a larger number is a typing mistake


@dataclass(frozen=True, slots=True)
class Choice:
    """Which packets are extracted.

    Attributes:
        frames: name of a capture -> numbers of its frames; None is every packet of every capture.
        comments: comments on some of them.
        since, until: nanoseconds since 1970 UTC.
    """

    frames: Mapping[str, frozenset[int]] | None = None
    comments: Mapping[Frame, tuple[str, ...]] = field(default_factory=dict)
    since: int | None = None
    until: int | None = None

    @property
    def empty(self) -> bool:
        """Whether no packet is chosen."""
        return self.frames is not None and not any(self.frames.values())


def frames_of(frames: Iterable[Frame]) -> dict[str, frozenset[int]]:
    """Return the frames by capture."""
    found: dict[str, set[int]] = {}
    for each in frames:
        found.setdefault(each.file, set()).add(each.frame)
    return {file: frozenset(numbers) for file, numbers in found.items()}


def read_frames(texts: Sequence[str], files: Sequence[str]) -> dict[str, frozenset[int]]:
    """Return the frames that texts such as `FILE:N,N-M,FILE:N` name.

    Args:
        texts: what the user wrote.
        files: names of the captures, as the user named them; the last part of a name is enough.

    Raises:
        InputError: there is no such capture, or something is no number.
    """
    found: dict[str, set[int]] = {}
    for text in texts:
        file = ""
        for part in text.split(","):
            name, colon, numbers = part.rpartition(":")
            file = _file(name, files) if colon else file
            if not file:
                raise InputError(
                    f"--frames {text}", f"`{part}` names no capture", "write `node1_eth0.pcap:3,7-9`"
                )
            found.setdefault(file, set()).update(_range(text, numbers))
    return {file: frozenset(numbers) for file, numbers in found.items()}


def _file(name: str, files: Sequence[str]) -> str:
    exact = [each for each in files if each == name]
    named = exact or [each for each in files if PurePath(each).name == name]
    if len(named) == 1:
        return named[0]
    if named:
        raise InputError(f"--frames {name}", f"{len(named)} captures have this name", "write its whole path")
    known = [PurePath(each).name for each in files]
    raise InputError(
        f"--frames {name}", "there is no such capture", did_you_mean(name, known, "give its path, too")
    )


def _range(text: str, numbers: str) -> range:
    parts = _FRAME_RANGE.fullmatch(numbers.strip())
    if not parts or int(parts[1]) < 1:
        what = f"`{numbers}` is not the number of a frame"
        raise InputError(f"--frames {text}", what, "frames are counted from 1, as Wireshark does: 3 or 7-9")
    chosen = range(int(parts[1]), int(parts[2] or parts[1]) + 1)
    if not 0 < len(chosen) <= _MAX_FRAMES:
        raise InputError(
            f"--frames {text}", f"`{numbers}` is not a valid range", "write the smaller number first"
        )
    return chosen
