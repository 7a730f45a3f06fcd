"""Frames: bytes of the headers that a line of text describes, innermost first.

A `Piece` is the bytes of one layer and of all that it carries. What was not printed is zero, and
its name stands in `absent`. Where nothing is known behind a header, the piece is shorter than its size, like
a packet of a short snap length.
"""

import struct
from functools import lru_cache
from ipaddress import ip_address
from typing import Final, NamedTuple

ETHERNET, RAW_IP, COOKED, COOKED_2 = 1, 101, 113, 276  # tcpdump.org/linktypes.html
IP4, IP6, ARP, VLAN, TEB = 0x0800, 0x86DD, 0x0806, 0x8100, 0x6558  # IANA EtherTypes
ICMP_NUMBER, TCP_NUMBER, UDP_NUMBER, ICMP6_NUMBER = 1, 6, 17, 58  # IANA protocol numbers
UNNAMED: Final = 253  # a protocol number for experiments, RFC 3692: where no number was printed
MAX_PRINTED: Final = 65535  # bytes of an IP packet
ALL_PRINTED: Final[frozenset[str]] = frozenset()
LENGTHS: Final = frozenset({"ip.len", "ipv6.plen", "udp.length", "tcp.len", "frame.len"})
NOT_VERBOSE: Final = frozenset(
    {"ip.ttl", "ip.id", "ip.dsfield", "ip.flags", "ip.checksum", "ipv6.hlim", "ipv6.tclass", "ipv6.flow"}
)
MACS: Final = frozenset({"eth.src", "eth.dst"})
PAYLOADS: Final = frozenset({"udp._payload", "icmp._payload", "icmpv6._payload"})
UNNUMBERED: Final = "tcp.seq"  # of a segment with data, or a SYN, FIN or RST: it cannot be found again
NO_MAC: Final = bytes(6)


class Piece(NamedTuple):
    """Bytes of a layer with what it carries.

    Attributes:
        data: the bytes, from the first one on.
        size: how many there were; more than `data` has where the rest is not known.
        absent: the names of fields whose bytes are made up.
    """

    data: bytes
    size: int
    absent: frozenset[str] = ALL_PRINTED

    def under(self, header: bytes, absent: frozenset[str] = ALL_PRINTED) -> "Piece":
        """Return this piece behind a header."""
        return Piece(header + self.data, len(header) + self.size, self.absent | absent)


class IpWords(NamedTuple):
    """What was printed of an IP header; None is what was not."""

    source: str
    destination: str
    verbose: bool = False
    tos: int = 0
    ttl: int = 64
    ident: int = 0
    offset: int = 0
    flags: int = 0
    flow: int = 0
    length: int | None = None


def payload(size: int | None, known: bytes = b"") -> Piece:
    """Return a payload of which only the length is known; None: not even that."""
    if size is None:
        return Piece(known, len(known), LENGTHS)
    size = max(0, min(size, MAX_PRINTED))
    return Piece((known + bytes(size))[:size], size)


def unknown(size: int) -> Piece:
    """Return headers that were not printed, so that what carries them is cut off."""
    return Piece(b"", max(1, min(size, MAX_PRINTED)))


def ip(words: IpWords, number: int, carried: Piece) -> Piece:
    """Return an IP packet of either version."""
    absent = ALL_PRINTED if words.verbose else NOT_VERBOSE
    return (_ip6 if ":" in words.source else _ip4)(words, number, carried, absent)


def _ip4(words: IpWords, number: int, carried: Piece, absent: frozenset[str]) -> Piece:
    total = words.length if words.length is not None else min(20 + carried.size, MAX_PRINTED)
    ends = packed(words.source) + packed(words.destination)
    flags = words.flags << 13 | words.offset // 8
    head = struct.pack(">BBHHHBBH", 0x45, words.tos, total, words.ident, flags & 0xFFFF, words.ttl, number, 0)
    made = head[:10] + struct.pack(">H", complement(head + ends)) + ends
    whole = _fitting(carried, total - 20) if words.length is not None else carried
    return whole.under(made, absent)


def _ip6(words: IpWords, number: int, carried: Piece, absent: frozenset[str]) -> Piece:
    length = words.length if words.length is not None else min(carried.size, MAX_PRINTED)
    first = 6 << 28 | words.tos << 20 | words.flow
    ends = packed(words.source) + packed(words.destination)
    whole = _fitting(carried, length) if words.length is not None else carried
    return whole.under(struct.pack(">IHBB", first, length, number, words.ttl) + ends, absent)


def _fitting(carried: Piece, size: int) -> Piece:
    """Return what an IP packet carries with the length that its header tells."""
    absent = carried.absent - LENGTHS
    if len(carried.data) < carried.size or size < len(carried.data):
        return Piece(carried.data[: max(size, 0)], max(size, 0), absent)
    return Piece(carried.data + bytes(size - len(carried.data)), size, absent)


@lru_cache(maxsize=65536)
def packed(address: str) -> bytes:
    """Return the bytes of an address."""
    return ip_address(address).packed


def complement(data: bytes) -> int:
    """Return the checksum of some bytes: RFC 1071."""
    return 0xFFFF ^ _folded(data)


def _folded(data: bytes) -> int:
    number = int.from_bytes(data + bytes(len(data) % 2), "big")
    return number % 0xFFFF or (0xFFFF if number else 0)  # 2**16 is 1 modulo 0xFFFF: so carries are added


def offloaded(words: IpWords, number: int, size: int) -> int:
    """Return the checksum that a host leaves to its card: that of the pseudo-header, which is never wrong."""
    ends = packed(words.source) + packed(words.destination)
    return _folded(ends + struct.pack(">II", size & 0xFFFF, number))


def udp(ports: tuple[int, int], carried: Piece, checksum: int = 0) -> Piece:
    """Return a datagram."""
    length = min(8 + carried.size, MAX_PRINTED)
    return carried.under(struct.pack(">HHHH", *ports, length, checksum), frozenset({"udp.checksum"}))


def ethernet(kind: int, carried: Piece, ends: tuple[bytes, bytes] | None = None) -> Piece:
    """Return an Ethernet frame; `ends` are its source and destination."""
    source, destination = ends or (NO_MAC, NO_MAC)
    return carried.under(destination + source + struct.pack(">H", kind), ALL_PRINTED if ends else MACS)
