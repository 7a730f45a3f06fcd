"""ICMPv6 with neighbour discovery. Source: RFC 4443, RFC 4861, 4. Wireshark: packet-icmpv6.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

IPV6 = 41  # IANA protocol numbers
ERRORS = range(1, 5)  # unreachable, packet too big, time exceeded, parameter problem
ECHO = {"icmpv6.type": (128, 129)}
SOLICITATION = {"icmpv6.type": (135,)}
ADVERTISEMENT = {"icmpv6.type": (136,)}
REDIRECT = {"icmpv6.type": (137,)}
ROUTER_SOLICITATION = {
    "icmpv6.type": (133,),
    "icmpv6._option": (0x0101,),
}
FIRST_OPTION_IS_SOURCE = SOLICITATION | {
    "icmpv6._option": (0x0101,)
}  # type and length in units of 8: RFC 4861, 4.6.1
FIRST_OPTION_IS_TARGET = ADVERTISEMENT | {"icmpv6._option": (0x0201,)}


def payload(read: Headers) -> Ints:
    """Return IPv6: an error quotes the packet that caused it."""
    number = read("icmpv6.type")
    return np.where((number >= ERRORS.start) & (number < ERRORS.stop), IPV6, ABSENT)


PROTOCOL = Protocol(
    name="icmpv6",
    length=8,
    fields=(
        Field("icmpv6.type", 0, "u1"),
        Field("icmpv6.code", 1, "u1"),
        Field("icmpv6.checksum", 2, ">u2"),
        Field("icmpv6.mtu", 4, ">u4", when={"icmpv6.type": (2,)}),
        Field("icmpv6.echo.identifier", 4, ">u2", when=ECHO),
        Field("icmpv6.echo.sequence_number", 6, ">u2", when=ECHO),
        Field("icmpv6.nd.ra.router_lifetime", 6, ">u2", when={"icmpv6.type": (134,)}),
        Field("icmpv6.nd.ns.target_address", 8, "ipv6", when=SOLICITATION),
        Field("icmpv6.nd.na.target_address", 8, "ipv6", when=ADVERTISEMENT),
        Field("icmpv6.nd.na.flag.r", 4, "u1", mask=0x80, when=ADVERTISEMENT),
        Field("icmpv6.nd.na.flag.s", 4, "u1", mask=0x40, when=ADVERTISEMENT),
        Field("icmpv6.nd.na.flag.o", 4, "u1", mask=0x20, when=ADVERTISEMENT),
        Field("icmpv6.nd.rd.target_address", 8, "ipv6", when=REDIRECT),
        Field("icmpv6._option", 24, ">u2", when={"icmpv6.type": (135, 136)}),
        Field("icmpv6._option", 8, ">u2", when={"icmpv6.type": (133,)}),
        Field("icmpv6.opt.src_linkaddr", 10, "mac", when=ROUTER_SOLICITATION),
        Field("icmpv6.opt.src_linkaddr", 26, "mac", when=FIRST_OPTION_IS_SOURCE),
        Field("icmpv6.opt.target_linkaddr", 26, "mac", when=FIRST_OPTION_IS_TARGET),
        # The first 16 bytes of an echo's payload, for packet identity.
        *(Field(f"icmpv6._payload{k}", 8 + 4 * k, ">u4", when={"icmpv6.type": (128, 129)}) for k in range(4)),
    ),
    partial=True,
    within={"ip.proto": (58,)},
    carries=payload,
    table="ip.proto",
    quotes=True,
)
