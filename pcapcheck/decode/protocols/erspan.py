"""ERSPAN types II and III: a mirrored Ethernet frame in GRE.

Source: draft-foschiano-erspan-03. Wireshark: packet-erspan.c.
"""

import numpy as np

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.headers import Headers

ETHERNET = 0x6558  # transparent Ethernet bridging, IANA EtherTypes
TYPE_III = {"erspan.version": (2,)}


def length(read: Headers) -> Ints:
    """8 bytes; type III 12, and 8 more with a platform subheader."""
    type_iii = 12 + 8 * read("erspan._subheader")
    return np.where(read("erspan.version") == 2, type_iii, 8)


PROTOCOL = Protocol(
    name="erspan",
    length=length,
    fields=(
        Field("erspan.version", 0, ">u2", mask=0xF000),
        Field("erspan.vlan", 0, ">u2", mask=0x0FFF),
        Field("erspan.cos", 2, ">u2", mask=0xE000),
        Field("erspan.truncated", 2, ">u2", mask=0x0400),
        Field("erspan.spanid", 2, ">u2", mask=0x03FF),
        Field("erspan._subheader", 11, "u1", mask=0x01, when=TYPE_III),
    ),
    within={"eth.type": (0x88BE, 0x22EB)},
    carries=ETHERNET,
    table="eth.type",
)
