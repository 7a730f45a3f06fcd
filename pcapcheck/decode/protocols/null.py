"""BSD loopback: an address family, then IP.

Source: tcpdump.org/linktypes.html, LINKTYPE_NULL and LINKTYPE_LOOP.

The family is in the byte order of the machine that captured (NULL) or of the network (LOOP). Wireshark:
packet-null.c.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import Field, LinkType, Protocol
from pcapcheck.decode.headers import Headers


def payload(read: Headers) -> Ints:
    """Return the address family, or an EtherType, which some write; the byte order is guessed."""
    big, little = read("null._big"), read("null._little")
    upper_half = (little >= 1 << 16) & (little < 6 << 16)
    number = np.where(little < 1 << 16, little, np.where(upper_half, little >> 16, big))
    swapped = (number < 0x0600) & (number & 0xFF == 0)
    return np.where(number >= 0x0600, number & 0xFFFF, np.where(swapped, number >> 8, number))


PROTOCOL = Protocol(
    name="null",
    length=4,
    fields=(
        Field("null._big", 0, ">u4"),
        Field("null._little", 0, "<u4"),
    ),
    link_types={0: LinkType("BSD loopback"), 108: LinkType("OpenBSD loopback")},
    carries=payload,
    table="null.type",
)
