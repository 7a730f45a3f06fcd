"""A packet as tshark and Wireshark list it: number, time, source, destination, protocol, length, info.

Takes one line and gives a frame. Of a packet in a tunnel only the innermost addresses are listed, with the
length of the whole; such a packet is cut off, since nobody knows what was around it. Source: Wireshark's
default columns and packet-tcp.c, packet-udp.c, packet-icmp.c, packet-icmpv6.c, packet-arp.c, packet-dns.c.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

from pcapcheck.capture.headerbytes import (
    ARP,
    IP4,
    IP6,
    TCP_NUMBER,
    UDP_NUMBER,
    UNNAMED,
    IpWords,
    Piece,
    ethernet,
    ip,
    offloaded,
    packed,
    payload,
    udp,
    unknown,
)
from pcapcheck.capture.printedicmp import icmp, icmp6
from pcapcheck.capture.printednames import address
from pcapcheck.capture.printednetwork import ETHERNET_HEADER
from pcapcheck.capture.printedudp import datagram

PING: Final = 98  # bytes of the frame of an ordinary ping
AROUND: Final = frozenset(
    {20, 24, 28, 32, 36, 40, 50, 54, 58, 62, 66, 70, 74, 78}
)  # bytes of tunnels' headers
FLAG_NAMES: Final = {"FIN": 1, "SYN": 2, "RST": 4, "PSH": 8, "ACK": 16, "URG": 32, "ECE": 64, "CWR": 128}
RELATIVE: Final = frozenset({"tcp.seq", "tcp.ack_raw", "tcp.checksum"})
_ROW: Final = re.compile(
    r"\s*(?:(?P<number>\d{1,9})\s+)?"
    r"(?P<time>(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d:\d\d(?:\.\d+)?|\d{1,10}\.\d{1,9})\s+"
    r"(?P<source>\S+)\s+(?:(?:→|->|>)\s+)?(?P<target>\S+)\s+(?P<protocol>[A-Za-z][\w./-]*)\s+"
    r"(?P<length>\d{1,6})\s+(?P<info>\S.*)"
)
_TCP: Final = re.compile(
    r"(?P<source>\d{1,5}) (?:→|->|>) (?P<target>\d{1,5}) \[(?P<flags>[A-Z, ]+)\](?P<rest>.*)"
)
_UDP: Final = re.compile(r"(?P<source>\d{1,5}) (?:→|->|>) (?P<target>\d{1,5}) Len=(?P<length>\d{1,5})")
_VALUE: Final = re.compile(r"\b(Seq|Ack|Win|Len|MSS|TSval|TSecr|WS|SACK_PERM)(?:=(\d{1,10}))?")
_ECHO: Final = re.compile(
    r"Echo \(ping\) (?P<what>request|reply)\s+id=0x(?P<id>[0-9a-f]{1,4}), seq=(?P<seq>\d+)"
    r"(?:/\d+)?(?:, (?:ttl|hop limit)=(?P<ttl>\d+))?"
)
_DNS: Final = re.compile(r"Standard query (?P<response>response )?0x(?P<id>[0-9a-f]{4})")
_WHO_HAS: Final = re.compile(r"Who has (?P<asked>[^\s?]+)\?(?: Tell (?P<asker>\S+))?")
_IS_AT: Final = re.compile(r"(?P<owner>\S+) is at (?P<mac>[0-9a-f:]{17})")
_NEIGHBOUR: Final = re.compile(r"Neighbor (?P<what>Solicitation for|Advertisement) (?P<target>\S+)")
_SIX: Final = (  # what Wireshark says, what tcpdump says
    ("Multicast Listener Report Message v2", "multicast listener report v2"),
    ("Router Solicitation", "router solicitation"),
    ("Router Advertisement", "router advertisement"),
    ("Packet Too Big", "packet too big, mtu 0"),
    ("Destination Unreachable (Port", "destination unreachable, unreachable port"),
    ("Destination Unreachable", "destination unreachable"),
    ("Time Exceeded", "time exceeded in-transit"),
)
_FOUR: Final = (
    ("Destination unreachable (Fragmentation needed)", "0.0.0.0 unreachable - need to frag"),
    ("Destination unreachable (Port unreachable)", "0.0.0.0 udp port 0 unreachable"),
    ("Destination unreachable (Host administratively prohibited)", "host x unreachable - admin prohibited"),
    ("Destination unreachable (Communication administratively filtered)", "x unreachable - admin prohibited"),
    ("Destination unreachable (Network unreachable)", "net x unreachable"),
    ("Destination unreachable", "host x unreachable"),
    ("Time-to-live exceeded", "time exceeded in-transit"),
    ("Redirect", "redirect x to host"),
)


@dataclass(frozen=True, slots=True)
class ListedPacket:
    """A line of the list.

    Attributes:
        time: as printed.
        source, target: addresses, or names of MACs.
        protocol: the last one.
        length: bytes of the whole packet.
        info: the rest.
    """

    time: str
    source: str
    target: str
    protocol: str
    length: int
    info: str


def row(line: str) -> ListedPacket | None:
    """Return what a line of the list says, also as tabs or commas separate an export; None if it is none."""
    text = line.replace("\t", "  ")
    if '","' in text:
        text = text.strip().strip('"').replace('","', "  ")
    found = _ROW.match(text)
    if found is None or (found["number"] is None and "→" not in text and "->" not in text):
        return None
    length = int(found["length"])
    return ListedPacket(
        found["time"], found["source"], found["target"], found["protocol"], length, found["info"]
    )


def tshark_frame(line: ListedPacket) -> Piece:
    """Return the frame of a line; what cannot be read is cut off."""
    if line.protocol == "ARP":
        return _arp(line)
    ends = [address(each) for each in (line.source, line.target)]
    if not all(_is_ip(each) for each in (line.source, line.target)) or ends[0] is None or ends[1] is None:
        return ethernet(0x88B5, unknown(line.length - ETHERNET_HEADER))
    words = IpWords(ends[0], ends[1])
    kind = IP6 if ":" in words.source else IP4
    number, carried = _carried(line, words)
    ttl = re.search(r"(?:ttl|hop limit)=(\d+)", line.info) if line.protocol.startswith("ICMP") else None
    if ttl:
        words = IpWords(ends[0], ends[1], ttl=int(ttl[1][:3]) & 0xFF)
    made = ip(words, number, carried)
    if ttl:
        made = Piece(made.data, made.size, made.absent - {"ip.ttl", "ipv6.hlim"})
    return _of_length(ethernet(kind, made), line)


def _of_length(made: Piece, line: ListedPacket) -> Piece:
    """Return a frame; one that is longer than what was listed was in a tunnel."""
    extra = line.length - made.size
    pinged = line.protocol.startswith("ICMP") and line.length - PING in AROUND
    if (extra > 0 and (made.size >= 60 or line.length > 60) and not made.absent & {"ip.len"}) or pinged:
        return Piece(made.data[:ETHERNET_HEADER], line.length, made.absent)
    return made


def _is_ip(text: str) -> bool:
    return text.count(".") == 3 or (text.count(":") >= 2 and "_" not in text)


def _carried(line: ListedPacket, words: IpWords) -> tuple[int, Piece]:
    size = line.length - ETHERNET_HEADER - (40 if ":" in words.source else 20)
    if line.protocol == "ICMP":
        return 1, _icmp(line.info, words, size)
    if line.protocol == "ICMPv6":
        return 58, _icmp6(line.info, words, size)
    if segment := _TCP.search(line.info):
        return TCP_NUMBER, _tcp(segment, words)
    if plain := _UDP.search(line.info):
        ports = (int(plain["source"]) & 0xFFFF, int(plain["target"]) & 0xFFFF)
        return UDP_NUMBER, udp(ports, datagram("", ports, int(plain["length"]), lambda _text, _kind: None))
    if message := _DNS.search(line.info):
        return UDP_NUMBER, _dns(message, size - 8)
    return UNNAMED, unknown(size)


def _dns(message: re.Match[str], size: int) -> Piece:
    """Return a message of DNS, one of whose ports was not listed."""
    known = payload(max(size, 2), bytes.fromhex(message["id"]))
    if message["response"]:
        return udp((53, 0), Piece(known.data, known.size, frozenset({"udp.dstport"})))
    return udp((0, 53), Piece(known.data, known.size, frozenset({"udp.srcport"})))


def _tcp(found: re.Match[str], words: IpWords) -> Piece:
    values = {name: int(value or 0) & 0xFFFFFFFF for name, value in _VALUE.findall(found["rest"])}
    flags = sum(FLAG_NAMES.get(each.strip(), 0) for each in found["flags"].split(","))
    options = struct.pack(">BBH", 2, 4, values["MSS"] & 0xFFFF) if "MSS" in values else b""
    options += b"\x04\x02" if "SACK_PERM" in values else b""
    if "TSval" in values:
        options += struct.pack(">BBII", 8, 10, values["TSval"], values.get("TSecr", 0))
    if values.get("WS"):
        options += struct.pack(">BBB", 3, 3, values["WS"].bit_length() - 1)
    options += b"\x01" * (-len(options) % 4)
    size = values.get("Len", 0)
    head = (int(found["source"]) & 0xFFFF, int(found["target"]) & 0xFFFF, 0, 0)
    length = 20 + len(options)
    total = length + size
    fixed = struct.pack(
        ">HHIIHHHH",
        *head,
        length // 4 << 12 | flags,
        values.get("Win", 0) & 0xFFFF,
        offloaded(words, 6, total),
        0,
    )
    scaled = frozenset() if flags & FLAG_NAMES["SYN"] else frozenset({"tcp.window_size_value"})
    return payload(size).under(fixed + options, RELATIVE | scaled)


def _icmp(info: str, words: IpWords, size: int) -> Piece:
    echo = _ECHO.match(info)
    if echo:
        text = f"echo {echo['what']}, id {int(echo['id'], 16)}, seq {echo['seq']}, length {size}"
        return icmp(text, words, lambda _: None)
    said = next((said for shown, said in _FOUR if info.startswith(shown)), "")
    made = icmp(f"{said}, length {size}", words, lambda _: None)
    return Piece(made.data, made.size, made.absent | {"quoted.", "icmp.mtu"})


def _icmp6(info: str, words: IpWords, size: int) -> Piece:
    echo, neighbour = _ECHO.match(info), _NEIGHBOUR.match(info)
    said = next((said for shown, said in _SIX if info.startswith(shown)), "")
    if echo:
        said = f"echo {echo['what']}, id {int(echo['id'], 16)}, seq {echo['seq']}"
    elif neighbour:
        asked = neighbour["what"].startswith("Sol")
        what = "solicitation, who has" if asked else "advertisement, tgt is"
        said = f"neighbor {what} {neighbour['target']}"
    made = icmp6(f"{said}, length {size}", words, lambda _: None)
    return Piece(made.data, made.size, made.absent | {"quoted.", "icmpv6.mtu", "icmpv6.nd.na.flag"})


def _arp(line: ListedPacket) -> Piece:
    asked, told = _WHO_HAS.search(line.info), _IS_AT.search(line.info)
    if asked:
        target, source = asked["asked"], asked["asker"] or asked["asked"]
    else:
        source, target = (told["owner"], "0.0.0.0") if told else ("0.0.0.0", "0.0.0.0")
    four = [packed(each) if each and "." in each else bytes(4) for each in map(address, (source, target))]
    mac = bytes.fromhex(told["mac"].replace(":", "")) if told else bytes(6)
    body = struct.pack(">HHBBH", 1, IP4, 6, 4, 1 if asked else 2) + mac + four[0] + bytes(6) + four[1]
    absent = {"arp.dst.hw_mac"} | ({"arp.dst.proto_ipv4"} if told else {"arp.src.hw_mac"})
    return ethernet(ARP, Piece(body, len(body), frozenset(absent)))
