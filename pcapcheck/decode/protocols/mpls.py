"""MPLS labels, to find the IP below them. Source: RFC 3032, 2.1. Wireshark: packet-mpls.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

MPLS, IP, IPV6 = 0x8847, 0x0800, 0x86DD


def payload(read: Headers) -> Ints:
    """Return another label; at the bottom, what the version of the next header says."""
    version = read.number(4) >> 4
    bottom = np.where(version == 4, IP, np.where(version == 6, IPV6, ABSENT))
    return np.where(read("mpls.bottom") == 0, MPLS, bottom)


PROTOCOL = Protocol(
    name="mpls",
    length=4,
    fields=(
        Field("mpls.label", 0, ">u4", mask=0xFFFFF000),
        Field("mpls.exp", 0, ">u4", mask=0x00000E00),
        Field("mpls.bottom", 0, ">u4", mask=0x00000100),
        Field("mpls.ttl", 0, ">u4", mask=0x000000FF),
    ),
    within={
        "eth.type": (MPLS, 0x8848),
        "ip.proto": (137,),
        "udp.port": (6635,),
        "ppp.protocol": (0x0281, 0x0283),
    },
    carries=payload,
    table="eth.type",
)
