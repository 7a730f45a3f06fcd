"""Linux cooked capture, version 1.

Source: tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html. Wireshark: packet-sll.c.
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
    name="sll",
    length=16,
    fields=(
        Field("sll.pkttype", 0, ">u2"),
        Field("sll.hatype", 2, ">u2"),
        Field("sll.halen", 4, ">u2"),
        Field("sll.src.eth", 6, "mac", when={"sll.halen": (6,)}),
        Field("sll._protocol", 14, ">u2"),
        Field("sll.etype", 14, ">u2", when={"sll._protocol": range(0x0600, 0x10000)}),
    ),
    link_types={113: LinkType("Linux cooked", cooked=True)},
    carries=payload,
    table="eth.type",
)
