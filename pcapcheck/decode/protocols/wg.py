"""WireGuard: recognised, not decrypted.

Source: wireguard.com/protocol, Linux drivers/net/wireguard/messages.h.

Numbers are little-endian. Wireshark: packet-wireguard.c.
"""

from pcapcheck.decode.field import Field, Protocol

INITIATION, RESPONSE, COOKIE, DATA = 1, 2, 3, 4

PROTOCOL = Protocol(
    name="wg",
    length=4,
    fields=(
        Field("wg.type", 0, "u1"),
        Field("wg.sender", 4, "<u4", when={"wg.type": (INITIATION, RESPONSE)}),
        Field("wg.receiver", 8, "<u4", when={"wg.type": (RESPONSE,)}),
        Field("wg.receiver", 4, "<u4", when={"wg.type": (COOKIE, DATA)}),
        Field("wg.counter", 8, "<u8", when={"wg.type": (DATA,)}),
    ),
    within={"udp.port": (51820,)},
)
