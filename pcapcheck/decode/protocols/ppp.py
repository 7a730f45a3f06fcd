"""PPP, to find the IP inside. Source: RFC 1661, 2; RFC 1662, 3.1. Wireshark: packet-ppp.c.

Address and control (ff 03) may be left out, and so may the first byte of the protocol, when it is zero.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import Field, LinkType, Protocol
from pcapcheck.decode.headers import Headers

ADDRESS_AND_CONTROL = 0xFF03


def place(read: Headers) -> Ints:
    """Return where the protocol number lies."""
    return np.where(read.number(0, 2) == ADDRESS_AND_CONTROL, 2, 0)


def length(read: Headers) -> Ints:
    """Up to the end of the protocol number; an odd first byte is also its last."""
    at = place(read)
    return at + np.where(read.number(at) & 1, 1, 2)


def payload(read: Headers) -> Ints:
    """Return the protocol number."""
    at = place(read)
    return np.where(read.number(at) & 1, read.number(at), read.number(at, 2))


PROTOCOL = Protocol(
    name="ppp",
    length=length,
    fields=(Field("ppp.protocol", 0, ">u2", compute=payload),),
    within={"eth.type": (0x880B,)},
    link_types={9: LinkType("PPP")},
    carries=payload,
    table="ppp.protocol",
)
