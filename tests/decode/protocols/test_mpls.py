"""MPLS: labels down to the bottom, then IP by its version."""

from packets import block, eth, ip, ipv6, mpls, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_labels_and_the_ip_below():
    packet = eth(mpls(mpls(ip(tcp(dport=443)), label=200), label=100, bottom=0, ttl=9), type=0x8847)
    layers = find_layers(block(packet), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:mpls:mpls:ip:tcp"
    assert column(layers, "mpls.label").tolist() == [100]
    assert column(layers, "mpls.label#2").tolist() == [200]
    assert column(layers, "mpls.ttl").tolist() == [9]


def test_version_tells_ipv6_from_a_pseudowire():
    layers = find_layers(
        block(eth(mpls(ipv6(tcp())), type=0x8847), eth(mpls(bytes(60)), type=0x8847)), dissector_table()
    )
    assert [layers.stacks[number] for number in layers.stack] == ["eth:mpls:ipv6:tcp", "eth:mpls"]
