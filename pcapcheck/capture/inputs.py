"""Inputs: from the paths that the user gave to captures, and to the topology files and dumps beside them.

A path may be a capture, a folder, a glob, an archive or a URL. In a folder, a file is a capture if it begins
like one, whatever it is called. A file that is only called like a capture is listed too, so that the report
says that it cannot be read. No packets are read here.
"""

import glob
import re
import shutil
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import IO, Final

from pcapcheck.capture.archive import Unpacked, is_archive
from pcapcheck.capture.openfile import STANDARD_INPUT
from pcapcheck.capture.recognise import COMPRESSED_MAGICS, is_capture
from pcapcheck.capture.remote import find, heads, is_url
from pcapcheck.capture.textsearch import prints_packets, without_packets
from pcapcheck.errors import InputError

TOPOLOGY: Final = "topology.yaml"
MAGIC_SIZE: Final = 4  # bytes that tell a capture from other files
DIGITS: Final = re.compile(r"([0-9]+)")
MAX_ARCHIVE_DEPTH: Final = 3  # archives within archives; deeper ones are not unpacked, so that it ends
CALLED_CAPTURE: Final = re.compile(r"\.(?:pcap|pcapng|cap)\d*(?:\.(?:gz|zst|xz|lz4))?$")


@dataclass(frozen=True, slots=True)
class Input:
    """One capture to read.

    Attributes:
        path: where it is; "-" is standard input.
        shown: how reports call it.
        named: the user gave the path of this very file, so it must be readable.
        keeper: the object that keeps the file from being removed, if it was unpacked for this run.
        size: bytes of a file by URL, if they are known.
    """

    path: str
    shown: str
    named: bool
    keeper: object = field(default=None, compare=False, repr=False)
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """A file beside the captures that is not a capture itself: a topology, or perhaps a dump.

    Attributes:
        path: where it is.
        name: its path relative to what the user gave; for a topology, what reports call it.
    """

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """All captures in a stable order, the topology files beside them, and the other files there.

    `notes` say what could not be unpacked.
    """

    captures: tuple[Input, ...]
    topologies: tuple[Beside, ...] = ()
    others: tuple[Beside, ...] = ()
    notes: tuple[str, ...] = ()
    keeper: object = field(default=None, compare=False, repr=False)

    @property
    def topology(self) -> Beside | None:
        """The topology file that lies beside the captures, if there is one.

        Raises:
            InputError: there are several.
        """
        if len(self.topologies) > 1:
            what = f"this is a topology file, and so is {self.topologies[1].name}: only one can be used"
            fix = "give the folder of one network, or name the topology with --topology"
            raise InputError(self.topologies[0].name, what, fix)
        return next(iter(self.topologies), None)


def find_inputs(paths: tuple[str, ...], scratch: str | None = None) -> Inputs:
    """Return what the paths name. A path that does not exist is returned as a capture; reading it will fail.

    Args:
        paths: captures, folders, archives, globs, URLs; "-" is standard input.
        scratch: where archives are unpacked; None is the system's place.

    Raises:
        InputError: a glob matches nothing, no capture was found, or nothing can be unpacked there.
    """
    found = _found(paths, scratch)
    if not found.captures:
        fix = "give captures, or a folder or archive that has some: pcap or pcapng, also compressed"
        raise InputError(", ".join(paths) or "PATH", found.notes[0] if found.notes else _nothing(found), fix)
    return found


def _nothing(found: Inputs) -> str:
    """Return why there is nothing to read, with a text that may have been meant."""
    told = ((each.name, without_packets(Path(each.path))) for each in found.others)
    first = next((f": {name}: {what}" for name, what in told if what), "")
    return f"no capture was found{first}"


def find_files(path: str) -> Inputs:
    """Return what lies in a folder or an archive, whether there is a capture or not."""
    return _found((path,))


def _found(paths: tuple[str, ...], scratch: str | None = None) -> Inputs:
    found = _Found(scratch)
    for path in paths:
        if is_url(path):
            found.fetch(path)
            continue
        for each in _expanded(path):
            if each != "-" and _exists(each) and (Path(each).is_dir() or found.unpackable(Path(each))):
                found.walk(Path(each), each, "" if Path(each).is_dir() else Path(each).name)
            else:
                shown = "(standard input)" if each == "-" else each
                found.add(Input(each, shown, named=True))
    captures, topologies = tuple(found.captures.values()), tuple(dict.fromkeys(found.topologies))
    return Inputs(captures, topologies, tuple(found.others), tuple(found.notes), found.unpacked)


class _Found:
    """What was found so far."""

    def __init__(self, scratch: str | None) -> None:
        self._scratch = scratch
        self.captures: dict[str, Input] = {}
        self.topologies: list[Beside] = []
        self.others: list[Beside] = []
        self.notes: list[str] = []
        self.unpacked: Unpacked | None = None

    def add(self, capture: Input) -> None:
        """Add a capture, unless it was found by another name."""
        self.captures.setdefault(_key(capture.path), capture)

    @staticmethod
    def unpackable(path: Path) -> bool:
        """Whether a path that the user gave is an archive."""
        return path.is_file() and is_archive(path)

    def walk(self, place: Path, shown: str, inside: str, depth: int = 0) -> None:
        """Add the contents of a folder or an archive; captures are recognised by their first bytes.

        Args:
            place: the folder or the archive.
            shown: what reports call it.
            inside: its path relative to what the user gave.
            depth: how many archives it is in.
        """
        folder = place if place.is_dir() else self._unpacked(place, shown)
        for path in sorted((each for each in folder.rglob("*") if each.is_file()), key=in_order):
            below = path.relative_to(folder)
            name, seen = str(Path(inside) / below), str(Path(shown) / below)
            if path.name == TOPOLOGY:
                self.topologies.append(Beside(str(path), seen))
            elif depth < MAX_ARCHIVE_DEPTH and is_archive(path):
                self.walk(path, seen, name, depth + 1)
            elif _is_capture(path) or prints_packets(path):
                self.add(Input(str(path), seen, named=False, keeper=self.unpacked))
            else:
                self.others.append(Beside(str(path), name))

    def fetch(self, url: str) -> None:
        """Add a file by URL, or what lies below a prefix, as in a folder; archives there are not unpacked."""
        listed = find(url)
        if listed is None:
            self.add(Input(url, url, named=True))
            return
        named = [each.url for each in listed if each.url.rpartition("/")[2] == TOPOLOGY]
        self.topologies += [Beside(url, url) for url in named]
        start = heads([each.url for each in listed], MAGIC_SIZE)
        for each in sorted(listed, key=lambda one: in_order(one.url)):
            if _looks_like_a_capture(each.url, start[each.url]):
                self.add(Input(each.url, each.url, named=False, size=each.size))

    def _unpacked(self, archive: Path, shown: str) -> Path:
        self.unpacked = self.unpacked or Unpacked(self._scratch)
        folder, complaint = self.unpacked.unpack(archive)
        if complaint:
            self.notes.append(f"{shown}: {complaint}")
        return folder


def in_order(path: str | Path) -> list[list[str | int]]:
    """Return a sort key in which eth0.pcap2 comes before eth0.pcap10, as tcpdump -C numbers its files."""
    parts = PurePath(path).parts
    return [
        [int(each) if number % 2 else each for number, each in enumerate(DIGITS.split(part))]
        for part in parts
    ]


def _key(path: str) -> str:
    """Return a key that is the same for all paths of one file."""
    try:
        return path if path == "-" or is_url(path) else str(Path(path).resolve())
    except (OSError, RuntimeError):  # a loop of symbolic links
        return path


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # it lies in a folder that this process may not enter
        return False


def _expanded(path: str) -> list[str]:
    """Return the paths that a glob matches, or the path itself."""
    if path == "-" or _exists(path) or not glob.has_magic(path):
        return [path]
    matched = sorted(glob.glob(path, recursive=True), key=in_order)  # noqa: PTH207 (Path.glob takes no absolute pattern)
    if not matched:
        raise InputError(
            path, "no file matches", "check the path; `captures/**/*.pcap` finds all below a folder"
        )
    return matched


def _is_capture(path: Path) -> bool:
    """Whether a file begins like a capture, or is called like one; reading it says what is wrong with it."""
    try:
        with path.open("rb") as file:
            start = file.read(MAGIC_SIZE)
    except OSError:
        start = b""
    return _looks_like_a_capture(path.name, start)


def _looks_like_a_capture(name: str, start: bytes) -> bool:
    if not is_capture(start):
        return CALLED_CAPTURE.search(name) is not None
    return ".pcap" in name or name.endswith(".cap") or not start.startswith(COMPRESSED_MAGICS)


SPOOL_PIECE = 1 << 20  # bytes copied at a time


def spool(inputs: Sequence[Input], folder: str) -> tuple[Input, ...]:
    """Return the inputs; streams are copied to files in `folder`, unless they cannot be read."""
    return tuple(
        _copied(each, Path(folder) / f"stream-{number}") if _is_stream(each) else each
        for number, each in enumerate(inputs)
    )


def _is_stream(each: Input) -> bool:
    path = Path(each.path)
    return each.path == STANDARD_INPUT or (path.exists() and not path.is_file() and not path.is_dir())


def _copied(each: Input, copy: Path) -> Input:
    try:
        with _opened(each.path) as stream, copy.open("wb") as file:
            shutil.copyfileobj(stream, file, SPOOL_PIECE)
    except PermissionError:
        return each
    return replace(each, path=str(copy))


def _opened(path: str) -> AbstractContextManager[IO[bytes]]:
    return nullcontext(sys.stdin.buffer) if path == STANDARD_INPUT else Path(path).open("rb")
