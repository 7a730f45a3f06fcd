"""IPv4. Source: RFC 791, 3.1; RFC 3168 (ECN). Wireshark: packet-ip.c."""

import numpy as np

from pcapcheck.capture.arrays import Bools, Ints
from pcapcheck.decode.field import ABSENT, Field, LinkType, Protocol
from pcapcheck.decode.headers import Headers


def sound(read: Headers) -> Bools:
    """Say whether version, header length and total length can be; 0 is left to the NIC to fill in."""
    first, total = read.number(0), read.guarded("ip.len")
    possible: Bools = (first >= 0x45) & (first < 0x50)
    possible &= (total == 0) | (total >= read("ip.hdr_len"))
    return possible


def payload(read: Headers) -> Ints:
    """Return the protocol number; a later fragment has no header of it."""
    return np.where(read("ip.frag_offset") == 0, read("ip.proto"), ABSENT)


PROTOCOL = Protocol(
    name="ip",
    length="ip.hdr_len",
    extent=("ip.len", 0),
    fields=(
        Field("ip.version", 0, "u1", mask=0xF0),
        Field("ip.hdr_len", 0, "u1", mask=0x0F, scale=4),
        Field("ip.dsfield", 1, "u1"),
        Field("ip.dsfield.dscp", 1, "u1", mask=0xFC),
        Field("ip.dsfield.ecn", 1, "u1", mask=0x03),
        Field("ip.len", 2, ">u2"),
        Field("ip.id", 4, ">u2"),
        Field("ip.flags", 6, "u1", mask=0xE0),
        Field("ip.flags.rb", 6, "u1", mask=0x80),
        Field("ip.flags.df", 6, "u1", mask=0x40),
        Field("ip.flags.mf", 6, "u1", mask=0x20),
        Field("ip.frag_offset", 6, ">u2", mask=0x1FFF),
        Field("ip.ttl", 8, "u1"),
        Field("ip.proto", 9, "u1"),
        Field("ip.checksum", 10, ">u2"),
        Field("ip.src", 12, "ipv4"),
        Field("ip.dst", 16, "ipv4"),
    ),
    within={
        "eth.type": (0x0800,),
        "ip.proto": (4,),
        "ppp.protocol": (0x0021,),
        "null.type": (2, 0x0800),
    },
    link_types={228: LinkType("raw IPv4", bare=True)},
    sound=sound,
    instead="ipv6",
    carries=payload,
    table="ip.proto",
)
