"""Hypothesis strategies: packets of all kinds, whole, cut off and damaged."""

from hypothesis import strategies as st
from packets import (
    arp,
    chunk,
    dhcp,
    eth,
    extension,
    fraghdr,
    geneve,
    gre,
    icmp,
    icmpv6,
    ip,
    ipv6,
    mpls,
    neighbour,
    pppoe,
    sctp,
    tcp,
    timestamp,
    udp,
    vlan,
    vxlan,
    wireguard,
)

FRAME = eth(ip(tcp(dport=5432, options=timestamp(5, 6)), ttl=63, df=1))
SEEDS = (
    FRAME,
    eth(ip(tcp(b"payload"))),
    eth(ip(udp(b"payload", dport=53))),
    eth(ip(udp(dport=53))),
    eth(ipv6(tcp(options=timestamp()))),
    eth(ip(icmp(b"0123456789abcdef", type=8, word=0x00010002))),
    eth(ip(icmp(type=0, word=0x00010002))),
    eth(ip(icmp(FRAME[14:], type=3, code=4, word=1450))),
    eth(ipv6(icmpv6(ipv6(udp()), type=1))),
    eth(ipv6(neighbour())),
    eth(ipv6(neighbour(type=136, option=2))),
    eth(arp()),
    eth(vlan(FRAME[14:], id=5, type=0x0800), type=0x8100),
    eth(ip(udp(vxlan(FRAME, vni=7), dport=8472))),
    eth(ip(udp(vxlan(FRAME, vni=7), dport=9999))),
    eth(ipv6(udp(vxlan(eth(ipv6(tcp())), vni=7), dport=8472))),
    eth(ip(udp(vxlan(eth(ip(udp(b"dns", dport=53)))), dport=4789))),
    eth(ip(udp(geneve(FRAME, options=bytes(8)), dport=6081))),
    eth(ip(udp(geneve(FRAME), dport=7777))),
    eth(ip(ip(tcp()))),
    eth(ip(ipv6(udp(b"x", dport=53)))),
    eth(ip(gre(ip(tcp())))),
    eth(ip(gre(FRAME, proto=0x6558, key=0x105))),
    eth(ip(gre(ip(icmp()), checksum=1, key=2, sequence=3))),
    eth(ipv6(extension(udp(b"y", dport=53), kind=0))),
    eth(ipv6(fraghdr(udp(b"z", dport=53), more=1))),
    eth(ip(udp(bytes(24), dport=53), mf=1)),
    eth(ip(bytes(24), proto=17, offset=1480)),
    eth(ip(sctp(chunk(1, bytes(16))))),
    eth(ip(sctp(chunk(0, bytes(range(20))), tag=5))),
    eth(ip(sctp(chunk(3, bytes(12)) + chunk(0, bytes(12)), tag=5))),
    eth(ip(udp(vxlan(eth(ip(sctp(chunk(11))))), dport=8472))),
    eth(ip(udp(dhcp(1), sport=68, dport=67), src="0.0.0.0", dst="255.255.255.255", id=0)),
    eth(ip(udp(dhcp(2, op=2, yours="10.0.0.9"), sport=67, dport=68))),
    eth(mpls(ip(tcp())), type=0x8847),
    eth(pppoe(ip(tcp())), type=0x8864),
    eth(ip(udp(wireguard(), sport=51820, dport=51820))),
    eth(ip(udp(wireguard(type=2), dport=51820))),
    eth(ip(tcp(), options=b"\x94\x04\x00\x00")),
    eth(ip(tcp(b"x" * 100), len_=0)),
    eth(ipv6(tcp()), type=0x0800),
)


@st.composite
def damaged(draw):
    """Return a packet as it is, cut off, with a byte changed, or with bytes behind it."""
    packet = bytearray(draw(st.sampled_from(SEEDS)))
    match draw(st.integers(0, 4)):
        case 0:
            packet = packet[: draw(st.integers(0, len(packet)))]
        case 1:
            packet[draw(st.integers(12, len(packet) - 1))] = draw(st.integers(0, 255))
        case 2:
            packet += draw(st.binary(max_size=40))
    return bytes(packet)


def packets(most: int = 12):
    return st.lists(damaged(), max_size=most)
