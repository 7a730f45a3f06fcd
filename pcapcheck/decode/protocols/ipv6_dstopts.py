"""IPv6 destination options. Source: RFC 8200, 4.6. Wireshark: packet-ipv6.c."""

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.headers import Headers


def length(read: Headers) -> Ints:
    """Units of 8 bytes, the first not counted."""
    return 8 + 8 * read("ipv6.dstopts.len")


PROTOCOL = Protocol(
    name="ipv6.dstopts",
    length=length,
    fields=(
        Field("ipv6.dstopts.nxt", 0, "u1"),
        Field("ipv6.dstopts.len", 1, "u1"),
    ),
    within={"ip.proto": (60,)},
    carries="ipv6.dstopts.nxt",
    table="ip.proto",
    in_stack=False,
)
