"""Ethernet II and IEEE 802.3. Source: IEEE 802.3-2018, 3.2.6. Wireshark: packet-eth.c, packet-ethertype.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, LinkType, Protocol
from pcapcheck.decode.headers import Headers

ETHERTYPES = range(0x0600, 0x10000)  # IEEE 802.3-2018, 3.2.6: from 1536 on, the field is a type
LENGTHS = range(1501)  # up to 1500, it is a length, and LLC follows
LLC = 4  # ETH_P_802_2 in linux/if_ether.h


def payload(read: Headers) -> Ints:
    """Return the EtherType, LLC after a length, nothing between the two."""
    number = read("eth._type_or_length")
    return np.where(number >= ETHERTYPES.start, number, np.where(number < LENGTHS.stop, LLC, ABSENT))


PROTOCOL = Protocol(
    name="eth",
    length=14,
    fields=(
        Field("eth.dst", 0, "mac"),
        Field("eth.src", 6, "mac"),
        Field("eth._type_or_length", 12, ">u2"),
        Field("eth.type", 12, ">u2", when={"eth._type_or_length": ETHERTYPES}),
        Field("eth.len", 12, ">u2", when={"eth._type_or_length": LENGTHS}),
    ),
    within={"eth.type": (0x6558,), "ip.proto": (143,)},  # 0x6558: NVGRE, VXLAN; 143: RFC 8986
    link_types={1: LinkType("Ethernet")},
    carries=payload,
    table="eth.type",
)
