"""Packet builders: a packet reads outside in, like its stack; only what matters to a test is written out.

Made of `struct` and dpkt; they share no code with `pcapcheck.decode`: a wrong table must not agree with
itself.
"""

import struct
from ipaddress import IPv4Address, IPv6Address

import numpy as np
from dpkt.dpkt import in_cksum

from pcapcheck.capture.block import Block

SRC, DST = "52:54:00:00:00:01", "52:54:00:00:00:02"


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def address(text: str) -> bytes:
    return (IPv6Address(text) if ":" in text else IPv4Address(text)).packed


def number(text: str) -> int:
    """Return the value that a column holds for an address: MAC, IPv4 or IPv6."""
    is_mac = text.count(":") == 5 and "::" not in text
    return int.from_bytes(mac(text) if is_mac else address(text))


def block(*packets, original=None, linktype=1, first=1, gap=b"\xee" * 16):
    """Return a Block of these packets; `original`: their lengths on the wire, where longer than captured.

    `gap` stands between packets as a record header would, so that reading past a packet is noticed.
    """
    offsets = np.cumsum([len(gap), *(len(packet) + len(gap) for packet in packets)])[: len(packets)]
    captured = np.array([len(packet) for packet in packets], np.int64)
    return Block(
        data=np.frombuffer(gap + b"".join(packet + gap for packet in packets), np.uint8),
        offset=offsets.astype(np.int64),
        captured=captured,
        original=captured if original is None else np.array(original, np.int64),
        time=np.arange(len(packets), dtype=np.int64) * 1000 + 1_700_000_000_000_000_000,
        interface=np.zeros(len(packets), np.uint16),
        linktype=(linktype,),
        frame=np.arange(first, first + len(packets)),
    )


def eth(payload=b"", src=SRC, dst=DST, type=None):
    return mac(dst) + mac(src) + struct.pack(">H", _ethertype(payload, type)) + payload


def vlan(payload=b"", id=1, priority=0, dei=0, type=None):
    """Return a tag and what follows: `eth(vlan(ip(…)), type=0x8100)`."""
    return struct.pack(">HH", priority << 13 | dei << 12 | id, _ethertype(payload, type)) + payload


def llc_snap(payload=b"", type=None):
    return b"\xaa\xaa\x03\x00\x00\x00" + struct.pack(">H", _ethertype(payload, type)) + payload


def arp(op=1, src="10.0.0.1", dst="10.0.0.2", src_mac=SRC, dst_mac="00:00:00:00:00:00"):
    return (
        struct.pack(">HHBBH", 1, 0x0800, 6, 4, op) + mac(src_mac) + address(src) + mac(dst_mac) + address(dst)
    )


def ip(
    payload=b"",
    src="10.0.0.1",
    dst="10.0.0.2",
    ttl=64,
    proto=None,
    id=1,
    df=0,
    mf=0,
    offset=0,
    tos=0,
    len_=None,
    options=b"",
):
    """Return an IPv4 packet; `offset` in bytes, `proto` guessed from the builder of the payload."""
    size = 20 + len(options)
    total = size + len(payload) if len_ is None else len_
    flags = df << 14 | mf << 13 | offset // 8
    head = struct.pack(
        ">BBHHHBBH", 0x40 | size // 4, tos, total, id, flags, ttl, _protocol(payload, proto), 0
    )
    head += address(src) + address(dst) + options
    return Ipv4(head[:10] + struct.pack(">H", in_cksum(head)) + head[12:] + payload)


def ipv6(payload=b"", src="fd00::1", dst="fd00::2", hlim=64, nxt=None, flow=0, tclass=0, plen=None):
    size = len(payload) if plen is None else plen
    head = struct.pack(">IHBB", 6 << 28 | tclass << 20 | flow, size, _protocol(payload, nxt), hlim)
    return Ipv6(head + address(src) + address(dst) + payload)


def extension(payload=b"", kind=0, nxt=None, units=0):
    """Return an IPv6 extension header (0 hop-by-hop, 43 routing, 60 destination) of 8 * (1 + units) bytes."""
    return Extension(bytes([_protocol(payload, nxt), units]) + bytes(6 + 8 * units) + payload, kind)


def fraghdr(payload=b"", nxt=None, offset=0, more=0, id=1):
    return Extension(
        struct.pack(">BBHI", _protocol(payload, nxt), 0, offset // 8 << 3 | more, id) + payload, 44
    )


def ah(payload=b"", nxt=None, spi=1, seq=1):
    return Extension(struct.pack(">BBHII", _protocol(payload, nxt), 4, 0, spi, seq) + bytes(12) + payload, 51)


def tcp(payload=b"", sport=40000, dport=80, seq=1, ack=0, flags=0x18, window=65535, options=b""):
    options += b"\x01" * (-len(options) % 4)
    words = 5 + len(options) // 4
    return Tcp(
        struct.pack(">HHIIHHHH", sport, dport, seq, ack, words << 12 | flags, window, 0, 0)
        + options
        + payload
    )


def timestamp(tsval=1, tsecr=0):
    return b"\x01\x01" + struct.pack(">BBII", 8, 10, tsval, tsecr)


def udp(payload=b"", sport=40000, dport=8472, length=None, checksum=0):
    return Udp(
        struct.pack(">HHHH", sport, dport, 8 + len(payload) if length is None else length, checksum) + payload
    )


def icmp(payload=b"", type=8, code=0, word=0):
    """Return an ICMP message; `word` is its second word: identifier and sequence, or the MTU."""
    return Icmp(struct.pack(">BBHI", type, code, 0, word) + payload)


def icmpv6(payload=b"", type=128, code=0, word=0):
    return Icmpv6(struct.pack(">BBHI", type, code, 0, word) + payload)


def neighbour(target="fd00::2", type=135, option=1, link=SRC):
    """Return a solicitation (135) or advertisement (136) with a link-layer address."""
    return icmpv6(address(target) + bytes([option, 1]) + mac(link), type=type)


def chunk(type=0, value=b"", flags=3, length=None):
    """Return a chunk of SCTP, padded to whole words."""
    size = 4 + len(value) if length is None else length
    return struct.pack(">BBH", type, flags, size) + value + bytes(-len(value) % 4)


def sctp(chunks=b"", sport=40000, dport=38412, tag=0):
    return Sctp(struct.pack(">HHII", sport, dport, tag, 0) + chunks)


def dhcp(type=1, op=1, xid=1, client=SRC, mine="0.0.0.0", yours="0.0.0.0", before=b""):
    """Return a message; `type` is option 53, and `before` are the options that go before it."""
    head = struct.pack(">BBBBIHH", op, 1, 6, 0, xid, 0, 0)
    head += address(mine) + address(yours) + bytes(8) + mac(client) + bytes(10 + 192)
    return head + b"\x63\x82\x53\x63" + before + bytes([53, 1, type, 255])


def vxlan(frame=b"", vni=1, flags=0x0800, group=0):
    return struct.pack(">HHI", flags, group, vni << 8) + frame


def gre(payload=b"", proto=None, key=None, checksum=None, sequence=None, version=0):
    proto = proto if proto is not None else _ethertype(payload, None)
    flags = (checksum is not None) << 15 | (key is not None) << 13 | (sequence is not None) << 12 | version
    words = b"" if checksum is None else struct.pack(">HH", checksum, 0)
    words += b"".join(struct.pack(">I", word) for word in (key, sequence) if word is not None)
    return Gre(struct.pack(">HH", flags, proto) + words + payload)


def geneve(payload=b"", vni=1, proto=0x6558, options=b""):
    return struct.pack(">BBHI", len(options) // 4, 0, proto, vni << 8) + options + payload


def sll(payload=b"", type=None, packet_type=0, link=SRC, hatype=1):
    return (
        struct.pack(">HHH", packet_type, hatype, 6)
        + mac(link)
        + bytes(2)
        + struct.pack(">H", _ethertype(payload, type))
        + payload
    )


def sll2(payload=b"", type=None, packet_type=0, link=SRC, ifindex=2, hatype=1):
    head = struct.pack(">HHIHBB", _ethertype(payload, type), 0, ifindex, hatype, packet_type, 6)
    return head + mac(link) + bytes(2) + payload


def null(payload=b"", family=2, order="<"):
    return struct.pack(f"{order}I", family) + payload


def mpls(payload=b"", label=16, bottom=1, ttl=64):
    return struct.pack(">I", label << 12 | bottom << 8 | ttl) + payload


def pppoe(payload=b"", session=1, protocol=0x0021):
    return struct.pack(">BBHHH", 0x11, 0, session, 2 + len(payload), protocol) + payload


def wireguard(type=4, receiver=1, counter=0, size=32):
    return struct.pack("<IIQ", type, receiver, counter) + bytes(size)


class Layer(bytes):
    """Bytes that remember which header they begin with, so that the layer around them can say so."""

    protocol = 0
    ethertype = 0


class Ipv4(Layer):
    protocol, ethertype = 4, 0x0800


class Ipv6(Layer):
    protocol, ethertype = 41, 0x86DD


class Tcp(Layer):
    protocol = 6


class Udp(Layer):
    protocol = 17


class Sctp(Layer):
    protocol = 132


class Icmp(Layer):
    protocol = 1


class Icmpv6(Layer):
    protocol = 58


class Gre(Layer):
    protocol = 47


class Extension(Layer):
    def __new__(cls, data, protocol):
        made = super().__new__(cls, data)
        made.protocol = protocol
        return made


def _ethertype(payload, given):
    if given is not None:
        return given
    return getattr(payload, "ethertype", 0) or (0x0806 if payload[:4] == b"\x00\x01\x08\x00" else 0x88B5)


def _protocol(payload, given):
    return given if given is not None else getattr(payload, "protocol", 253)
