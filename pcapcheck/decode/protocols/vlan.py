"""VLAN tags. Source: IEEE 802.1Q-2018, 9.6. Wireshark: packet-vlan.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

ETHERTYPES = range(0x0600, 0x10000)
LENGTHS = range(1501)
LLC = 4  # ETH_P_802_2 in linux/if_ether.h


def payload(read: Headers) -> Ints:
    """Return the EtherType, LLC after a length."""
    number = read("vlan._type_or_length")
    return np.where(number >= ETHERTYPES.start, number, np.where(number < LENGTHS.stop, LLC, ABSENT))


PROTOCOL = Protocol(
    name="vlan",
    length=4,
    fields=(
        Field("vlan.priority", 0, ">u2", mask=0xE000),
        Field("vlan.dei", 0, ">u2", mask=0x1000),
        Field("vlan.id", 0, ">u2", mask=0x0FFF),
        Field("vlan._type_or_length", 2, ">u2"),
        Field("vlan.etype", 2, ">u2", when={"vlan._type_or_length": ETHERTYPES}),
        Field("vlan.len", 2, ">u2", when={"vlan._type_or_length": LENGTHS}),
    ),
    within={"eth.type": (0x8100, 0x9100)},
    carries=payload,
    table="eth.type",
)
