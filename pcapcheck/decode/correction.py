"""Correct checksums after bytes of packets were changed: right ones stay right, wrong ones stay wrong.

Takes the layers of packets as they were, and their bytes as they are now. A checksum moves by as much as the
bytes that it covers (RFC 1624), so none needs to be known as right, and not all bytes need to be captured. A
checksum that was left to the NIC holds only the sum of the pseudo-header (Linux, CHECKSUM_PARTIAL), and
still does afterwards. An outer one around it may anticipate what the NIC does (Linux,
Documentation/networking/checksum-offloads.rst, LCO).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pcapcheck.capture.arrays import Bools, Bytes, Ints
from pcapcheck.decode.field import ABSENT
from pcapcheck.decode.headers import gather
from pcapcheck.decode.layers import Group, Layers

MODULUS: Final = 65535
FIELDS: Final = {
    "ip": 10,
    "udp": 6,
    "tcp": 16,
    "icmp": 2,
    "icmpv6": 2,
    "gre": 4,
}  # where it lies in its header
PSEUDO_ADDRESSES: Final = {"ip": (12, 4), "ipv6": (8, 16)}  # in the IP header: first byte, 16-bit words
PSEUDO_PROTOCOLS: Final = {"tcp": 6, "udp": 17, "icmpv6": 58}  # whose checksum covers a pseudo-header
OFFLOADED: Final = ("tcp", "udp")
GRE_CHECKSUM: Final = 0x8000


@dataclass(frozen=True, slots=True)
class Sums:
    """The checksums of one group; all arrays (k,).

    Attributes:
        protocol: whose checksum it is.
        packet: int64, rows in the block.
        start, stop: int64, the bytes that it covers, as far as they were captured.
        at: int64, where it lies.
        length: int64, bytes on the wire, as a pseudo-header has it.
        address: int64, where the addresses of the enclosing IP header begin, ABSENT if there is none.
        words: int64, 16-bit words of these.
    """

    protocol: str
    packet: Ints
    start: Ints
    stop: Ints
    at: Ints
    length: Ints
    address: Ints
    words: Ints


def correct(layers: Layers, data: Bytes) -> None:
    """Correct in place all checksums in `data`: the bytes of the block of `layers` after a change."""
    change = _Change(layers.block.data, data, len(layers.block))
    for sums in reversed(list(find_sums(layers))):
        change.correct(sums)


def find_sums(layers: Layers) -> Iterator[Sums]:
    """Yield the checksums of a block, outermost first."""
    n = len(layers.block)
    address, words = np.full(n, ABSENT, np.int64), np.zeros(n, np.int64)
    for group in layers.groups:
        name, headers = group.headers.protocol.name, group.headers
        if name in FIELDS:
            whole = _present(group)
            row = group.packet[whole]
            start, at = headers.start[whole], headers.start[whole] + FIELDS[name]
            stop, length = _covered(group)
            yield Sums(name, row, start, stop[whole], at, length[whole], address[row], words[row])
        if name in PSEUDO_ADDRESSES:
            address[group.packet] = headers.start + PSEUDO_ADDRESSES[name][0]
            words[group.packet] = PSEUDO_ADDRESSES[name][1]


def _present(group: Group) -> Ints:
    """Return which headers have a checksum, and enough bytes for it."""
    headers = group.headers
    here = headers.start + FIELDS[headers.protocol.name] + 2 <= headers.stop
    if headers.protocol.name == "gre":
        here &= headers("gre.flags_and_version") & GRE_CHECKSUM != 0
    return np.flatnonzero(here)


def _covered(group: Group) -> tuple[Ints, Ints]:
    """Return where the bytes under each checksum end, and how many there were on the wire."""
    headers = group.headers
    whole = headers.end - headers.start
    if headers.protocol.name == "ip":
        whole = np.minimum(headers("ip.hdr_len"), whole)
    elif headers.protocol.name == "udp":
        said = headers("udp.length")
        whole = np.where(said >= 8, np.minimum(said, whole), whole)
    return np.minimum(headers.start + whole, headers.stop), whole


class _Change:
    """By how much the bytes of a block moved, and the checksums of each packet that were corrected so far."""

    def __init__(self, before: Bytes, after: Bytes, n: int) -> None:
        self._before, self._after = before, after
        self._moved = _running(after.astype(np.int32) - before)
        self._inner = np.zeros(n, np.int64)  # by how much checksums further inside moved
        self._partial = np.full(n, ABSENT, np.int64)  # where the innermost unfinished one's header begins
        self._partial_moved = np.zeros(n, np.int64)  # by how much its pseudo-header moved
        self._partial_inner = np.zeros(n, np.int64)  # as `_inner`, with its own

    @cached_property
    def _old(self) -> Ints:
        return _running(self._before.astype(np.int32))

    def correct(self, sums: Sums) -> None:
        """Correct the checksums of one group; those of inner layers were corrected before."""
        old = gather(self._before, sums.at, ">u2").astype(np.int64)
        pseudo = self._pseudo_moved(sums)
        inner = 0 if sums.protocol == "ip" else _swapped(self._inner[sums.packet], sums.start)
        new = old - _between(self._moved, sums.start, sums.stop) - inner - pseudo
        partial = self._is_partial(sums, old)
        new[partial] = (old + pseudo)[partial]
        around = np.flatnonzero((self._partial[sums.packet] != ABSENT) & ~partial)
        if len(around) and sums.protocol == "udp":
            self._mend_around(sums, around, old, new, pseudo)
        self._write(sums, old, new % MODULUS)
        self._note(sums, partial & (self._partial[sums.packet] == ABSENT), pseudo)

    def _pseudo_moved(self, sums: Sums) -> Ints:
        """Return by how much the sum of each pseudo-header moved."""
        if sums.protocol not in PSEUDO_PROTOCOLS:
            return np.zeros(len(sums.at), np.int64)
        first = np.maximum(sums.address, 0)
        return _between(self._moved, first, first + 2 * sums.words)

    def _is_partial(self, sums: Sums, old: Ints) -> Bools:
        """Return which checksums hold the sum of their pseudo-header; that of GSO may lack the length."""
        same: Bools = (old != 0) & (sums.address != ABSENT)
        if sums.protocol not in OFFLOADED or not same.any():
            return np.zeros(len(old), np.bool_)
        without = self._pseudo(sums)
        with_length = (without + (sums.length & 0xFFFF) + (sums.length >> 16)) % MODULUS
        same &= (old % MODULUS == with_length) | (old % MODULUS == without)
        return same

    def _pseudo(self, sums: Sums) -> Ints:
        """Return the sum of each pseudo-header as it was, without the length."""
        first = np.maximum(sums.address, 0)
        addresses = _between(self._old, first, first + 2 * sums.words)
        return (addresses + PSEUDO_PROTOCOLS[sums.protocol]) % MODULUS

    def _mend_around(self, sums: Sums, rows: Ints, old: Ints, new: Ints, pseudo: Ints) -> None:
        """Correct outer checksums that are right only if the NIC completes the inner one."""
        whole = _between(self._old, sums.start[rows], sums.stop[rows])
        whole += self._pseudo(sums)[rows] + sums.length[rows]
        rows = rows[whole % MODULUS != 0]
        packet = sums.packet[rows]
        moved = _between(self._moved, sums.start[rows], self._partial[packet])
        moved += _swapped(self._inner[packet] - self._partial_inner[packet], sums.start[rows])
        new[rows] = old[rows] - moved - pseudo[rows] + self._partial_moved[packet]

    def _write(self, sums: Sums, old: Ints, new: Ints) -> None:
        """Write checksums; one that did not move, or is not used, stays as it is."""
        unused = (old == 0) & (sums.protocol == "udp")
        if sums.protocol == "ip":
            unused = (old == 0) & (_between(self._old, sums.start, sums.stop) % MODULUS != 0)
        rows = np.flatnonzero((new != old % MODULUS) & ~unused)
        at, made = sums.at[rows], new[rows]
        if sums.protocol == "udp":
            made = np.where(made == 0, MODULUS, made)
        self._after[at], self._after[at + 1] = made >> 8, made & 0xFF
        self._inner[sums.packet[rows]] += _swapped(made - old[rows], at)

    def _note(self, sums: Sums, first: Bools, pseudo: Ints) -> None:
        """Remember the innermost checksums that were left to the NIC."""
        packet = sums.packet[first]
        self._partial[packet] = sums.start[first]
        self._partial_moved[packet] = pseudo[first]
        self._partial_inner[packet] = self._inner[packet]


def _running(values: NDArray[np.int32]) -> Ints:
    """Return the sum of all bytes before each place, as parts of words that begin at even places."""
    values[::2] <<= 8
    running = np.zeros(len(values) + 1, np.int64)
    np.cumsum(values, out=running[1:])
    return running


def _between(running: Ints, start: Ints, stop: Ints) -> Ints:
    """Return the sum of the words of each range, int64 (k,); 0 where it is empty."""
    sums = np.where(stop > start, running[np.maximum(stop, start)] - running[start], 0)
    return _swapped(sums, start)


def _swapped(sums: Ints, start: Ints) -> Ints:
    """Return the sums of words that begin at `start`: at an odd place, with bytes swapped (RFC 1071, 2 B)."""
    return np.where(start % 2 == 1, sums % MODULUS * 256, sums)
