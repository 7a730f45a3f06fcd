"""SCTP: the common header, and the first chunk of a packet.

Source: RFC 9260, 3.1 (common header), 3.2 (chunks), 3.3.1 (DATA). Wireshark: packet-sctp.c, whose
`data_tsn` counts from the first TSN that it sees; `data_tsn_raw` is the number in the packet.
"""

from pcapcheck.decode.field import Field, Protocol

DATA = 0  # chunk type

PROTOCOL = Protocol(
    name="sctp",
    length=12,
    fields=(
        Field("sctp.srcport", 0, ">u2"),
        Field("sctp.dstport", 2, ">u2"),
        Field("sctp.verification_tag", 4, ">u4"),
        Field("sctp.checksum", 8, ">u4"),
        Field("sctp.chunk_type", 12, "u1"),
        Field("sctp.chunk_length", 14, ">u2"),
        Field("sctp.data_tsn_raw", 16, ">u4", when={"sctp.chunk_type": (DATA,)}),
        # The first 16 bytes of the first chunk, for packet identity.
        *(Field(f"sctp._chunk{k}", 12 + 4 * k, ">u4") for k in range(4)),
    ),
    partial=True,
    within={"ip.proto": (132,)},
)
