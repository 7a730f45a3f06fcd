"""SCTP: ports only. Source: RFC 9260, 3.1. Wireshark: packet-sctp.c."""

from pcapcheck.decode.field import Field, Protocol

PROTOCOL = Protocol(
    name="sctp",
    length=12,
    fields=(
        Field("sctp.srcport", 0, ">u2"),
        Field("sctp.dstport", 2, ">u2"),
        Field("sctp.verification_tag", 4, ">u4"),
        Field("sctp.checksum", 8, ">u4"),
    ),
    within={"ip.proto": (132,)},
)
