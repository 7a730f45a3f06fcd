"""flannel's udp back-end: a bare IP packet in UDP, where the profile says so."""

from packets import block, eth, ip, ipv6, tcp, udp

from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

FLANNEL = dissector_table({"udp.port": {8285: "flannel-udp"}})


def test_the_packet_inside_is_decoded():
    layers = find_layers(
        block(eth(ip(udp(ip(tcp()), dport=8285))), eth(ip(udp(ipv6(tcp()), dport=8285)))), FLANNEL
    )
    stacks = [layers.stacks[number] for number in layers.stack]
    assert stacks == ["eth:ip:udp:flannel-udp:ip:tcp", "eth:ip:udp:flannel-udp:ipv6:tcp"]


def test_no_port_means_it_by_default():
    layers = find_layers(block(eth(ip(udp(ip(tcp()), dport=8285)))), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:ip:udp"
