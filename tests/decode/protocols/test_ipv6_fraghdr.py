"""IPv6 fragments: the first carries the transport header, later ones do not."""

from packets import block, eth, fraghdr, ipv6, udp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_only_the_first_fragment_has_a_transport_header():
    first = eth(ipv6(fraghdr(udp(bytes(1000), dport=53), more=1, id=7)))
    later = eth(ipv6(fraghdr(bytes(500), nxt=17, offset=1008, id=7)))
    layers = find_layers(block(first, later), dissector_table())
    assert column(layers, "udp.dstport").tolist() == [53, None]
    assert column(layers, "ipv6.fraghdr.offset").tolist() == [0, 126]
    assert column(layers, "ipv6.fraghdr.more").tolist() == [1, 0]
    assert column(layers, "ipv6.fraghdr.ident").tolist() == [7, 7]
