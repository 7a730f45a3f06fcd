"""IPsec authentication header. Source: RFC 4302, 2. Wireshark: packet-ipsec.c."""

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.headers import Headers


def length(read: Headers) -> Ints:
    """Words of 4 bytes, the first two not counted."""
    return 8 + 4 * read("ah.length")


PROTOCOL = Protocol(
    name="ah",
    length=length,
    fields=(
        Field("ah.next_header", 0, "u1"),
        Field("ah.length", 1, "u1"),
        Field("ah.spi", 4, ">u4"),
        Field("ah.sequence", 8, ">u4"),
    ),
    within={"ip.proto": (51,)},
    carries="ah.next_header",
    table="ip.proto",
)
