"""Disturbances of captures, as they happen: clocks that differ, missing and short files, lost records.

Classic pcap files are rewritten record by record; it shares no code with `pcapcheck/capture`.
"""

import random
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import yaml

RECORD = 16  # bytes before each packet: seconds, fraction, captured, original
UNITS = {0xA1B2C3D4: 1_000, 0xA1B23C4D: 1}  # magic number -> nanoseconds of a fraction
SECOND = 1_000_000_000

Record = tuple[int, bytes]  # nanoseconds, the record's lengths and bytes
Disturbance = Callable[[dict[str, list[Record]], dict[str, str], random.Random], dict[str, list[Record]]]


def records(data: bytes) -> Iterator[Record]:
    """Yield time and rest of each record of a little-endian pcap file."""
    unit = UNITS[struct.unpack_from("<I", data)[0]]
    at = 24
    while at + RECORD <= len(data):
        seconds, fraction, captured = struct.unpack_from("<III", data, at)
        yield seconds * SECOND + fraction * unit, data[at + 8 : at + RECORD + captured]
        at += RECORD + captured


def written(header: bytes, kept: list[Record]) -> bytes:
    """Return a pcap file with the header of another one."""
    unit = UNITS[struct.unpack_from("<I", header)[0]]
    return header[:24] + b"".join(
        struct.pack("<II", time // SECOND, time % SECOND // unit) + rest for time, rest in kept
    )


def nodes_of(folder: Path) -> dict[str, str]:
    """Return file -> node of a scenario: a pod's capture has the clock of its node."""
    topology = yaml.safe_load((folder / "topology.yaml").read_text(encoding="utf-8"))
    pods = topology.get("pods") or {}
    found = {}
    for name, entry in topology["captures"].items():
        found[name] = entry["node"] if "node" in entry else pods[entry["pod"]]["node"]
    return found


def clocks(
    files: dict[str, list[Record]], nodes: dict[str, str], chance: random.Random
) -> dict[str, list[Record]]:
    """Set the clock of each node up to a second ahead or behind."""
    ahead = {node: chance.randrange(-SECOND, SECOND) for node in sorted(set(nodes.values()))}
    return {name: [(time + ahead[nodes[name]], rest) for time, rest in kept] for name, kept in files.items()}


def subset(
    files: dict[str, list[Record]], nodes: dict[str, str], chance: random.Random
) -> dict[str, list[Record]]:
    """Keep some of the files."""
    names = sorted(files)
    return {name: files[name] for name in sorted(chance.sample(names, chance.randint(1, len(names))))}


def windows(
    files: dict[str, list[Record]], nodes: dict[str, str], chance: random.Random
) -> dict[str, list[Record]]:
    """Let each file start late, or stop early, or both."""
    times = [time for kept in files.values() for time, _ in kept]
    first, last = min(times), max(times)
    cut = {}
    for name, kept in files.items():
        start, stop = sorted((chance.randint(first, last), chance.randint(first, last)))
        start = first if chance.random() < 0.5 else start
        stop = last if chance.random() < 0.5 else stop
        cut[name] = [(time, rest) for time, rest in kept if start <= time <= stop]
    return cut


def drops(
    files: dict[str, list[Record]], nodes: dict[str, str], chance: random.Random
) -> dict[str, list[Record]]:
    """Lose one record in twenty of each file, as a busy tcpdump does."""
    return {name: [record for record in kept if chance.random() >= 0.05] for name, kept in files.items()}


DISTURBANCES: dict[str, Disturbance] = {
    "clocks": clocks,
    "subset": subset,
    "windows": windows,
    "drops": drops,
}


def disturbed(folder: Path, name: str, seed: int, into: Path) -> Path:
    """Write a disturbed copy of a scenario, without its truth, and return its folder."""
    sources = {each.name: each.read_bytes() for each in sorted(folder.glob("*.pcap"))}
    files = {file: list(records(data)) for file, data in sources.items()}
    chance = random.Random(f"{folder.name} {name} {seed}")
    into.mkdir(parents=True)
    for file, kept in DISTURBANCES[name](files, nodes_of(folder), chance).items():
        (into / file).write_bytes(written(sources[file], kept))
    (into / "topology.yaml").write_bytes((folder / "topology.yaml").read_bytes())
    return into


def without(folder: Path, file: str, into: Path) -> Path:
    """Write a copy of a scenario that lacks one capture."""
    into.mkdir(parents=True)
    for each in (*sorted(folder.glob("*.pcap")), folder / "topology.yaml"):
        if each.name != file:
            (into / each.name).write_bytes(each.read_bytes())
    return into
