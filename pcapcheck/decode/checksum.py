"""Checksums that are wrong, and not merely left to the network card.

A checksum counts as wrong if (a) it is not valid, (b) it is not the folded sum of the pseudo-header
(CHECKSUM_PARTIAL, which Linux leaves to the card), and (c), in an outer UDP header, it is not valid under
local checksum offload either, where the inner packet counts as the card will complete it. Sources: RFC 1071;
Linux, Documentation/networking/checksum-offloads.rst.

Packets that were cut off, fragments, super-packets, tunnels in tunnels and packets with IPv6 extension
headers count as right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pcapcheck.capture.arrays import Bools, Bytes, Ints, Words16
from pcapcheck.capture.block import Block
from pcapcheck.decode.headers import Headers
from pcapcheck.decode.layers import length
from pcapcheck.decode.part import Part
from pcapcheck.decode.registry import code_of, protocols

LINE: Final = 64  # bytes; packets are summed by classes of length this wide
SUMMED_AT_ONCE: Final = 1 << 20  # bytes that are copied at a time: they stay in the cache
# For each number of bytes in the last line, the bits of it that belong to the packet: uint64 (LINE + 1, 8).
KEEP: Final = np.tril(np.full((LINE + 1, LINE), 0xFF, np.uint8), -1).view("<u8")


def fold(total: Ints) -> Ints:
    """Add the carries until 16 bits are left."""
    for _ in range(4):
        total = (total & 0xFFFF) + (total >> 16)
    return total


def gathered(data: Bytes, start: Ints, width: int) -> Bytes:
    """Return `width` bytes from each start, uint8 (k, width); zeros beyond the end of `data`."""
    if int(start.max()) + width > len(data):
        first = int(start.min())
        data, start = np.concatenate((data[first:], np.zeros(width, np.uint8))), start - first
    every = np.ndarray((len(data) - width + 1,), f"V{width}", data, strides=(1,))
    return every[start].view(np.uint8).reshape(len(start), width)


def sums(data: Bytes, start: Ints, size: Ints) -> Ints:
    """Return the folded sums of the big-endian words of data[start:start + size], int64 (k,); zero padded."""
    found = np.zeros(len(start), np.int64)
    classes = -(-size // LINE)
    for lines in np.flatnonzero(np.bincount(classes)).tolist():
        rows = np.flatnonzero(classes == lines)
        step = max(1, SUMMED_AT_ONCE // max(1, lines * LINE))
        for first in range(0, len(rows) if lines else 0, step):
            some = rows[first : first + step]
            found[some] = _summed(data, start[some], size[some], lines * LINE)
    return found


def _summed(data: Bytes, start: Ints, size: Ints, width: int) -> Ints:
    """Sum rows of one width; the order of bytes in a word does not matter until the end (RFC 1071, 2.B)."""
    words = gathered(data, start, width).view("<u8")
    words[:, -LINE // 8 :] &= KEEP[size - (width - LINE)]
    total = (words & np.uint64(0xFFFFFFFF)).sum(axis=1)
    words >>= np.uint64(32)
    total += words.sum(axis=1)
    folded = fold(total.astype(np.int64))
    return (folded & 0xFF) << 8 | folded >> 8


# What is wrong: an IP header, the innermost transport, the outer UDP header.
WRONG_HEADER, WRONG_TRANSPORT, WRONG_OUTER = 1, 2, 4
# Bytes of a jumbo frame. Longer ones were merged by a card, which checked their parts.
MAX_FRAME_SIZE: Final = 9216
MAX_HEADER_BYTES: Final = 512  # a deeper stack is not verified
FIELD: Final = {"tcp": 16, "udp": 6, "icmp": 2, "icmpv6": 2}  # where it lies: RFC 9293, 768, 792, 4443
PROTOCOL_NUMBERS: Final = {"icmp": 1, "ip": 4, "tcp": 6, "udp": 17, "ipv6": 41, "gre": 47, "icmpv6": 58}
IP_LAYERS: Final = ("ip", "ipv6")
FULL: Final = 0xFFFF  # the sum over data with a correct checksum


@dataclass(frozen=True, slots=True)
class _Packets:
    """Packets of one stack whose headers lie at the same places.

    Attributes:
        layers: the names of the headers.
        at: where each begins, bytes from the start of the packet.
        words: >u2 (k, w): the headers.
        size: int64 (k,), captured bytes.
        data, start: the bytes of the capture, and where each packet begins.
    """

    layers: Sequence[str]
    at: Sequence[int]
    words: Words16
    size: Ints
    data: Bytes
    start: Ints

    def word(self, offset: int) -> Ints:
        """Return the number at an even offset of each packet, int64 (k,)."""
        return self.words[:, offset // 2].astype(np.int64)

    def sum(self, first: int, last: int) -> Ints:
        """Return the sum of the words in bytes [first, last) of each packet, int64 (k,)."""
        total: Ints = self.words[:, first // 2 : last // 2].sum(axis=1, dtype=np.int64)
        return total


def wrong(block: Block, part: Part) -> Bytes:
    """Return what is wrong with each packet of a part, uint8 (m,): a sum of the WRONG_ constants, or 0."""
    found = np.zeros(len(part.row), np.uint8)
    captured, original = block.captured[part.row], block.original[part.row]
    fit = (captured >= original) & (original <= MAX_FRAME_SIZE)
    for number in np.unique(part.stack[fit]).tolist():
        layers = part.stacks[number].split(":")
        inside = np.flatnonzero(fit & (part.stack == number))
        if set(IP_LAYERS) & set(layers):
            found[inside] = _of_stack(block, part.row[inside], layers)
    return found


def _of_stack(block: Block, row: Ints, layers: Sequence[str]) -> Bytes:
    """Verify packets of one stack; those whose headers lie at the same places are verified together."""
    found = np.zeros(len(row), np.uint8)
    start, size = block.offset[row], block.captured[row]
    at = _starts(block.data, start, size, layers)
    alike = np.all(at == at[:1])
    layouts = np.zeros(len(row), np.int64) if alike else np.unique(at, axis=0, return_inverse=True)[1].ravel()
    for layout in range(int(layouts.max()) + 1):
        some = np.flatnonzero(layouts == layout)
        places = at[some[0]].tolist()
        if places[-1] <= MAX_HEADER_BYTES and not any(place % 2 for place in places):
            found[some] = _verified(block.data, start[some], size[some], layers, places)
    return found


def _starts(data: Bytes, start: Ints, size: Ints, layers: Sequence[str]) -> Ints:
    """Return where each header begins, bytes from the start of its packet, int64 (k, layers)."""
    at, stop = start, start + size
    places = [np.zeros(len(start), np.int64)]
    for name in layers[:-1]:
        at = at + length(Headers(protocols()[code_of(name) - 1], data, at, stop, stop))
        places.append(at - start)
    return np.stack(places, axis=1)


def _verified(data: Bytes, start: Ints, size: Ints, layers: Sequence[str], at: Sequence[int]) -> Bytes:
    width = at[-1] + 40
    heads = gathered(data, start, width + -width % 8).view(">u2")
    packets = _Packets(layers, at, heads, size, data, start)
    bad = np.zeros(len(start), np.uint8)
    sound = np.ones(len(start), np.bool_)
    pseudos: list[Ints] = []
    ends: list[Ints] = []
    for place in [place for place, name in enumerate(layers) if name in IP_LAYERS]:
        valid, whole, pseudo, end = _ip(packets, place)
        bad[sound & ~valid] |= WRONG_HEADER
        sound = sound & whole & (end <= size)
        pseudos.append(pseudo)
        ends.append(end)
    last = max(place for place, name in enumerate(layers) if name in IP_LAYERS)
    if last + 1 < len(layers) and layers[last + 1] in FIELD:
        _transport(packets, last + 1, bad, _Below(sound, pseudos, ends))
    return bad


@dataclass(frozen=True, slots=True)
class _Below:
    """The IP headers below a transport: whether they are sound, their pseudo-headers' sums, their ends."""

    sound: Bools
    pseudos: Sequence[Ints]
    ends: Sequence[Ints]


def _ip(packets: _Packets, place: int) -> tuple[Bools, Bools, Ints, Ints]:
    """Return whether an IP header is valid, whether it is whole, its pseudo-header's sum, its end."""
    at = packets.at[place]
    after = packets.at[place + 1] if place + 1 < len(packets.at) else at + 20
    follows = packets.layers[place + 1] if place + 1 < len(packets.layers) else ""
    number = PROTOCOL_NUMBERS.get(follows, -1)
    if packets.layers[place] == "ip":
        total = packets.word(at + 2)
        valid = (fold(packets.sum(at, after)) == FULL) | (packets.word(at + 10) == 0)
        whole = (packets.word(at + 6) & 0x3FFF) == 0  # no more fragments, and offset 0: RFC 791, 3.1
        addresses, kind = packets.sum(at + 12, at + 20), packets.word(at + 8) & 0xFF
    else:
        total = packets.word(at + 4) + 40
        valid = np.ones(len(total), np.bool_)
        addresses, kind = packets.sum(at + 8, at + 40), packets.word(at + 6) >> 8
        whole = kind == number  # else extension headers lie between
    payload = total - (after - at)
    return valid, whole & (payload > 0), addresses + kind + np.maximum(payload, 0), at + total


def _transport(packets: _Packets, place: int, bad: Bytes, below: _Below) -> None:
    """Verify the innermost transport, then the outer UDP header, which may depend on it."""
    name, at, end = packets.layers[place], packets.at[place], below.ends[-1]
    sound = below.sound & (end - at >= FIELD[name] + 2)
    pseudo = np.zeros_like(below.pseudos[-1]) if name == "icmp" else below.pseudos[-1]
    field = packets.word(at + FIELD[name])
    partial = (field == fold(pseudo)) & (name != "icmp")
    none = (field == 0) & (name == "udp")
    payload = sums(packets.data, packets.start + at, np.where(sound, end - at, 0))
    bad[sound & (fold(pseudo + payload) != FULL) & ~partial & ~none] |= WRONG_TRANSPORT
    outer = [k for k, layer in enumerate(packets.layers[:place]) if layer == "udp"]
    if len(outer) == 1:
        udp = packets.at[outer[0]]
        sound = sound & (below.ends[0] == end)
        head, field = packets.sum(udp, at) + below.pseudos[0], packets.word(udp + FIELD["udp"])
        offloaded = partial & (fold(head + (FULL ^ fold(pseudo))) == FULL)
        fine = (fold(head + payload) == FULL) | offloaded | (field == 0) | (field == fold(below.pseudos[0]))
        bad[sound & ~fine] |= WRONG_OUTER
