"""VXLAN: an Ethernet frame in a UDP datagram.

Source: RFC 7348, 5; group policy: draft-smith-vxlan-group-policy.

Port 4789 is IANA's; Linux and flannel use 8472, which the profile has to say. Wireshark: packet-vxlan.c.
"""

from pcapcheck.capture.arrays import Bools
from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.headers import Headers, among

ETHERNET = 0x6558  # transparent Ethernet bridging, IANA EtherTypes
INNER = (0x0800, 0x0806, 0x86DD, 0x8100)


def recognise(read: Headers) -> Bools:
    """Say whether it is VXLAN by its bytes: the I flag alone, and a plausible Ethernet frame inside."""
    flagged: Bools = (read.number(0, 4) == 0x08000000) & (read.number(7) == 0)
    flagged &= among(read.number(8 + 12, 2), INNER)
    return flagged


PROTOCOL = Protocol(
    name="vxlan",
    length=8,
    fields=(
        Field("vxlan.flags", 0, ">u2"),
        Field("vxlan.flag_g", 0, ">u2", mask=0x8000),
        Field("vxlan.flag_i", 0, ">u2", mask=0x0800),
        Field("vxlan.flag_d", 0, ">u2", mask=0x0040),
        Field("vxlan.flag_a", 0, ">u2", mask=0x0008),
        Field("vxlan.gbp", 2, ">u2"),
        Field("vxlan.vni", 4, ">u4", mask=0xFFFFFF00),
        Field("vxlan.reserved8", 7, "u1"),
    ),
    within={"udp.port": (4789,)},
    carries=ETHERNET,
    table="eth.type",
    recognise=recognise,
)
