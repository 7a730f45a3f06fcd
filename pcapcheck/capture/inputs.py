"""Inputs: what the user named -> captures to read, the topology file beside them, and what was left out.

A PATH may be a capture, a folder or a glob; in a folder content decides, not the suffix. It reads no packets.
"""

import glob
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pcapcheck.errors import InputError

MAGIC: Final = (
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\xc3\xd4",
    b"\x4d\x3c\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x34\xcd\xb2\xa1",
    b"\xa1\xb2\xcd\x34",
    b"\x0a\x0d\x0d\x0a",  # pcapng
    b"\x1f\x8b",  # gzip
    b"\x28\xb5\x2f\xfd",  # zstd
    b"\xfd7zX",  # xz
    b"\x04\x22\x4d\x18",  # lz4
)
TOPOLOGY: Final = "topology.yaml"


@dataclass(frozen=True, slots=True)
class Input:
    """One capture to read.

    Attributes:
        path: where it is; "-" is standard input.
        shown: how reports call it.
        named: the user gave its own path, so that it must be readable.
    """

    path: str
    shown: str
    named: bool


@dataclass(frozen=True, slots=True)
class Inputs:
    """All captures, in a stable order, and the topology files that lie beside them."""

    captures: tuple[Input, ...]
    topologies: tuple[str, ...] = ()

    @property
    def topology(self) -> str | None:
        """The topology file that lies beside the captures, if there is one.

        Raises:
            InputError: there are several.
        """
        if len(self.topologies) > 1:
            what = f"this is a topology file, and so is {self.topologies[1]}: they cannot both be meant"
            fix = "give the folder of one network, or name the topology with --topology"
            raise InputError(self.topologies[0], what, fix)
        return next(iter(self.topologies), None)


def find_inputs(paths: tuple[str, ...]) -> Inputs:
    """Return what the paths name. One that does not exist is a capture that will not be readable.

    Raises:
        InputError: a glob matches nothing, or no capture was found.
    """
    captures: dict[str, Input] = {}
    topologies: list[str] = []
    for path in paths:
        for each in _expanded(path):
            if each != "-" and _exists(each) and Path(each).is_dir():
                found, beside = _folder(each)
                topologies += beside
            else:
                found = [Input(each, "(standard input)" if each == "-" else each, named=True)]
            for one in found:
                captures.setdefault(_key(one.path), one)
    if not captures:
        fix = "give captures, or a folder that has some: pcap or pcapng, also gzip, zstd, xz or lz4"
        raise InputError(", ".join(paths) or "PATH", "no capture was found", fix)
    return Inputs(tuple(captures.values()), tuple(dict.fromkeys(topologies)))


def _key(path: str) -> str:
    """Return what is the same for all names of one file."""
    try:
        return path if path == "-" else str(Path(path).resolve())
    except (OSError, RuntimeError):  # a loop of symbolic links
        return path


def _exists(path: str) -> bool:
    try:
        return Path(path).exists()
    except OSError:  # in a folder that we may not enter
        return False


def _expanded(path: str) -> list[str]:
    """Return the paths that a glob matches, or the path itself."""
    if path == "-" or _exists(path) or not glob.has_magic(path):
        return [path]
    matched = sorted(glob.glob(path, recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
    if not matched:
        raise InputError(
            path, "no file matches", "check the path; `captures/**/*.pcap` finds all below a folder"
        )
    return matched


def _folder(path: str) -> tuple[list[Input], list[str]]:
    """Return the captures below a folder, told by their first bytes, and its topology files."""
    files = sorted(each for each in Path(path).rglob("*") if each.is_file())
    captures = [Input(str(each), str(each), named=False) for each in files if _is_capture(each)]
    return captures, [str(each) for each in files if each.name == TOPOLOGY]


def _is_capture(path: Path) -> bool:
    """Whether a file begins as a capture does; a compressed or an empty one must also be named like one."""
    named = ".pcap" in path.name or path.suffix == ".cap"
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        return named  # reading it will say what is wrong
    if not start.startswith(MAGIC):
        return named and not start
    return named or not start.startswith(MAGIC[7:])
