"""Raw IP: no link layer (tun, tunl0, WireGuard devices). Source: tcpdump.org/linktypes.html, LINKTYPE_RAW.

Wireshark: packet-raw.c.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, LinkType, Protocol
from pcapcheck.decode.headers import Headers

IP, IPV6 = 0x0800, 0x86DD


def payload(read: Headers) -> Ints:
    """Return what the version of the IP header says."""
    version = read.number(0) >> 4
    return np.where(version == 4, IP, np.where(version == 6, IPV6, ABSENT))


PROTOCOL = Protocol(
    name="raw",
    link_types={
        101: LinkType("raw IP", bare=True),
        12: LinkType("raw IP", bare=True),  # DLT_RAW of some systems, written to files by mistake
        14: LinkType(bare=True),  # the same on OpenBSD
    },
    carries=payload,
    table="eth.type",
)
