"""The plan of a run: which fields are read of which packets, and how much of the packets is kept.

It takes the names of fields that rules, filters and reports ask for. It reads no packets.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pcapcheck.decode.tunnels import ID_FIELDS

# The fields by which `correlate.addresses` tells who sends a packet to whom.
ADDRESS_FIELDS: Final = (
    "inner.ip.src",
    "inner.ip.dst",
    "inner.ipv6.src",
    "inner.ipv6.dst",
    "inner.ip.frag_offset",
    "inner.ip.flags.mf",
    "inner.ipv6.fraghdr.offset",
    "inner.ipv6.fraghdr.more",
    "inner.tcp.srcport",
    "inner.tcp.dstport",
    "inner.tcp.flags.syn",
    "inner.tcp.flags.ack",
    "inner.tcp.flags.reset",
    "inner.udp.srcport",
    "inner.udp.dstport",
    "inner.sctp.srcport",
    "inner.sctp.dstport",
    "inner.sctp.chunk_type",
    "inner.dhcp.ip.client",
    "inner.dhcp.hw.mac_addr",
    "inner.dhcp.option.dhcp",
    "inner.icmp.type",
    "inner.icmp.code",
    "inner.icmp.ident",
    "inner.icmpv6.type",
    "inner.icmpv6.code",
    "inner.icmpv6.echo.identifier",
    "inner.icmpv6.nd.ns.target_address",
    "inner.icmpv6.nd.na.target_address",
    "arp.opcode",
    "arp.src.proto_ipv4",
    "arp.dst.proto_ipv4",
)

# The fields by which an ICMP error tells which flow it is about.
QUOTED_FIELDS: Final = (
    "quoted.ip.src",
    "quoted.ip.dst",
    "quoted.ip.proto",
    "quoted.ipv6.src",
    "quoted.ipv6.dst",
    "quoted.ipv6.nxt",
    "quoted.icmp.ident",
    "quoted.tcp.srcport",
    "quoted.tcp.dstport",
    "quoted.udp.srcport",
    "quoted.udp.dstport",
    "quoted.sctp.srcport",
    "quoted.sctp.dstport",
)

# The fields of every variant besides ADDRESS_FIELDS and those that rules name.
HEADER_FIELDS: Final = (
    "eth.src",
    "eth.dst",
    "inner.eth.src",
    "inner.eth.dst",
    "sll.pkttype",
    "sll.ifindex",
    "sll.hatype",
    "sll.src.eth",
    "vlan.id",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "ip.ttl",
    "ipv6.hlim",
    "inner.ip.ttl",
    "inner.ipv6.hlim",
    "udp.srcport",
    "udp.dstport",
    *ID_FIELDS,
    "arp.src.hw_mac",
    "icmp.mtu",
    "icmpv6.mtu",
    "ip.flags.mf",
    "ip.frag_offset",
    "ipv6.fraghdr.more",
    "ipv6.fraghdr.offset",
    *QUOTED_FIELDS,
)


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """What a run reads of the packets, and what it keeps.

    Attributes:
        names: fields of variants, by Wireshark's names.
        decode_as: further dissectors, table -> number -> protocol.
        keep: None keeps a sighting of every packet. A number keeps no sightings, only the fingerprints of
            so many packets of each variant.
        partial: whether packets that were cut off within their headers have fields up to there.
        unknown: names of fields that identify no packet, because one of the captures is text that lacks them.
        since, until: packets outside these times are left out; nanoseconds since 1970 UTC.
    """

    names: tuple[str, ...] = (*ADDRESS_FIELDS, *HEADER_FIELDS)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    keep: int | None = None
    partial: bool = False
    unknown: frozenset[str] = frozenset()
    since: int | None = None
    until: int | None = None


def fields_to_read(named: Iterable[str]) -> tuple[str, ...]:
    """Return the fields that every run reads, and those that are named."""
    return tuple(dict.fromkeys((*ADDRESS_FIELDS, *HEADER_FIELDS, *named)))
