"""Shape: which bits a field occupies, and where."""

import numpy as np
import pytest
from packets import block, eth, ip, tcp, timestamp, udp, vxlan

from pcapcheck.decode.field import Field
from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.shape import field_bits
from pcapcheck.decode.shapes import Shapes

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})


@pytest.fixture(scope="module")
def shape():
    shapes = Shapes(LINUX, least=1)
    shapes.split(block(*[eth(ip(udp(vxlan(eth(ip(tcp(options=timestamp())))))))] * 3))
    return shapes.shapes[0]


def bits(shape, *names):
    mask = shape.mask(names)
    return {int(byte): int(mask[byte]) for byte in np.flatnonzero(mask)}


def test_headers_and_their_offsets(shape):
    assert [(header.protocol.name, header.offset) for header in shape.headers] == [
        ("eth", 0),
        ("ip", 14),
        ("udp", 34),
        ("vxlan", 42),
        ("eth", 50),
        ("ip", 64),
        ("tcp", 84),
    ]


def test_bits_of_fields(shape):
    assert bits(shape, "ip.ttl", "vxlan.vni") == {22: 0xFF, 46: 0xFF, 47: 0xFF, 48: 0xFF}
    assert bits(shape, "ip.flags.df", "ip.dsfield.ecn") == {15: 0x03, 20: 0x40}


def test_names_resolve_to_their_header(shape):
    assert bits(shape, "inner.ip.ttl") == bits(shape, "ip.ttl#2") == {72: 0xFF}


def test_a_field_that_the_shape_lacks_has_no_bits(shape):
    assert bits(shape, "ipv6.hlim", "quoted.ip.ttl", "ip.ttl#3", "vlan.id") == {}


@pytest.mark.parametrize("name", ["tcp.options.timestamp.tsval", "tcp.len", "frame.len"])
def test_a_field_without_a_fixed_place_is_refused(shape, name):
    with pytest.raises(KeyError, match=name):
        shape.mask([name])


def test_little_endian_bits_are_in_the_order_of_the_packet():
    assert field_bits(Field("x.y", 0, "<u4", mask=0x000000FF)).tolist() == [0xFF, 0, 0, 0]
    assert field_bits(Field("x.y", 0, ">u4", mask=0x000000FF)).tolist() == [0, 0, 0, 0xFF]
