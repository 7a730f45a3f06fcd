"""IPsec AH: authenticated, but in clear."""

from packets import ah, block, eth, ip, ipv6, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_what_it_protects_is_decoded():
    layers = find_layers(block(eth(ip(ah(tcp(dport=443), spi=9))), eth(ipv6(ah(tcp())))), dissector_table())
    assert [layers.stacks[number] for number in layers.stack] == ["eth:ip:ah:tcp", "eth:ipv6:ah:tcp"]
    assert column(layers, "tcp.dstport").tolist() == [443, 80]
    assert column(layers, "ah.spi").tolist() == [9, 1]
