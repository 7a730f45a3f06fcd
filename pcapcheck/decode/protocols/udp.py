"""UDP. Source: RFC 768. Wireshark: packet-udp.c, which asks the table for the lower port first."""

from pcapcheck.decode.field import Field, Protocol

PROTOCOL = Protocol(
    name="udp",
    length=8,
    extent=("udp.length", 0),
    fields=(
        Field("udp.srcport", 0, ">u2"),
        Field("udp.dstport", 2, ">u2"),
        Field("udp.length", 4, ">u2"),
        Field("udp.checksum", 6, ">u2"),
        # The first 16 bytes of payload, for packet identity.
        *(
            Field(f"udp._payload{k}", 8 + 4 * k, ">u4", when={"udp.length": range(12 + 4 * k, 65536)})
            for k in range(4)
        ),
    ),
    partial=True,
    within={"ip.proto": (17,)},
    carries=("udp.srcport", "udp.dstport"),
    table="udp.port",
)
