"""ICMP: queries, and errors that quote a packet."""

from packets import block, eth, icmp, ip, number, udp, vxlan

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})
QUOTED = ip(udp(vxlan(eth(ip(udp(), src="10.244.0.5"))), dport=8472), src="192.168.0.1", ttl=7)


def test_identifier_and_sequence_of_an_echo():
    layers = find_layers(block(eth(ip(icmp(type=8, word=0x00070003)))), dissector_table())
    assert column(layers, "icmp.ident").tolist() == [7]
    assert column(layers, "icmp.seq").tolist() == [3]
    assert column(layers, "icmp.mtu").tolist() == [None]


def test_fragmentation_needed_names_the_mtu():
    layers = find_layers(block(eth(ip(icmp(QUOTED, type=3, code=4, word=1450)))), LINUX)
    assert column(layers, "icmp.mtu").tolist() == [1450]
    assert column(layers, "icmp.ident").tolist() == [None]


def test_redirect_names_the_gateway():
    packet = eth(ip(icmp(QUOTED, type=5, code=1, word=number("10.0.0.254"))))
    layers = find_layers(block(packet), LINUX)
    assert column(layers, "icmp.redir_gw").tolist() == [number("10.0.0.254")]


def test_plain_and_inner_names_do_not_see_the_quoted_packet():
    layers = find_layers(block(eth(ip(icmp(QUOTED, type=3, code=3), ttl=61))), LINUX)
    assert layers.stacks[layers.stack[0]] == "eth:ip:icmp"
    assert column(layers, "inner.ip.ttl").tolist() == [61]
    assert column(layers, "vxlan.vni").tolist() == [None]
    assert column(layers, "ip.ttl#2").tolist() == [None]


def test_quoted_names_do():
    layers = find_layers(block(eth(ip(icmp(QUOTED, type=3, code=3), ttl=61))), LINUX)
    assert column(layers, "quoted.ip.ttl").tolist() == [7]
    assert column(layers, "quoted.vxlan.vni").tolist() == [1]
    assert column(layers, "quoted.inner.ip.src").tolist() == [number("10.244.0.5")]


def test_eight_quoted_bytes_of_transport_are_enough_for_the_ports():
    layers = find_layers(block(eth(ip(icmp(QUOTED[:28], type=11)))), LINUX)
    assert column(layers, "quoted.udp.dstport").tolist() == [8472]
    assert column(layers, "quoted.vxlan.vni").tolist() == [None]
