"""What a UDP datagram carries, as tcpdump prints it: tunnels, DNS, WireGuard, or only a length.

Takes the text behind the colon and gives the payload. What a tunnel carries is read by the caller.
"""

import re
import struct
from collections.abc import Callable
from typing import Final

from pcapcheck.capture.headerbytes import PAYLOADS, TEB, Piece, payload, unknown

Inside = Callable[[str, int], Piece | None]  # reads the frame or packet that a tunnel carries
# Ports behind which tunnels are known, so that a payload that was not printed is not taken for zeros:
# Linux and Geneve's own, RFC 7348, 8926, 7510, 3948, flannel's udp back-end, GUE, GRE in UDP.
TUNNEL_PORTS: Final = frozenset({4500, 4754, 4789, 5555, 6080, 6081, 6635, 8285, 8472})
WIREGUARD: Final = 51820
WIREGUARD_TYPES: Final = {148: 1, 92: 2, 64: 3}  # by length: wireguard.com/protocol
MESSAGE: Final = 12  # bytes of a header of DNS
_CHECKSUM: Final = re.compile(
    r"\[(?:udp sum ok|no cksum|bad udp cksum (?P<bad>0x[0-9a-f]{1,4}) -> 0x[0-9a-f]{1,4}!)\] ?"
)
_VXLAN: Final = re.compile(
    r"(?:OTV|VXLAN), flags \[[^\]]*\] ?\((?P<flags>0x[0-9a-f]{1,2})\),"
    r"(?: overlay \d+, instance (?P<instance>\d+)| vni (?P<vni>\d+))\s*(?P<inside>.*)",
    re.DOTALL,
)
_GENEVE: Final = re.compile(
    r"Geneve, Flags \[(?P<flags>[^\]]*)\], vni 0x(?P<vni>[0-9a-f]{1,6})"
    r"(?:, proto [^(]*\((?P<proto>0x[0-9a-f]+)\))?"
    r"(?P<options>, options \[.*?(?<!\d)\])?:?\s*(?P<inside>.*)",
    re.DOTALL,
)
_OPTION: Final = re.compile(
    r"class \S.*? \((0x[0-9a-f]+)\) type (0x[0-9a-f]+)(?:\(C\))? len (\d+)(?: data ([0-9a-f ]+))?"
)
_LENGTH: Final = re.compile(r"(?:\blength:? (\d{1,5})\b|\((\d{1,5})\)\s*$)")
_DNS: Final = re.compile(r"(?P<id>\d{1,5})(?P<marks>[-+*|$%&^!a-zA-Z0-9]*)(?: \[[^\]]*\])*(?: |$)")


def checksum(text: str) -> tuple[int, str]:
    """Return the checksum as it has to be for its verdict, and the text behind it."""
    found = _CHECKSUM.match(text)
    if found is None:
        return 0, text
    return int(found["bad"], 16) if found["bad"] else 0, text[found.end() :]


def datagram(text: str, ports: tuple[int, int], length: int | None, inside: Inside) -> Piece:
    """Return the payload of a datagram.

    Args:
        text: behind the checksum.
        ports: of the datagram.
        length: of the payload where the IP header says it.
        inside: reads what a tunnel carries.
    """
    vxlan, geneve = _VXLAN.match(text), _GENEVE.match(text)
    if vxlan:
        return _vxlan(vxlan, inside)
    if geneve:
        return _geneve(geneve, inside)
    size = length if length is not None else _length(text)
    if set(ports) & TUNNEL_PORTS or "[|" in text:
        return unknown(size or 1)
    if WIREGUARD in ports and size:
        kind = struct.pack("<I", WIREGUARD_TYPES.get(size, 4))
        known = payload(size, kind)
        return Piece(known.data, known.size, PAYLOADS | {"wg.sender", "wg.receiver", "wg.counter"})
    message = _DNS.match(text) if 53 in ports else None
    if message and size is not None and size >= MESSAGE and int(message["id"]) < 65536:
        return payload(size, struct.pack(">H", int(message["id"])))
    known = payload(size)
    return Piece(known.data, known.size, known.absent | PAYLOADS | {"dhcp"})


def _length(text: str) -> int | None:
    """Return the length that stands at the end, or behind the word."""
    found = list(_LENGTH.finditer(text[-200:]))
    return int(found[-1][1] or found[-1][2]) if found else None


def _vxlan(found: re.Match[str], inside: Inside) -> Piece:
    vni = int((found["instance"] or found["vni"])[:10]) & 0xFFFFFF
    carried = inside(found["inside"], TEB) if found["inside"] else None
    head = struct.pack(">BBHI", int(found["flags"], 16), 0, 0, vni << 8)
    return (carried or unknown(34)).under(head, frozenset({"vxlan.gbp", "vxlan.reserved"}))


def _geneve(found: re.Match[str], inside: Inside) -> Piece:
    options = _geneve_options(found["options"] or "")
    proto = int(found["proto"], 16) & 0xFFFF if found["proto"] else TEB
    if not found["proto"] and found["inside"].startswith(("IP ", "IP6 ")):
        proto = TEB  # without -v, a frame inside looks like a packet; Geneve carries frames in clusters
    flags = 0x80 * ("O" in found["flags"]) | 0x40 * ("C" in found["flags"])
    head = struct.pack(">BBHI", len(options) // 4, flags, proto, int(found["vni"], 16) << 8)
    carried = inside(found["inside"], proto) if found["inside"] else None
    return (carried or unknown(34)).under(head + options, frozenset({"geneve.reserved"}))


def _geneve_options(text: str) -> bytes:
    made = b""
    for kind, type_, size, data in _OPTION.findall(text):
        value = bytes.fromhex(data.replace(" ", "")) if data and len(data.replace(" ", "")) % 2 == 0 else b""
        room = max(0, min(int(size) - 4, 124))
        critical = 0x80 if "(C)" in text else 0
        made += struct.pack(">HBB", int(kind, 16) & 0xFFFF, (int(type_, 16) | critical) & 0xFF, room // 4)
        made += (value + bytes(room))[: room // 4 * 4]
    return made[:252]
