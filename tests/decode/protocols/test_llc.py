"""LLC: EtherTypes in SNAP, and what is no SNAP."""

from packets import block, eth, ip, llc_snap, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

SPANNING_TREE = eth(b"\x42\x42\x03" + bytes(35), type=38)


def test_snap_carries_an_ethertype():
    layers = find_layers(block(eth(llc_snap(ip(tcp(dport=443))), type=48)), dissector_table())
    assert column(layers, "llc.type").tolist() == [0x0800]
    assert column(layers, "tcp.dstport").tolist() == [443]


def test_spanning_tree_has_no_snap_fields():
    layers = find_layers(block(SPANNING_TREE), dissector_table())
    assert column(layers, "llc.dsap").tolist() == [0x42]
    assert column(layers, "llc.type").tolist() == [None]
    assert layers.stacks[layers.stack[0]] == "eth:llc"


def test_numbers_of_another_organisation_are_no_ethertypes():
    cisco = b"\xaa\xaa\x03\x00\x00\x0c\x08\x00" + ip(tcp())
    layers = find_layers(block(eth(cisco, type=48)), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:llc"
