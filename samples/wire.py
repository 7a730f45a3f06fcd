"""Packets as a kernel writes them: IP packets, their transport headers, and frames on four kinds of link.

Everything has valid checksums, as where offloads are off. IPv4 and IPv6 are told apart by the addresses.
The headers are dpkt's; what dpkt lacks is packed here. Nothing of pcapcheck is used: a sample must not
repeat its mistakes.
"""

import ipaddress
import struct
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

import dpkt

ICMP, IPIP, TCP, UDP, IPV6, GRE, ICMPV6 = 1, 4, 6, 17, 41, 47, 58  # IANA protocol numbers
BROADCAST = "ff:ff:ff:ff:ff:ff"
OUTGOING, INCOMING = 4, 0  # packet types of a cooked capture: linux/if_packet.h
NO_MAC = "00:00:00:00:00:00"


class Station(NamedTuple):
    """Somebody on a link: a MAC and the address that it answers for."""

    mac: str
    address: str


class End(NamedTuple):
    """An end of a TCP connection or of an exchange over UDP."""

    address: str
    port: int


@dataclass(frozen=True)
class Packet:
    """An IP packet. `payload` has its checksum; `flow` is the hash that tunnels make their source port of.

    A fragment of IPv4 has an `offset` in bytes, and `more` if it is not the last one.
    """

    source: str
    destination: str
    protocol: int
    payload: bytes
    ttl: int = 64
    identification: int = 0
    df: bool = True
    tos: int = 0
    flow: int = 0
    offset: int = 0
    more: bool = False

    def __bytes__(self) -> bytes:
        if ":" in self.source:
            ip6 = dpkt.ip6.IP6(src=packed(self.source), dst=packed(self.destination), nxt=self.protocol)
            ip6.hlim, ip6.plen, ip6.fc, ip6.flow = self.ttl, len(self.payload), self.tos, 0
            return bytes(ip6.pack_hdr()) + self.payload
        flags = 0x4000 * self.df | 0x2000 * self.more | self.offset // 8
        ip = dpkt.ip.IP(src=packed(self.source), dst=packed(self.destination), p=self.protocol, ttl=self.ttl)
        ip.tos, ip.id, ip._flags_offset, ip.data = self.tos, self.identification, flags, self.payload
        return bytes(ip)

    def routed(self, by: int = 1) -> Self:
        """Return the packet after `by` routers."""
        return replace(self, ttl=self.ttl - by)

    def fragments(self, mtu: int) -> list[Self]:
        """Return an IPv4 packet as a host sends it that fragments it (RFC 791, 2.3)."""
        most = (mtu - 20) // 8 * 8
        parts = [self.payload[at : at + most] for at in range(0, len(self.payload), most)]
        last = len(parts) - 1
        return [
            replace(self, payload=part, offset=number * most, more=number < last)
            for number, part in enumerate(parts)
        ]

    @property
    def ethertype(self) -> int:
        return 0x86DD if ":" in self.source else 0x0800


@dataclass(frozen=True)
class Arp:
    """An ARP message for IPv4 over Ethernet (RFC 826)."""

    operation: int
    sender: Station
    target: Station
    ethertype: int = 0x0806

    def __bytes__(self) -> bytes:
        arp = dpkt.arp.ARP(op=self.operation, sha=mac(self.sender.mac), spa=packed(self.sender.address))
        arp.tha, arp.tpa = mac(self.target.mac), packed(self.target.address)
        return bytes(arp)


@dataclass(frozen=True)
class Frame:
    """What one link carries. Links without MACs ignore them."""

    source: str
    destination: str
    content: Packet | Arp

    def ethernet(self, tags: tuple[int, ...] = ()) -> bytes:
        tagged = b"".join(struct.pack(">HH", 0x8100, tag) for tag in tags)
        header = mac(self.destination) + mac(self.source) + tagged
        return header + struct.pack(">H", self.content.ethertype) + bytes(self.content)

    def raw(self) -> bytes:
        return bytes(self.content)

    def cooked(self, *, outgoing: bool) -> bytes:
        """Return the frame with a Linux cooked header, as of a GRE device: hardware type 778, no address."""
        packet_type = OUTGOING if outgoing else INCOMING
        return struct.pack(">HHH8xH", packet_type, 778, 0, self.content.ethertype) + bytes(self.content)


def mac(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", ""))


def packed(address: str) -> bytes:
    return ipaddress.ip_address(address).packed


def with_checksum(source: str, destination: str, protocol: int, segment: bytes, at: int) -> bytes:
    """Return `segment` with the checksum over it and its pseudo header written at byte `at`."""
    addresses = packed(source) + packed(destination)
    total = dpkt.in_cksum(addresses + struct.pack(">II", len(segment), protocol) + segment)
    if protocol == UDP and total == 0:
        total = 0xFFFF  # zero means "no checksum": RFC 768
    return segment[:at] + struct.pack(">H", total) + segment[at + 2 :]


def udp(packet: Packet, sport: int, dport: int, data: bytes, checksum: bool = True) -> Packet:
    """Return `packet` with a UDP datagram in it."""
    datagram = struct.pack(">HHHH", sport, dport, 8 + len(data), 0) + data
    if checksum:
        datagram = with_checksum(packet.source, packet.destination, UDP, datagram, 6)
    return replace(packet, protocol=UDP, payload=datagram)


def translated(packet: Packet, source: End, destination: End) -> Packet:
    """Return a TCP or UDP packet as NAT leaves it: with other ends, its checksum mended. Others stay."""
    at = {TCP: 16, UDP: 6}.get(packet.protocol)
    if at is None:
        return packet
    ports = struct.pack(">HH", source.port, destination.port)
    segment = ports + packet.payload[4:at] + bytes(2) + packet.payload[at + 2 :]
    data = with_checksum(source.address, destination.address, packet.protocol, segment, at)
    return replace(packet, source=source.address, destination=destination.address, payload=data)


def echo(packet: Packet, request: bool, identifier: int, sequence: int, time: int) -> Packet:
    """Return `packet` with an ICMP or ICMPv6 echo of ping's 56 bytes in it: when it was asked, a pattern."""
    asked = struct.pack("<QQ", *divmod(time, 1_000_000))
    body = struct.pack(">HH", identifier, sequence) + asked + bytes(range(0x10, 0x38))
    if ":" in packet.source:
        message = struct.pack(">BBH", 128 if request else 129, 0, 0) + body
        payload = with_checksum(packet.source, packet.destination, ICMPV6, message, 2)
        return replace(packet, protocol=ICMPV6, payload=payload)
    return replace(packet, protocol=ICMP, payload=icmp(8 if request else 0, 0, body))


def icmp(kind: int, code: int, body: bytes) -> bytes:
    total = dpkt.in_cksum(struct.pack(">BBH", kind, code, 0) + body)
    return struct.pack(">BBH", kind, code, total) + body


def unreachable(by: str, packet: Packet, code: int, kind: int = 3) -> Packet:
    """Return the ICMP error that `by` sends about `packet`: at most 576 bytes in all (RFC 1812, 4.3.2.3)."""
    quoted = bytes(4) + bytes(packet)[:528]
    return Packet(by, packet.source, ICMP, icmp(kind, code, quoted), tos=0xC0, df=False)


def resolution(asker: Station, target: Station) -> tuple[Frame, Frame]:
    """Return the question for the MAC of `target` and the answer: ARP, or neighbour discovery (RFC 4861)."""
    if ":" in target.address:
        return _solicitation(asker, target), _advertisement(asker, target)
    question = Arp(1, asker, Station(NO_MAC, target.address))
    return Frame(asker.mac, BROADCAST, question), Frame(target.mac, asker.mac, Arp(2, target, asker))


def _solicitation(asker: Station, target: Station) -> Frame:
    group = str(ipaddress.IPv6Address(packed("ff02::1:ff00:0")[:13] + packed(target.address)[13:]))
    message = struct.pack(">BBHI", 135, 0, 0, 0) + packed(target.address) + b"\x01\x01" + mac(asker.mac)
    payload = with_checksum(asker.address, group, ICMPV6, message, 2)
    multicast = "33:33:" + packed(group)[12:].hex(":")
    return Frame(asker.mac, multicast, Packet(asker.address, group, ICMPV6, payload, ttl=255))


def _advertisement(asker: Station, target: Station) -> Frame:
    solicited_override = 0x60000000
    message = struct.pack(">BBHI", 136, 0, 0, solicited_override) + packed(target.address)
    message += b"\x02\x01" + mac(target.mac)
    payload = with_checksum(target.address, asker.address, ICMPV6, message, 2)
    return Frame(target.mac, asker.mac, Packet(target.address, asker.address, ICMPV6, payload, ttl=255))
