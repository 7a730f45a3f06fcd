"""ICMP for IPv4. Source: RFC 792, RFC 1191 (MTU), RFC 8335. Wireshark: packet-icmp.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

IP = 4  # IANA protocol numbers
ERRORS = (3, 4, 5, 11, 12)  # unreachable, source quench, redirect, time exceeded, parameter problem
QUERIES = {"icmp.type": (0, 8, 13, 14, 15, 16, 17, 18)}


def payload(read: Headers) -> Ints:
    """Return IP: an error quotes the packet that caused it."""
    return np.where(np.isin(read("icmp.type"), ERRORS), IP, ABSENT)


PROTOCOL = Protocol(
    name="icmp",
    length=8,
    fields=(
        Field("icmp.type", 0, "u1"),
        Field("icmp.code", 1, "u1"),
        Field("icmp.checksum", 2, ">u2"),
        Field("icmp.ident", 4, ">u2", when=QUERIES),
        Field("icmp.seq", 6, ">u2", when=QUERIES),
        Field("icmp.mtu", 6, ">u2", when={"icmp.type": (3,), "icmp.code": (4,)}),
        Field("icmp.redir_gw", 4, "ipv4", when={"icmp.type": (5,)}),
        # The first 16 bytes of an echo's payload, for packet identity.
        *(Field(f"icmp._payload{k}", 8 + 4 * k, ">u4", when={"icmp.type": (0, 8)}) for k in range(4)),
    ),
    partial=True,
    within={"ip.proto": (1,)},
    carries=payload,
    table="ip.proto",
    quotes=True,
)
