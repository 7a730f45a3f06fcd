"""IPv6 routing header. Source: RFC 8200, 4.4. Wireshark: packet-ipv6.c."""

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.headers import Headers


def length(read: Headers) -> Ints:
    """Units of 8 bytes, the first not counted."""
    return 8 + 8 * read("ipv6.routing.len")


PROTOCOL = Protocol(
    name="ipv6.routing",
    length=length,
    fields=(
        Field("ipv6.routing.nxt", 0, "u1"),
        Field("ipv6.routing.len", 1, "u1"),
        Field("ipv6.routing.type", 2, "u1"),
        Field("ipv6.routing.segleft", 3, "u1"),
    ),
    within={"ip.proto": (43,)},
    carries="ipv6.routing.nxt",
    table="ip.proto",
    in_stack=False,
)
