"""IPv6. Source: RFC 8200, 3. Its extension headers are in `ipv6_*.py`. Wireshark: packet-ipv6.c."""

from pcapcheck.capture.arrays import Bools
from pcapcheck.decode.field import Field, LinkType, Protocol
from pcapcheck.decode.headers import Headers

FAMILIES = (10, 24, 28, 30)  # AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, macOS


def sound(read: Headers) -> Bools:
    """Say whether the version can be."""
    version: Bools = read.number(0) >> 4 == 6
    return version


PROTOCOL = Protocol(
    name="ipv6",
    length=40,
    extent=("ipv6.plen", 40),  # 0 (jumbograms, BIG TCP): to the end of the frame
    fields=(
        Field("ipv6.version", 0, "u1", mask=0xF0),
        Field("ipv6.tclass", 0, ">u4", mask=0x0FF00000),
        Field("ipv6.tclass.dscp", 0, ">u4", mask=0x0FC00000),
        Field("ipv6.tclass.ecn", 0, ">u4", mask=0x00300000),
        Field("ipv6.flow", 0, ">u4", mask=0x000FFFFF),
        Field("ipv6.plen", 4, ">u2"),
        Field("ipv6.nxt", 6, "u1"),
        Field("ipv6.hlim", 7, "u1"),
        Field("ipv6.src", 8, "ipv6"),
        Field("ipv6.dst", 24, "ipv6"),
    ),
    partial=True,
    within={
        "eth.type": (0x86DD,),
        "ip.proto": (41,),
        "ppp.protocol": (0x0057,),
        "null.type": (*FAMILIES, 0x86DD),
    },
    link_types={229: LinkType("raw IPv6", bare=True)},
    sound=sound,
    carries="ipv6.nxt",
    table="ip.proto",
)
