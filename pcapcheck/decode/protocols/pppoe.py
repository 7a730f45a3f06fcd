"""PPP over Ethernet, sessions. Source: RFC 2516, 4. Wireshark: packet-pppoe.c."""

from pcapcheck.decode.field import Field, LinkType, Protocol

PPP = 0x880B  # IANA EtherTypes


PROTOCOL = Protocol(
    name="pppoes",
    length=6,
    extent=("pppoe.payload_length", 6),
    fields=(
        Field("pppoe.version", 0, "u1", mask=0xF0),
        Field("pppoe.type", 0, "u1", mask=0x0F),
        Field("pppoe.code", 1, "u1"),
        Field("pppoe.session_id", 2, ">u2"),
        Field("pppoe.payload_length", 4, ">u2"),
    ),
    within={"eth.type": (0x8864,)},
    link_types={51: LinkType()},
    carries=PPP,
    table="eth.type",
)
