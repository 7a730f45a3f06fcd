"""A packet of IP or ARP as tcpdump prints it, with what it carries: transports, and packets in packets.

Takes the text behind the keyword and gives the packet. Whatever cannot be read, at whatever depth, is cut off
there. Source: tcpdump, print-ip.c, print-ip6.c, print-arp.c, print-gre.c (4.5 to 4.99).
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

from pcapcheck.capture.headerbytes import (
    ALL_PRINTED,
    ARP,
    ICMP6_NUMBER,
    ICMP_NUMBER,
    IP4,
    IP6,
    LENGTHS,
    TCP_NUMBER,
    TEB,
    UDP_NUMBER,
    UNNAMED,
    VLAN,
    IpWords,
    Piece,
    ethernet,
    ip,
    payload,
    udp,
    unknown,
)
from pcapcheck.capture.printedicmp import icmp, icmp6
from pcapcheck.capture.printedlink import LINK, NETWORKS, arp, kind_of_frame, linked
from pcapcheck.capture.printednames import endpoint, has_port
from pcapcheck.capture.printedtcp import Printed, is_tcp, tcp
from pcapcheck.capture.printedudp import checksum, datagram
from pcapcheck.capture.sequences import Sequences

MAX_DEPTH: Final = 8  # packets in packets
WITH_HEADERS: Final = frozenset(
    {4, 6, 17, 41, 44, 47, 50, 51, 60, 132}
)  # what cannot be content without headers
WITHOUT_PORTS: Final = ("ICMP", "IP ", "IP6 ", "GRE", "ESP(", "AH(", "igmp", "ip-proto-", "HBH ")
LATER_FRAGMENTS: Final = {"udp": 17, "tcp": 6, "icmp": 1, "gre": 47}
ETHERNET_HEADER: Final = 14  # bytes
GRE_NUMBER, ESP_NUMBER, HOP_BY_HOP, FRAGMENT_HEADER = 47, 50, 0, 44
_VLAN: Final = re.compile(
    r"vlan (?P<id>\d+), p (?P<priority>\d)(?:, DEI)?,"
    r" ethertype (?P<kind>[\w.-]+)(?: \((?P<number>0x[0-9a-f]{4})\))?[,:] "
)
_IP4: Final = re.compile(
    r"\(tos (?P<tos>0x[0-9a-f]+)(?:,[^,\s][^,]*)?(?:, ttl (?P<ttl>\d+))?"
    r", id (?P<id>\d+), offset (?P<offset>\d+),"
    r" flags \[(?P<flags>[^\]]*)\], proto [^(]*\((?P<proto>\d+)\), length (?P<length>\d+)"
    r"(?:, options \((?:[^()]|\([^()]*\))*\))?(?P<bad>, bad cksum [^)]*\)!)?\) ?"
)
_IP6: Final = re.compile(
    r"\((?:class (?P<tos>0x[0-9a-f]+), )?(?:flowlabel (?P<flow>0x[0-9a-f]+), )?hlim (?P<ttl>\d+),"
    r" next-header [^(]*\((?P<proto>\d+)\) payload length: (?P<length>\d+)\) ?"
)
_ENDS: Final = re.compile(r"(?P<source>[^\s>,()]+) > (?P<target>[^\s,()]+):(?: (?P<rest>.*)|$)", re.DOTALL)
_GRE: Final = re.compile(
    r"GREv0(?:, Flags \[[^\]]*\])?"
    r"(?P<rest>(?:, (?:key=0x[0-9a-f]+|seq \d+|sum 0x\w+|off 0x\w+|proto [^,(]*\(0x[0-9a-f]+\)))*)"
    r"(?:, length (?P<length>\d+))?:? ?(?P<inside>.*)",
    re.DOTALL,
)
_ESP: Final = re.compile(r"(?:UDP-encap: )?ESP\(spi=0x([0-9a-f]{1,8}),seq=0x([0-9a-f]{1,8})\), length (\d+)")
_NUMBERED: Final = re.compile(r"(?:ip-proto-|unknown IP protocol )(\d+)(?: (\d+))?")
_FLAGS: Final = {"DF": 2, "+": 1, "none": 0}
_UNNAMED: Final = re.compile(r"\((?:tos|hlim|class|flowlabel) |(?P<source>[^\s>,()]+) > [^\s,()]+: ")
_HOPS: Final = re.compile(r"HBH (?:\([^()]*(?:\([^()]*\)[^()]*)*\) ?)*")
_SUMMED: Final = re.compile(r"\[(?:icmp6 sum ok|bad icmp6 cksum [^\]]*)\] ")


def frame_inside(text: str, kind: int, sequences: Sequences, depth: int) -> Piece | None:
    """Return the Ethernet frame that a tunnel carries, or the packet where there is no frame.

    Args:
        text: as printed behind the tunnel's header.
        kind: EtherType of what the tunnel says it carries.
        sequences: the connections of its console.
        depth: how many packets it is in.
    """
    link = LINK.match(text)
    if link is not None:
        inner = kind_of_frame(link["kind"], link["number"])
        carried = network(text[link.end() :], inner, sequences, depth) or unknown(20)
        return linked(inner, carried, link)
    word = next((each for each in NETWORKS if text.startswith(each)), None)
    if word is None:
        return None if kind == TEB else _without_keyword(text, sequences, depth)
    bare = network(text[len(word) :], NETWORKS[word], sequences, depth)
    if bare is None:
        return None
    return ethernet(NETWORKS[word], bare) if kind == TEB else bare


def _without_keyword(text: str, sequences: Sequences, depth: int) -> Piece | None:
    """Return a packet in a packet, which with `-e` has no keyword before it."""
    found = _UNNAMED.match(text)
    if found is None:
        return None
    six = ":" in (found["source"] or "") or text.startswith(("(hlim", "(class", "(flow"))
    return network(text, IP6 if six else IP4, sequences, depth)


def network(text: str, kind: int, sequences: Sequences, depth: int) -> Piece | None:
    """Return what a frame carries; None where it cannot be told."""
    if depth > MAX_DEPTH:
        return None
    if kind == VLAN:
        return _tagged(text, sequences, depth)
    if kind == ARP:
        return arp(text.removeprefix("ARP, "), sequences.askers)
    if kind in (IP4, IP6):
        return _ip(text.removeprefix("IP6 ").removeprefix("IP "), kind, sequences, depth)
    return None


def _tagged(text: str, sequences: Sequences, depth: int) -> Piece | None:
    found = _VLAN.match(text)
    if found is None:
        return None
    kind = kind_of_frame(found["kind"], found["number"])
    carried = network(text[found.end() :], kind, sequences, depth + 1)
    tag = (int(found["priority"]) << 13 | int(found["id"][:5])) & 0xFFFF
    return (carried or unknown(20)).under(struct.pack(">HH", tag, kind))


def _ip(text: str, kind: int, sequences: Sequences, depth: int) -> Piece | None:
    """Return an IP packet; its ends decide the version where the text leaves it open."""
    verbose = (_IP6 if kind == IP6 else _IP4).match(text)
    ends = _ENDS.match(text[verbose.end() :] if verbose else text)
    if ends is None:
        return None
    proto = int(verbose["proto"]) & 0xFF if verbose else None
    ports = _has_ports(ends, proto)
    pair = [endpoint(ends[name], ports=ports) for name in ("source", "target")]
    if pair[0] is None or pair[1] is None:
        return None
    words = _words(verbose, pair[0][0], pair[1][0])
    if (":" in words.source) != (":" in words.destination):
        return None
    inside = Inner(words, (pair[0][1], pair[1][1]), sequences, depth)
    later = LATER_FRAGMENTS.get((ends["rest"] or "").strip())
    if later is not None or words.offset:
        return _fragment(words, proto or later or UNNAMED)
    number, carried = inside.carried((ends["rest"] or ""), proto)
    return ip(words, number if proto is None else proto, carried)


def _fragment(words: IpWords, number: int) -> Piece:
    """Return a later fragment, whose place is known with `-v` only."""
    if words.verbose:
        return ip(words, number, payload((words.length or 20) - 20))
    made = ip(words._replace(offset=8), number, payload(None))
    return Piece(made.data, made.size, made.absent | {"ip.frag_offset"})


def _has_ports(ends: re.Match[str], proto: int | None) -> bool:
    """Whether the two ends have ports: by the protocol, by what follows, or as they look."""
    if proto is not None and proto not in (TCP_NUMBER, UDP_NUMBER, 132, 0, 44, 60):
        return False
    if (ends["rest"] or "").startswith(WITHOUT_PORTS):
        return False
    return (ends["rest"] or "").startswith("Flags [") or all(
        has_port(ends[name]) for name in ("source", "target")
    )


def _words(verbose: re.Match[str] | None, source: str, target: str) -> IpWords:
    if verbose is None:
        return IpWords(source, target)
    told = verbose.groupdict()
    flags = sum(_FLAGS.get(each.strip(), 0) for each in (told.get("flags") or "").split(","))
    return IpWords(
        source,
        target,
        verbose=True,
        tos=int(told["tos"] or "0", 16) & 0xFF,
        ttl=int((told["ttl"] or "0")[:4]) & 0xFF,
        ident=int((told.get("id") or "0")[:6]) & 0xFFFF,
        offset=int((told.get("offset") or "0")[:6]) & 0xFFF8,
        flags=flags,
        flow=int(told.get("flow") or "0", 16) & 0xFFFFF,
        length=min(int(told["length"][:6]), 65535),
    )


@dataclass(frozen=True, slots=True)
class Inner:
    """What an IP packet carries.

    Attributes:
        words: its header.
        ports: of source and destination, if the protocol has ports.
        sequences: the connections of its console.
        depth: how many packets it is in.
    """

    words: IpWords
    ports: tuple[int | None, int | None]
    sequences: Sequences
    depth: int

    def carried(self, rest: str, proto: int | None) -> tuple[int, Piece]:
        """Return protocol number and content, from the text behind the colon; `-v` tells `proto`."""
        source, target = self.ports
        if source is not None and target is not None:
            return self._transport(rest, (source, target), proto)
        if rest.startswith("HBH "):
            hops = _HOPS.match(rest)
            number, inside = self._plain(rest[hops.end() if hops else 4 :], None)
            return HOP_BY_HOP, inside.under(bytes((number, 0, 1, 4, 0, 0, 0, 0)))
        return self._plain(rest, proto)

    def _transport(self, rest: str, ports: tuple[int, int], proto: int | None) -> tuple[int, Piece]:
        value, text = checksum(rest)
        if is_tcp(text):
            return TCP_NUMBER, tcp(text, Printed(self.words, ports, self.sequences))
        if proto not in (None, UDP_NUMBER):
            return int(proto or UNNAMED), unknown(8)
        if esp := _ESP.match(text):
            return UDP_NUMBER, udp(ports, _esp(esp), value)
        return UDP_NUMBER, udp(ports, datagram(text, ports, self._length(28), self._inside), value)

    def _plain(self, rest: str, proto: int | None) -> tuple[int, Piece]:
        """Return what carries no ports."""
        text = _SUMMED.sub("", rest, count=1)
        if text.startswith("ICMP6, "):
            return ICMP6_NUMBER, icmp6(text.removeprefix("ICMP6, "), self.words, self._quoted)
        if text.startswith("ICMP "):
            return ICMP_NUMBER, icmp(text.removeprefix("ICMP "), self.words, self._quoted)
        if text.startswith(("IP ", "IP6 ")):
            six = text.startswith("IP6 ")
            inside = network(text, IP6 if six else IP4, self.sequences, self.depth + 1)
            return 41 if six else 4, inside or unknown(20)
        if inside := _without_keyword(text, self.sequences, self.depth + 1):
            return 41 if inside.data[0] >> 4 == 6 else 4, inside
        if gre := _GRE.match(text):
            return GRE_NUMBER, self._gre(gre)
        if esp := _ESP.match(text):
            return ESP_NUMBER, _esp(esp)
        return self._numbered(text, proto)

    def _numbered(self, text: str, proto: int | None) -> tuple[int, Piece]:
        found = _NUMBERED.match(text)
        number = proto if proto is not None else (int(found[1][:3]) & 0xFF if found else UNNAMED)
        size = int(found[2][:5]) if found and found[2] else self._length(20)
        known = ALL_PRINTED if proto is not None or found else frozenset({"ip.proto", "ipv6.nxt"})
        made = payload(size)
        if number in WITH_HEADERS:
            return number, unknown(made.size)
        return number, Piece(made.data, made.size, made.absent | known)

    def _gre(self, found: re.Match[str]) -> Piece:
        """Return GRE with the key and the number that were printed."""
        told = found["rest"]
        key, number = re.search(r"key=0x([0-9a-f]{1,8})", told), re.search(r"seq (\d{1,10})", told)
        inside = found["inside"]
        kind = IP6 if inside.startswith("IP6 ") else IP4
        kind = TEB if LINK.match(inside) or inside.startswith("ARP, ") else kind
        if proto := re.search(r"proto [^(]*\((0x[0-9a-f]{1,4})\)", told):
            kind = int(proto[1], 16)
        flags = 0x2000 * bool(key) | 0x1000 * bool(number)
        words = [int(key[1], 16)] if key else []
        words += [int(number[1]) & 0xFFFFFFFF] if number else []
        head = struct.pack(f">HH{len(words)}I", flags, kind, *words)
        size = int((found["length"] or "0")[:5]) - len(head)
        carried = self._inside(inside, kind) or unknown(size)
        if (
            kind in (IP4, IP6) and size - carried.size == ETHERNET_HEADER
        ):  # without -e, a frame looks like a packet
            carried = self._inside(inside, TEB) or carried
            head = head[:2] + struct.pack(">H", TEB) + head[4:]
        elif kind != TEB and not proto and carried.absent & LENGTHS:  # it could be either
            return unknown(size).under(head)
        return carried.under(head)

    def _inside(self, text: str, kind: int) -> Piece | None:
        return frame_inside(text, kind, self.sequences, self.depth + 1)

    def _quoted(self, text: str) -> Piece | None:
        return network(text, IP4, self.sequences, self.depth + 1)

    def _length(self, headers: int) -> int | None:
        """Return the length that `-v` tells of what lies behind `headers` bytes of an IPv4 packet."""
        if self.words.length is None:
            return None
        return self.words.length - headers + 20 * (":" in self.words.source)


def _esp(found: re.Match[str]) -> Piece:
    size = int(found[3][:5]) - 8
    return payload(size).under(struct.pack(">II", int(found[1], 16), int(found[2], 16)))
