"""Compiling a shape: what becomes part of the comparison, and when there is no shape."""

import numpy as np
import pytest
from packets import arp, block, eth, gre, ip, tcp, udp, vxlan

from pcapcheck.decode.compiler import compile_shape
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})


def shape_of(packet, table=LINUX, width=160):
    layers = find_layers(block(packet), table)
    trail = [group.headers for group in layers.groups]
    return compile_shape(trail, int(layers.block.offset[0]), table, width=width, stack="", linktype=1)


def compared_bytes(shape):
    masks = {
        number * 8 + i: int(byte) for number, mask, _ in shape.words for i, byte in enumerate(mask.tobytes())
    }
    return {byte for byte, mask in masks.items() if mask}


def test_only_what_decides_the_layout_is_compared():
    shape = shape_of(eth(ip(tcp())))
    assert compared_bytes(shape) == {12, 13, 14, 20, 21, 23}
    assert shape.reach == 54


def test_lengths_and_ports_are_guards():
    shape = shape_of(eth(ip(udp(b"x" * 40, dport=53))))
    assert [(extent.offset, extent.least) for extent in shape.extents] == [(16, 28), (38, 8)]
    assert [ports.offset for ports in shape.ports] == [34]


def test_optional_words_of_gre_have_a_fixed_place_in_their_shape():
    shape = shape_of(eth(ip(gre(ip(tcp()), key=5))))
    assert np.flatnonzero(shape.mask(["gre.key"])).tolist() == [38, 39, 40, 41]
    assert shape.mask(["gre.checksum"]).sum() == 0


def test_conditions_of_fields_are_compared_too():
    assert {18, 19, 20, 21} - compared_bytes(shape_of(eth(arp()))) == {20, 21}


@pytest.mark.parametrize(
    ("packet", "width"),
    [
        (eth(ip(tcp()))[:40], 160),
        (eth(ip(udp(vxlan(b"")))), 160),
        (eth(ip(udp(vxlan(eth(ip(tcp())))))), 64),
    ],
    ids=["cut off", "cut where something follows", "wider than a row"],
)
def test_no_shape(packet, width):
    assert shape_of(packet, width=width) is None
