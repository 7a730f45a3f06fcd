"""BSD loopback: an address family, then IP.

Source: tcpdump.org/linktypes.html, LINKTYPE_NULL and LINKTYPE_LOOP.

The family is in the byte order of the machine that captured (NULL) or of the network (LOOP). Wireshark:
packet-null.c.
"""

import numpy as np

from pcapcheck.decode.field import NOTHING, Field, Ints, Protocol
from pcapcheck.decode.headers import Headers


def payload(read: Headers) -> Ints:
    """Return the address family, whichever byte order it is in; families are small numbers."""
    big, little = read("null._big"), read("null._little")
    family = np.minimum(big, little)
    return np.where(family < 256, family, NOTHING)


PROTOCOL = Protocol(
    name="null",
    length=4,
    fields=(
        Field("null._big", 0, ">u4"),
        Field("null._little", 0, "<u4"),
    ),
    within={"linktype": (0, 108)},
    carries=payload,
    table="null.type",
)
