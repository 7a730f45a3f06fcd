"""ARP. Source: RFC 826; RARP: RFC 903. Wireshark: packet-arp.c."""

from pcapcheck.decode.field import Field, Protocol

ETHERNET = {"arp.hw.type": (1,), "arp.hw.size": (6,)}
ETHERNET_AND_IP = {"arp.hw.size": (6,), "arp.proto.type": (0x0800,), "arp.proto.size": (4,)}

PROTOCOL = Protocol(
    name="arp",
    length=8,
    fields=(
        Field("arp.hw.type", 0, ">u2"),
        Field("arp.proto.type", 2, ">u2"),
        Field("arp.hw.size", 4, "u1"),
        Field("arp.proto.size", 5, "u1"),
        Field("arp.opcode", 6, ">u2"),
        Field("arp.src.hw_mac", 8, "mac", when=ETHERNET),
        Field("arp.src.proto_ipv4", 14, "ipv4", when=ETHERNET_AND_IP),
        Field("arp.dst.hw_mac", 18, "mac", when=ETHERNET | ETHERNET_AND_IP),
        Field("arp.dst.proto_ipv4", 24, "ipv4", when=ETHERNET_AND_IP),
    ),
    partial=True,
    within={"eth.type": (0x0806, 0x8035)},
)
