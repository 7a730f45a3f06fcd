"""Linux cooked capture, version 2: knows the interface.

Source: tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html.

Wireshark gives its fields the names of version 1: packet-sll.c.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, LinkType, Protocol
from pcapcheck.decode.headers import Headers

ARPHRD_NETLINK = 824  # linux/if_arp.h: the protocol is a netlink family, no EtherType


def payload(read: Headers) -> Ints:
    """Return the EtherType (Linux numbers below 1536 too: 4 is LLC)."""
    return np.where(read("sll.hatype") == ARPHRD_NETLINK, ABSENT, read("sll._protocol"))


PROTOCOL = Protocol(
    name="sll2",
    length=20,
    fields=(
        Field("sll._protocol", 0, ">u2"),
        Field("sll.etype", 0, ">u2", when={"sll._protocol": range(0x0600, 0x10000)}),
        Field("sll.ifindex", 4, ">u4"),
        Field("sll.hatype", 8, ">u2"),
        Field("sll.pkttype", 10, "u1"),
        Field("sll.halen", 11, "u1"),
        Field("sll.src.eth", 12, "mac", when={"sll.halen": (6,)}),
    ),
    link_types={276: LinkType("Linux cooked v2", cooked=True, indexed=True)},
    carries=payload,
    table="eth.type",
)
