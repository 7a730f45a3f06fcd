"""ICMP and ICMPv6 as tcpdump prints them: echoes, errors, and neighbour discovery.

Takes the text behind the colon and gives the message. Source: tcpdump, print-icmp.c and print-icmp6.c.
"""

import re
import struct
from collections.abc import Callable
from typing import Final

from pcapcheck.capture.headerbytes import (
    ALL_PRINTED,
    ICMP6_NUMBER,
    PAYLOADS,
    TCP_NUMBER,
    UDP_NUMBER,
    IpWords,
    Piece,
    complement,
    ip,
    offloaded,
    packed,
    payload,
)
from pcapcheck.capture.printednames import address, port

Quoted = Callable[[str], Piece | None]  # reads the packet that an error quotes
DESTINATION_UNREACHABLE, REDIRECT, EXCEEDED = 3, 5, 11
QUOTED_BYTES: Final = 28  # an IPv4 header and eight bytes: RFC 792
_INVENTED: Final = """
    ip.len ip.ttl ip.id ip.flags ip.dsfield ip.checksum ipv6.plen ipv6.hlim ipv6.tclass ipv6.flow udp.length
    udp.checksum tcp.seq tcp.ack tcp.flags tcp.hdr_len icmp. icmpv6.
"""
GUESSED: Final = frozenset(f"quoted.{name}" for name in _INVENTED.split())
NO_SOURCE_PORT: Final = frozenset({"quoted.tcp.srcport", "quoted.udp.srcport"})
NO_CONTENT: Final = frozenset({"icmp", "icmpv6"})
_ECHO: Final = re.compile(r"echo (request|reply)(?:, id (\d+))?,? seq (\d+)")
_PORT: Final = re.compile(r"(?P<who>\S+) (?P<kind>udp|tcp) port (?P<port>[\w-]+) unreachable")
_PROTOCOL: Final = re.compile(r"(?P<who>\S+) protocol (?P<number>\d+) (?:port \d+ )?unreachable")
_FRAGMENTATION: Final = re.compile(r"(?P<who>\S+) unreachable - need to frag(?: \(mtu (?P<mtu>\d+)\))?")
_TOO_BIG: Final = re.compile(r"packet too big, mtu (?P<mtu>\d+)")
_OTHERS: Final = (  # what is printed, type and code: RFC 792, 1122, 1812
    (r"net \S+ unreachable", DESTINATION_UNREACHABLE, 0),
    (r"host \S+ unreachable - admin prohibited", DESTINATION_UNREACHABLE, 10),
    (r"net \S+ unreachable - admin prohibited", DESTINATION_UNREACHABLE, 9),
    (r"\S+ unreachable - admin prohibited", DESTINATION_UNREACHABLE, 13),
    (r"host \S+ unreachable", DESTINATION_UNREACHABLE, 1),
    (r"\S+ unreachable", DESTINATION_UNREACHABLE, 1),
    (r"redirect \S+ to net", REDIRECT, 0),
    (r"redirect \S+ to host", REDIRECT, 1),
    (r"time exceeded in-transit", EXCEEDED, 0),
    (r"ip reassembly time exceeded", EXCEEDED, 1),
    (r"time stamp query", 13, 0),
    (r"time stamp reply", 14, 0),
    (r"address mask request", 17, 0),
)
_OTHERS_6: Final = (  # RFC 4443, 4861, 3810
    (r"destination unreachable, unreachable route", 1, 0),
    (r"destination unreachable, unreachable prohibited", 1, 1),
    (r"destination unreachable, (?:beyond scope|unknown beyond)", 1, 2),
    (r"destination unreachable, unreachable address", 1, 3),
    (r"destination unreachable, unreachable port", 1, 4),
    (r"destination unreachable", 1, 4),
    (r"time exceeded in-transit", 3, 0),
    (r"ip reassembly time exceeded", 3, 1),
    (r"parameter problem", 4, 0),
    (r"router solicitation", 133, 0),
    (r"router advertisement", 134, 0),
    (r"redirect", 137, 0),
    (r"multicast listener query", 130, 0),
    (r"multicast listener report v2", 143, 0),
    (r"multicast listener report", 131, 0),
    (r"multicast listener done", 132, 0),
)
_SOLICITATION: Final = re.compile(r"neighbor solicitation, .*?who has (?P<target>[^\s,]+)")
_ADVERTISEMENT: Final = re.compile(
    r"neighbor advertisement, .*?tgt is (?P<target>[^\s,]+)(?:, Flags \[(?P<flags>[^\]]*)\])?"
)
_LINK_ADDRESS: Final = re.compile(
    r"(source|destination) link-address option \((\d)\), length \d+ \(1\): ([0-9a-f:]{17})"
)
_SIZE: Final = re.compile(r", length (\d{1,5})\b")


def icmp(text: str, words: IpWords, quoted: Quoted) -> Piece:
    """Return a message of ICMP.

    Args:
        text: behind `ICMP `.
        words: the header that carries it.
        quoted: reads a packet that `-v` shows in an error.
    """
    found = _SIZE.search(text)
    size = int(found[1]) if found else (words.length - 20 if words.length is not None else None)
    echo = _ECHO.match(text)
    if echo:
        head = struct.pack(">BBHHH", 8 if echo[1] == "request" else 0, 0, 0, _short(echo[2]), _short(echo[3]))
        return _summed(_echo(head, size, no_id=echo[2] is None), wrong="wrong icmp cksum" in text)
    head_of, absent = _error(text, words)
    inner = _shown(text, found, quoted) or _guessed(text, words)
    if head_of is None:
        return payload(size).under(bytes(8), NO_CONTENT)
    made = inner.under(head_of, absent)
    whole = max(size or 0, len(made.data))
    return _summed(Piece(made.data + bytes(whole - len(made.data)), whole, made.absent))


def _echo(head: bytes, size: int | None, *, no_id: bool) -> Piece:
    rest = payload(None if size is None else size - 8)
    absent = PAYLOADS | ({"icmp.ident", "icmpv6.echo.identifier"} if no_id else ALL_PRINTED)
    return rest.under(head, frozenset(absent))


def _summed(piece: Piece, *, wrong: bool = False) -> Piece:
    """Return a message of ICMP with its checksum, or with a wrong one."""
    value = complement(piece.data) ^ (0x5555 if wrong else 0)
    made = piece.data[:2] + struct.pack(">H", value) + piece.data[4:]
    return Piece(made, piece.size, piece.absent | {"icmp.checksum"})


def _short(text: str | None) -> int:
    return int((text or "0")[:6]) & 0xFFFF


def _error(text: str, words: IpWords) -> tuple[bytes | None, frozenset[str]]:
    """Return the header of an error, and what of it is not known."""
    big = _FRAGMENTATION.match(text)
    if big:
        absent = ALL_PRINTED if big["mtu"] else frozenset({"icmp.mtu"})
        return struct.pack(">BBHHH", DESTINATION_UNREACHABLE, 4, 0, 0, _short(big["mtu"])), absent
    if _PORT.match(text):
        return struct.pack(">BBHI", DESTINATION_UNREACHABLE, 3, 0, 0), ALL_PRINTED
    if protocol := _PROTOCOL.match(text):
        code = 3 if "port" in protocol[0] else 2
        return struct.pack(">BBHI", DESTINATION_UNREACHABLE, code, 0, 0), ALL_PRINTED
    for pattern, type_, code in _OTHERS:
        if re.match(pattern, text):
            return struct.pack(">BBHI", type_, code, 0, 0), frozenset({"icmp.redir_gw"})
    return None, ALL_PRINTED


def _shown(text: str, size: re.Match[str] | None, quoted: Quoted) -> Piece | None:
    """Return the packet that `-v` shows behind the length of an error."""
    rest = text[size.end() :].lstrip() if size else ""
    found = quoted(rest) if rest.startswith(("IP ", "(tos ")) else None
    return (
        None
        if found is None
        else Piece(found.data, found.size, frozenset(f"quoted.{each}" for each in found.absent))
    )


def _guessed(text: str, words: IpWords) -> Piece:
    """Return what an error tells of the packet that it quotes: to where, what protocol, what port."""
    told, number = _PORT.match(text), UDP_NUMBER
    who = re.match(r"(?:host |net |redirect )?(\S+) ", text)
    target = address(who[1]) if who and not text.startswith(("time", "ip ")) else None
    absent = set(GUESSED) | NO_SOURCE_PORT
    if told:
        number = TCP_NUMBER if told["kind"] == "tcp" else UDP_NUMBER
    elif protocol := _PROTOCOL.match(text):
        number = int(protocol["number"]) & 0xFF
    if target is None or ":" in target:
        return payload(QUOTED_BYTES, b"\x45").under(b"", frozenset({"quoted."}))
    if not told:
        absent |= {"quoted.tcp.dstport", "quoted.udp.dstport"} | (
            {"quoted.ip.proto"} if "protocol" not in text else set()
        )
    head = IpWords(words.destination, target, verbose=True)
    ports = struct.pack(">HH", 0, (port(told["port"]) or 0) if told else 0)
    return ip(head, number, Piece(ports + bytes(4), 8, frozenset(absent)))


def icmp6(text: str, words: IpWords, quoted: Quoted) -> Piece:
    """Return a message of ICMPv6; see `icmp`."""
    found = _SIZE.search(text)
    size = int(found[1]) if found else words.length
    echo, asked, told = _ECHO.match(text), _SOLICITATION.match(text), _ADVERTISEMENT.match(text)
    if echo:
        head = struct.pack(
            ">BBHHH", 128 if echo[1] == "request" else 129, 0, 0, _short(echo[2]), _short(echo[3])
        )
        made = _echo(head, size, no_id=echo[2] is None)
    elif asked or told:
        made = _neighbour(text, asked, told, size)
    elif big := _TOO_BIG.match(text):
        made = _quoting(struct.pack(">BBHI", 2, 0, 0, int(big["mtu"][:6])), text, found, quoted, size)
    else:
        made = _other6(text, found, quoted, size)
    data = made.data[:2] + struct.pack(">H", offloaded(words, ICMP6_NUMBER, made.size)) + made.data[4:]
    return Piece(data, made.size, made.absent | {"icmpv6.checksum"})


def _other6(text: str, found: re.Match[str] | None, quoted: Quoted, size: int | None) -> Piece:
    for pattern, type_, code in _OTHERS_6:
        if re.match(pattern, text):
            return _quoting(struct.pack(">BBHI", type_, code, 0, 0), text, found, quoted, size)
    return payload(size).under(bytes(8), NO_CONTENT)


def _quoting(head: bytes, text: str, found: re.Match[str] | None, quoted: Quoted, size: int | None) -> Piece:
    inner = _shown(text, found, quoted) or Piece(
        b"", 0, frozenset({"quoted.", "icmpv6.nd", "icmpv6.opt", "icmpv6._option"})
    )
    made = inner.under(head)
    whole = max(size or 0, len(made.data))
    return Piece(made.data + bytes(whole - len(made.data)), whole, made.absent)


def _neighbour(text: str, asked: re.Match[str] | None, told: re.Match[str] | None, size: int | None) -> Piece:
    """Return a solicitation or an advertisement, with the link-layer address if it was printed."""
    match = asked or told
    target = address(match["target"]) if match else None
    if target is None or ":" not in target:
        return payload(size).under(bytes(8), NO_CONTENT)
    flags = (told["flags"] or "") if told else ""
    bits = sum(
        bit for word, bit in (("router", 0x80), ("solicited", 0x40), ("override", 0x20)) if word in flags
    )
    head = struct.pack(">BBHI", 135 if asked else 136, 0, 0, bits << 24) + packed(target)
    option = _LINK_ADDRESS.search(text)
    rest = bytes((int(option[2]), 1)) + bytes.fromhex(option[3].replace(":", "")) if option else b""
    absent = ALL_PRINTED if rest else frozenset({"icmpv6.opt", "icmpv6._option"})
    made = head + rest
    whole = max(size or 0, len(made))
    return Piece(made + bytes(whole - len(made)), whole, absent)
