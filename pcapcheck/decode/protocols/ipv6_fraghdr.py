"""IPv6 fragment header. Source: RFC 8200, 4.5. Wireshark: packet-ipv6.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers


def payload(read: Headers) -> Ints:
    """Return the number of the next header; a later fragment has none."""
    return np.where(read("ipv6.fraghdr.offset") == 0, read("ipv6.fraghdr.nxt"), ABSENT)


PROTOCOL = Protocol(
    name="ipv6.fraghdr",
    length=8,
    fields=(
        Field("ipv6.fraghdr.nxt", 0, "u1"),
        Field("ipv6.fraghdr.offset", 2, ">u2", mask=0xFFF8),
        Field("ipv6.fraghdr.more", 2, ">u2", mask=0x0001),
        Field("ipv6.fraghdr.ident", 4, ">u4"),
    ),
    within={"ip.proto": (44,)},
    carries=payload,
    table="ip.proto",
    in_stack=False,
)
