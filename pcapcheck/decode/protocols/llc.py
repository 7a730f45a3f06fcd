"""LLC and SNAP, what 802.3 frames carry. Source: IEEE 802.2, RFC 1042. Wireshark: packet-llc.c."""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import ABSENT, Field, Protocol
from pcapcheck.decode.headers import Headers

SNAP = 0xAAAA03  # both SAPs and the control byte
ENCAPSULATED_ETHERNET = 0x000000  # organisation code whose protocol number is an EtherType: RFC 1042
SNAP_ONLY = {"llc._saps_and_control": (SNAP,)}


def length(read: Headers) -> Ints:
    """8 bytes with SNAP, else 3."""
    return np.where(read("llc._saps_and_control") == SNAP, 8, 3)


def payload(read: Headers) -> Ints:
    """Return the EtherType in a SNAP header."""
    ethernet = (read("llc._saps_and_control") == SNAP) & (read("llc.oui") == ENCAPSULATED_ETHERNET)
    number = read("llc.type")
    return np.where(ethernet & (number >= 0x0600), number, ABSENT)


PROTOCOL = Protocol(
    name="llc",
    length=length,
    fields=(
        Field("llc.dsap", 0, "u1"),
        Field("llc.ssap", 1, "u1"),
        Field("llc._control", 2, "u1"),
        Field("llc._saps_and_control", 0, ">u4", mask=0xFFFFFF00),
        Field("llc.oui", 2, ">u4", mask=0x00FFFFFF, when=SNAP_ONLY),
        Field("llc.type", 6, ">u2", when=SNAP_ONLY),
    ),
    within={"eth.type": (4,)},
    carries=payload,
    table="eth.type",
)
