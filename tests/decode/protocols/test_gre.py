"""GRE: optional words, NVGRE, versions."""

import pytest
from packets import block, eth, gre, ip, tcp

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def layers_of(*packets):
    return find_layers(block(*packets), dissector_table())


@pytest.mark.parametrize("checksum", [None, 0xABCD], ids=["no checksum", "checksum"])
@pytest.mark.parametrize("key", [None, 5], ids=["no key", "key"])
@pytest.mark.parametrize("sequence", [None, 9], ids=["no sequence", "sequence"])
def test_optional_words_stand_in_the_order_of_their_flags(checksum, key, sequence):
    packet = gre(ip(tcp(dport=443)), checksum=checksum, key=key, sequence=sequence)
    layers = layers_of(eth(ip(packet)))
    names = ("gre.checksum", "gre.key", "gre.sequence_number", "tcp.dstport")
    assert [column(layers, name).tolist()[0] for name in names] == [checksum, key, sequence, 443]


def test_nvgre_is_gre_that_carries_ethernet():
    layers = layers_of(eth(ip(gre(eth(ip(tcp())), proto=0x6558, key=0x00123407))))
    assert layers.stacks[layers.stack[0]] == "eth:ip:gre:eth:ip:tcp"
    assert column(layers, "gre._vsid").tolist() == [0x1234]
    assert column(layers, "gre._flow_id").tolist() == [7]


def test_erspan_without_sequence_number_is_a_bare_frame():
    layers = layers_of(eth(ip(gre(eth(ip(tcp())), proto=0x88BE))))
    assert layers.stacks[layers.stack[0]] == "eth:ip:gre:eth:ip:tcp"


@pytest.mark.parametrize("redirect", [b"", b"\0\1\2\3"], ids=["version 1", "version 2"])
def test_wccp_may_have_a_redirect_header(redirect):
    layers = layers_of(eth(ip(gre(redirect + ip(tcp(dport=443)), proto=0x883E))))
    assert column(layers, "tcp.dstport").tolist() == [443]


def test_an_unknown_version_carries_nothing():
    layers = layers_of(eth(ip(gre(ip(tcp()), version=2))))
    assert layers.stacks[layers.stack[0]] == "eth:ip:gre"
