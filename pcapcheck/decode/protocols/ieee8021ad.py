"""Service tags of provider bridges (QinQ). Source: IEEE 802.1Q-2018, 9.6. Wireshark: packet-ieee8021ah.c.

The tag that follows, a customer's, is `vlan`.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

ETHERTYPES = range(0x0600, 0x10000)


def payload(read: Headers) -> Ints:
    """Return the EtherType."""
    number = read("ieee8021ad._type")
    return np.where(number >= ETHERTYPES.start, number, ABSENT)


PROTOCOL = Protocol(
    name="ieee8021ad",
    length=4,
    fields=(
        Field("ieee8021ad.priority", 0, ">u2", mask=0xE000),
        Field("ieee8021ad.dei", 0, ">u2", mask=0x1000),
        Field("ieee8021ad.id", 0, ">u2", mask=0x0FFF),
        Field("ieee8021ad._type", 2, ">u2"),
    ),
    within={"eth.type": (0x88A8,)},
    carries=payload,
    table="eth.type",
)
