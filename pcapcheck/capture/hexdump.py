"""The bytes that `-x`, `-X`, `-xx` and `-XX` print under a packet.

Takes such lines and the frame that the line above them describes; gives the frame with its very bytes.
"""

import re
import struct
from collections.abc import Sequence
from typing import Final

from pcapcheck.capture.headerbytes import COOKED, COOKED_2, ETHERNET, IP4, IP6, Piece

HEADERS: Final = {ETHERNET: 14, COOKED: 16, COOKED_2: 20}  # bytes of the link layer
MAX_DUMPED: Final = 1 << 18  # bytes of one packet
OF_LINK: Final = ("eth.src", "eth.dst")
_LINE: Final = re.compile(r"\s*0x(?P<at>[0-9a-f]{4,5}):\s{1,2}(?P<bytes>(?:[0-9a-f]{2,4} ?){1,16})")


def dumped(line: str) -> bytes | None:
    """Return the bytes of one line of a dump; None if it is none."""
    found = _LINE.match(line)
    return bytes.fromhex(found["bytes"].replace(" ", "")) if found else None


def with_bytes(piece: Piece, linktype: int, rows: Sequence[bytes]) -> Piece:
    """Return a frame with the bytes that were dumped, and the link layer of `piece` if they have none."""
    data = b"".join(rows)[:MAX_DUMPED]
    size = HEADERS.get(linktype, 0)
    if not size or _begins_with_link(data, piece.data, size):
        return Piece(data, max(len(data), _size(data[size:]) + size))
    head = piece.data[:size]
    absent = {each for each in piece.absent if each.startswith("sll.")}
    absent |= {f"{name}#1" for name in OF_LINK if name in piece.absent and linktype == ETHERNET}
    return Piece(head + data, max(len(data), _size(data)) + size, frozenset(absent))


def _begins_with_link(data: bytes, like: bytes, size: int) -> bool:
    """Whether a dump begins with the link layer: its type stands where that of the printed frame does."""
    if len(data) <= size or data[:6] == b"\x00\x01\x08\x00\x06\x04":
        return False
    kinds = {12: like[12:14], 14: like[14:16], 0: like[:2]}
    place = {14: 12, 16: 14, 20: 0}[size]
    (kind,) = struct.unpack(">H", kinds[place])
    if data[place : place + 2] != kinds[place]:
        return False
    return kind not in (IP4, IP6) or data[size] >> 4 in (4, 6)


def _size(packet: bytes) -> int:
    """Return how long an IP packet was, as its header says."""
    if len(packet) >= 20 and packet[0] >> 4 == 4:
        return int.from_bytes(packet[2:4], "big")
    if len(packet) >= 40 and packet[0] >> 4 == 6:
        return 40 + int.from_bytes(packet[4:6], "big")
    return len(packet)
