"""IPv6: fields, payload length, tunnels."""

from packets import block, eth, ip, ipv6, number, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def layers_of(*packets):
    return find_layers(block(*packets), dissector_table())


def test_every_bit_of_the_header_has_its_field():
    packet = eth(ipv6(tcp(), src="fd00::a", dst="2001:db8::1:2", hlim=63, flow=0xABCDE, tclass=0xB9))
    layers = layers_of(packet)
    expected = {
        "ipv6.version": 6,
        "ipv6.tclass": 0xB9,
        "ipv6.tclass.dscp": 46,
        "ipv6.tclass.ecn": 1,
        "ipv6.flow": 0xABCDE,
        "ipv6.plen": 20,
        "ipv6.nxt": 6,
        "ipv6.hlim": 63,
        "ipv6.src": number("fd00::a"),
        "ipv6.dst": number("2001:db8::1:2"),
    }
    assert {name: column(layers, name).tolist()[0] for name in expected} == expected


def test_payload_length_0_reaches_to_the_end_of_the_frame():
    layers = layers_of(eth(ipv6(tcp(b"x" * 70000), plen=0)))
    assert column(layers, "tcp.len").tolist() == [70000]


def test_6in4_and_4in6():
    layers = layers_of(eth(ip(ipv6(tcp()))), eth(ipv6(ip(tcp()))))
    stacks = [layers.stacks[number] for number in layers.stack]
    assert stacks == ["eth:ip:ipv6:tcp", "eth:ipv6:ip:tcp"]
