"""BSD loopback: families in either byte order."""

import pytest
from packets import block, ip, ipv6, null, tcp

from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("linktype", [0, 108], ids=["null", "loop"])
def test_family_in_either_byte_order(order, linktype):
    four, six = null(ip(tcp()), 2, order), null(ipv6(tcp()), 30, order)
    layers = find_layers(block(four, six, linktype=linktype), dissector_table())
    assert [layers.stacks[number] for number in layers.stack] == ["null:ip:tcp", "null:ipv6:tcp"]


def test_an_ethertype_in_the_upper_half():
    layers = find_layers(block(b"\x0f\x00\x08\x00" + ip(tcp()), linktype=0), dissector_table())
    assert layers.stacks[layers.stack[0]] == "null:ip:tcp"


def test_another_family_carries_nothing():
    layers = find_layers(block(null(ip(tcp()), family=7), linktype=0), dissector_table())
    assert layers.stacks[layers.stack[0]] == "null"
