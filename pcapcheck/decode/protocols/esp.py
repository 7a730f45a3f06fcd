"""IPsec encapsulating security payload: recognised, not decrypted.

Source: RFC 4303, 2. Wireshark: packet-ipsec.c.
"""

from pcapcheck.decode.field import Field, Protocol

PROTOCOL = Protocol(
    name="esp",
    length=8,
    fields=(Field("esp.spi", 0, ">u4"), Field("esp.sequence", 4, ">u4")),
    within={"ip.proto": (50,)},
)
