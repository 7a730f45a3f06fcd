"""IPv6 hop-by-hop options. Source: RFC 8200, 4.3. Wireshark: packet-ipv6.c."""

from pcapcheck.capture.arrays import Ints
from pcapcheck.decode.field import Field, Protocol
from pcapcheck.decode.headers import Headers


def length(read: Headers) -> Ints:
    """Units of 8 bytes, the first not counted."""
    return 8 + 8 * read("ipv6.hopopts.len")


PROTOCOL = Protocol(
    name="ipv6.hopopts",
    length=length,
    fields=(
        Field("ipv6.hopopts.nxt", 0, "u1"),
        Field("ipv6.hopopts.len", 1, "u1"),
    ),
    within={"ip.proto": (0,)},
    carries="ipv6.hopopts.nxt",
    table="ip.proto",
    in_stack=False,
)
