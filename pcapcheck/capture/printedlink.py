"""The link layer as tcpdump prints it with `-e`: Ethernet, cooked captures, and ARP.

Takes text and gives frames around what they carry. Source: tcpdump, print-ether.c, print-sll.c, print-arp.c.
"""

import re
import struct
from typing import Final

from pcapcheck.capture.headerbytes import (
    ARP,
    COOKED,
    IP4,
    IP6,
    MACS,
    NO_MAC,
    VLAN,
    Piece,
    ethernet,
    packed,
)
from pcapcheck.capture.printednames import address

SMALLEST: Final = 60  # bytes of an Ethernet frame; a shorter packet has padding behind it
MAC: Final = r"(?:[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}|Broadcast|[\w-]+_[0-9a-f:]{8})(?: \(oui [^)]*\))?"
KINDS_OF_FRAMES: Final = {"IPv4": IP4, "IPv6": IP6, "ARP": ARP, "802.1Q": VLAN, "IP": IP4}
NO_ADDRESS: Final = "0.0.0.0"
MAX_ASKERS: Final = 1 << 16  # addresses that are remembered
EXPERIMENTAL: Final = 0x88B5  # an EtherType for experiments: IEEE 802
DIRECTIONS: Final = {"In": 0, "B": 1, "M": 2, "P": 3, "Out": 4}  # of packets: linux/if_packet.h
NETWORKS: Final = {"IP6 ": IP6, "IP ": IP4, "ARP, ": ARP, "arp ": ARP}
LINK: Final = re.compile(
    rf"(?:ifindex (?P<index>\d+) )?(?:(?P<source>{MAC})(?: > (?P<target>{MAC}))?,? |(?=ethertype ))"
    r"(?:ethertype )?(?P<kind>[\w.-]+|Unknown)(?: \((?P<number>0x[0-9a-f]{4})\))?, length (?P<length>\d+): "
)
_ARP: Final = re.compile(
    r"(?:Ethernet \(len 6\), IPv4 \(len 4\), )?(?:(?P<request>Request who-has) (?P<asked>\S+)"
    r"(?: \((?P<to>[^)]*)\))? tell (?P<asker>[^\s,]+)"
    r"|Reply (?P<owner>\S+) is-at (?P<mac>[0-9a-f:]{11,17})(?: \([^)]*\))?)"
    r"(?:, length (?P<length>\d+))?"
)


def linked(kind: int, carried: Piece, link: re.Match[str]) -> Piece:
    """Return an Ethernet frame with the MACs and the length that were printed."""
    source, target = mac_of(link["source"] or ""), mac_of(link["target"] or "")
    made = ethernet(kind, carried, (source or NO_MAC, target or NO_MAC))
    if source is None or target is None:
        made = Piece(made.data, made.size, made.absent | MACS)
    return as_long(made, int(link["length"][:6]))


def cooked(carried: Piece, kind: int, linktype: int, direction: str, mac: bytes | None) -> Piece:
    """Return a packet of a cooked capture, as the kernel makes it: LINUX_SLL or LINUX_SLL2."""
    absent = {"sll.ifindex", "sll.hatype"}
    absent |= set() if direction else {"sll.pkttype"}
    absent |= set() if mac else {"sll.src.eth", "sll.halen"}
    way = DIRECTIONS.get(direction, 0)
    if linktype == COOKED:
        head = struct.pack(">HHH6sHH", way, 1, 6, mac or NO_MAC, 0, kind)
    else:
        head = struct.pack(">HHIHBB6sH", kind, 0, 0, 1, way, 6, mac or NO_MAC, 0)
    return carried.under(head, frozenset(absent))


def as_long(made: Piece, length: int) -> Piece:
    """Return a frame of the printed length: what follows a short packet is padding."""
    if len(made.data) < made.size:
        return Piece(made.data[:length], max(length, len(made.data) + 1), made.absent)
    missing = length - made.size
    if missing <= 0 or (made.size >= SMALLEST and not made.absent & {"ip.len", "ipv6.plen"}):
        return made
    return Piece(made.data + bytes(min(missing, 1 << 17)), length, made.absent)


def kind_of_frame(name: str, number: str | None) -> int:
    """Return an EtherType by its number, or by its name where no number was printed."""
    return int(number, 16) if number else KINDS_OF_FRAMES.get(name, EXPERIMENTAL)


def mac_of(text: str) -> bytes | None:
    """Return a MAC; None for one that is printed by a name."""
    plain = text.partition(" ")[0]
    if plain == "Broadcast":
        return b"\xff" * 6
    parts = plain.split(":")
    return bytes(int(each, 16) for each in parts) if len(parts) == 6 else None


def arp(text: str, askers: dict[str, str]) -> Piece | None:
    """Return a packet of ARP; None where the text is of none.

    Args:
        text: as printed.
        askers: who asked last for each address; an answer is for whoever did.
    """
    found = _ARP.match(text)
    if found is None:
        return None
    request = bool(found["request"])
    source = _four(found["asker"] if request else found["owner"])
    if request and len(askers) < MAX_ASKERS:
        askers[_four(found["asked"])] = source
    target = _four(found["asked"]) if request else askers.get(source, NO_ADDRESS)
    mac = None if request else mac_of(found["mac"])
    asked = mac_of(found["to"] or "") if request else None
    head = struct.pack(">HHBBH", 1, IP4, 6, 4, 1 if request else 2)
    whole = head + (mac or NO_MAC) + packed(source) + (asked or NO_MAC) + packed(target)
    absent = {name for name, known in (("src", mac), ("dst", asked)) if not known}
    names = {f"arp.{end}.hw_mac" for end in absent}
    names |= {"arp.dst.proto_ipv4"} if target == NO_ADDRESS and not request else set()
    size = max(int((found["length"] or "28")[:5]), len(whole))
    return Piece(whole + bytes(size - len(whole)), size, frozenset(names))


def _four(text: str) -> str:
    """Return an IPv4 address; 0.0.0.0 for what is none."""
    found = address(text)
    return found if found and ":" not in found else NO_ADDRESS
