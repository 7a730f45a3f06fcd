"""Layers: which headers each packet has, and where they lie. This is the wavefront, exact for any bytes.

All packets start in one group per link type. The headers of a group are decoded at once: their places are
remembered as `(packet, first byte)`, and what follows and where is computed for all of them; then they are
split by protocol, and the next depth begins. It knows tables, not protocols; columns are read from its
groups on demand (`columns.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Bools, Ints, Numbers
from pcapcheck.capture.block import Block
from pcapcheck.decode.field import ABSENT, Protocol
from pcapcheck.decode.headers import Headers
from pcapcheck.decode.registry import Codes, Dissectors, code_of, protocols

MAX_HEADERS = 128  # of one packet: real ones have up to 15, a frame full of VLAN tags could have 16,000


@dataclass(frozen=True, slots=True)
class Group:
    """Headers of one protocol that lie equally deep; a packet is in at most one group per depth.

    Attributes:
        code: of the protocol, in `protocols()` counted from 1.
        depth: how many headers stand before it.
        quoted: whether they belong to a packet that an ICMP error quotes.
        packet: int64 (k,), rows in the block.
        headers: where they lie.
    """

    code: int
    depth: int
    quoted: bool
    packet: Ints
    headers: Headers


@dataclass(frozen=True, slots=True)
class Layers:
    """All headers of a block.

    Attributes:
        block: `n` packets.
        groups: by depth, outermost first.
        stack: uint32 (n,), index into `stacks`.
        stacks: the stacks of this block, as `eth:ip:udp`.
    """

    block: Block
    groups: tuple[Group, ...]
    stack: Numbers
    stacks: list[str]


class Front(NamedTuple):
    """Where headers of one protocol begin: rows, first bytes, and the end of the layer around them."""

    packet: Ints
    start: Ints
    end: Ints


def find_layers(block: Block, table: Dissectors) -> Layers:
    """Find the headers of all packets; any bytes give a result."""
    groups: list[Group] = []
    stacks = _Stacks(len(block))
    wave = _first_wave(block, table)
    for depth in range(MAX_HEADERS):
        following: defaultdict[tuple[int, bool], list[Front]] = defaultdict(list)
        for group in _groups(block, wave, depth):
            groups.append(group)
            stacks.push(group)
            for next_code, front in _following(group, table):
                following[next_code, group.quoted or group.headers.protocol.quotes].append(front)
        wave = following
    return Layers(block, tuple(groups), stacks.stack, stacks.names)


def extent(read: Headers) -> Ints:
    """Return where each header's payload ends on the wire: int64 (k,), byte in `data`."""
    rule = read.protocol.extent
    if rule is None:
        return read.end
    name, uncounted = rule
    size = read(name)
    return np.where(size > 0, np.minimum(read.start + uncounted + size, read.end), read.end)


def length(read: Headers) -> Ints:
    """Return the length of each header in bytes, int64 (k,)."""
    rule = read.protocol.length
    if isinstance(rule, int):
        return np.full(len(read), rule, np.int64)
    return read(rule) if isinstance(rule, str) else rule(read)


def carried(read: Headers, table: Dissectors) -> Codes:
    """Return the code of the protocol that each header announces, 0 if it is not known."""
    rule = read.protocol.carries
    if rule is None:
        return np.zeros(len(read), np.uint8)
    entries = table.tables[read.protocol.table]
    if isinstance(rule, int):
        return np.full(len(read), entries[rule], np.uint8)
    if isinstance(rule, tuple):
        return by_port(read(rule[0]), read(rule[1]), entries)
    return entries[read(rule) if isinstance(rule, str) else rule(read)]


def by_port(source: Ints, destination: Ints, entries: Codes) -> Codes:
    """Look up two ports as Wireshark does: the lower one first."""
    lower, higher = entries[np.minimum(source, destination)], entries[np.maximum(source, destination)]
    return np.where(lower > 0, lower, higher)


def _first_wave(block: Block, table: Dissectors) -> dict[tuple[int, bool], list[Front]]:
    """Start every packet at its link type's protocol."""
    linktypes = np.array([*block.linktype, ABSENT], np.int64)
    known = np.where((linktypes >= 0) & (linktypes < 65536), linktypes, ABSENT)
    codes = table.tables["linktype"][known][np.minimum(block.interface, len(linktypes) - 1)]
    everything = Front(
        np.arange(len(block)), block.offset, block.offset + np.maximum(block.original, block.captured)
    )
    return {(code, False): [front] for code, front in _split(everything, codes, block.captured > 0)}


def _groups(block: Block, wave: dict[tuple[int, bool], list[Front]], depth: int) -> Iterator[Group]:
    """Yield the groups of one depth; headers that are not sound are tried as what else they may be."""
    while wave:
        code, quoted = min(wave)
        front = Front(*map(_join, zip(*wave.pop((code, quoted)), strict=True)))
        captured = block.offset[front.packet] + block.captured[front.packet]
        headers = Headers(
            protocols()[code - 1], block.data, front.start, np.minimum(captured, front.end), front.end
        )
        group = Group(code, depth, quoted, front.packet, headers)
        sound = headers.protocol.sound(headers) if headers.protocol.sound else None
        if sound is not None and not sound.all():
            if headers.protocol.instead:
                other = code_of(headers.protocol.instead), quoted
                wave.setdefault(other, []).append(Front(*(part[~sound] for part in front)))
            group = Group(code, depth, quoted, front.packet[sound], headers.at(np.flatnonzero(sound)))
        if len(group.packet):
            yield group


def _following(group: Group, table: Dissectors) -> Iterator[tuple[int, Front]]:
    """Yield the headers that follow those of a group, by protocol."""
    read = group.headers
    protocol = read.protocol
    if protocol.carries is None:
        return
    size, end = length(read), extent(read)
    start = read.start + size
    whole = (size >= protocol.minimum) & (start < np.minimum(read.stop, end))
    codes = carried(read, table)
    front = Front(group.packet, start, end)
    yield from _split(front, codes, whole)
    candidates = table.by_content.get(protocol.table, ())
    if candidates:
        yield from _recognised(read, front, whole & (codes == 0), candidates)


def _recognised(
    read: Headers, front: Front, open_: Bools, candidates: tuple[int, ...]
) -> Iterator[tuple[int, Front]]:
    """Yield payloads that no table names, but that look like one of the candidates."""
    for code in candidates:
        rows = np.flatnonzero(open_)
        payload = guess_headers(read, front, rows, protocols()[code - 1])
        recognise = payload.protocol.recognise
        found = rows[recognise(payload)] if recognise and len(rows) else rows[:0]
        open_[found] = False
        if len(found):
            yield code, Front(*(part[found] for part in front))


def guess_headers(read: Headers, front: Front, rows: Ints, protocol: Protocol) -> Headers:
    """Return the payload of some headers as if it were a header of `protocol`."""
    end = front.end[rows]
    return Headers(protocol, read.data, front.start[rows], np.minimum(read.stop[rows], end), end)


def _split(front: Front, codes: Codes, alive: Bools) -> Iterator[tuple[int, Front]]:
    """Yield the headers of each protocol separately."""
    codes = np.where(alive, codes, 0)
    for code in np.flatnonzero(np.bincount(codes, minlength=1)):
        rows = np.flatnonzero(codes == code)
        if code:
            yield int(code), front if len(rows) == len(codes) else Front(*(part[rows] for part in front))


def _join(parts: tuple[Ints, ...]) -> Ints:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


class _Stacks:
    """The stack of every packet, as a number that grows with each layer."""

    def __init__(self, n: int) -> None:
        self.names = [""]
        self.stack = np.zeros(n, np.uint32)
        self._numbers = {"": 0}

    def push(self, group: Group) -> None:
        """Put the protocol of a group on top of its packets' stacks."""
        if group.quoted or not group.headers.protocol.in_stack:
            return
        before = self.stack[group.packet]
        after = np.zeros(len(self.names), np.uint32)
        for number in np.flatnonzero(np.bincount(before)):
            after[number] = self._number(f"{self.names[number]}:{group.headers.protocol.name}".lstrip(":"))
        self.stack[group.packet] = after[before]

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]
