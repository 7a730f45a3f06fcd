"""PPPoE: sessions and the IP inside."""

from packets import block, eth, ip, pppoe, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def test_session_and_what_it_carries():
    layers = find_layers(block(eth(pppoe(ip(tcp(dport=443)), session=9), type=0x8864)), dissector_table())
    assert column(layers, "pppoe.session_id").tolist() == [9]
    assert column(layers, "tcp.dstport").tolist() == [443]
    assert layers.stacks[layers.stack[0]] == "eth:pppoes:ppp:ip:tcp"
