"""Inputs: what the user named -> captures to read, the topology file beside them, and what was left out.

A PATH may be a capture, a folder or a glob; in a folder content decides, not the suffix. It does not read packets.
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
    """One capture to read. `named`: the user gave its own path, so that it must be readable; `shown`: how reports call it."""

    path: str
    shown: str
    named: bool


@dataclass(frozen=True, slots=True)
class Inputs:
    """All captures, in a stable order, and the topology file that lies beside them."""

    captures: tuple[Input, ...]
    topology: str | None


def find_inputs(paths: tuple[str, ...]) -> Inputs:
    """Return what the paths name.

    Raises:
        InputError: a path does not exist, or no capture was found.
    """
    captures: dict[str, Input] = {}
    topologies: list[str] = []
    for path in paths:
        for each in _expanded(path):
            if Path(each).is_dir():
                found, beside = _folder(each)
                topologies += beside
            else:
                found = [Input(each, "(standard input)" if each == "-" else each, named=True)]
            captures |= {one.path: one for one in found if one.path not in captures}
    if not captures:
        fix = "give captures, or a folder that has some: pcap or pcapng, also gzip, zstd, xz or lz4"
        raise InputError(", ".join(paths), "no capture was found", fix)
    return Inputs(tuple(captures.values()), topologies[0] if topologies else None)


def _expanded(path: str) -> list[str]:
    """Return the paths that a glob matches, or the path itself."""
    if path == "-" or Path(path).exists():
        return [path]
    matched = sorted(glob.glob(path, recursive=True))
    if not matched:
        raise InputError(
            path,
            "there is no such file or folder",
            "check the path; globs such as 'node*/*.pcap' are allowed",
        )
    return matched


def _folder(path: str) -> tuple[list[Input], list[str]]:
    """Return the captures below a folder, told by their first bytes, and its topology files."""
    files = sorted(each for each in Path(path).rglob("*") if each.is_file())
    captures = [Input(str(each), str(each), named=False) for each in files if _is_capture(each)]
    return captures, [str(each) for each in files if each.name == TOPOLOGY]


def _is_capture(path: Path) -> bool:
    """Whether a file begins as a capture does; a compressed one must also be named like one."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError:
        return ".pcap" in path.name  # reading it will say what is wrong
    if not start:
        return ".pcap" in path.name
    compressed = start.startswith(MAGIC[7:])
    return start.startswith(MAGIC) and (not compressed or ".pcap" in path.name or ".cap" in path.name)
