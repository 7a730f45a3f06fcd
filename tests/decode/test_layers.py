"""The wavefront: stacks, lengths, link types, and any bytes at all."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from mixtures import packets as mixed_packets
from packets import block, eth, ip, tcp, udp, vlan, vxlan

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import MAX_HEADERS, find_layers
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})
FRAME = eth(ip(tcp(dport=5432)))


def stacks(layers):
    return [layers.stacks[number] for number in layers.stack]


def test_a_block_of_many_kinds_is_split_by_protocol():
    layers = find_layers(block(FRAME, eth(ip(udp(vxlan(FRAME)))), eth(b"?"), b"?"), LINUX)
    assert stacks(layers) == ["eth:ip:tcp", "eth:ip:udp:vxlan:eth:ip:tcp", "eth", "eth"]


def test_an_empty_block_and_an_empty_packet_have_no_layers():
    assert find_layers(block(), LINUX).groups == ()
    assert stacks(find_layers(block(b""), LINUX)) == [""]


def test_an_unknown_link_type_has_no_layers():
    assert stacks(find_layers(block(FRAME, linktype=147), LINUX)) == [""]
    assert stacks(find_layers(block(FRAME, linktype=-1), LINUX)) == [""]
    assert stacks(find_layers(block(FRAME, linktype=1 << 31), LINUX)) == [""]


def test_each_interface_has_its_link_type():
    mixed = block(FRAME, FRAME[14:])
    mixed = type(mixed)(**{name: getattr(mixed, name) for name in mixed.__slots__} | {"linktype": (1, 101)})
    mixed.interface[1] = 1
    assert stacks(find_layers(mixed, LINUX)) == ["eth:ip:tcp", "raw:ip:tcp"]


def test_an_interface_that_was_never_described_has_no_layers():
    lost = block(FRAME)
    lost.interface[0] = 7
    assert stacks(find_layers(lost, LINUX)) == [""]


def test_a_layer_needs_one_captured_byte():
    layers = find_layers(block(FRAME[:34], FRAME[:35]), LINUX)
    assert stacks(layers) == ["eth:ip", "eth:ip:tcp"]


def test_an_inner_length_cannot_reach_beyond_the_outer_one():
    inner = eth(ip(tcp(b"x" * 100), len_=140))
    layers = find_layers(block(eth(ip(udp(vxlan(inner)), len_=98))), LINUX)
    assert column(layers, "tcp.len").tolist() == [8]


def test_tags_without_end_are_cut_off():
    tags = vlan(type=0x8100) * 1000
    layers = find_layers(block(eth(tags, type=0x8100)), LINUX)
    assert stacks(layers)[0].count("vlan") == MAX_HEADERS - 1


@given(
    st.lists(st.binary(max_size=200), max_size=20),
    st.sampled_from([0, 1, 9, 12, 51, 101, 108, 113, 228, 229, 276]),
)
@settings(deadline=None)
def test_any_bytes_give_a_result(packets, linktype):
    layers = find_layers(block(*packets, linktype=linktype), dissector_table(by_content=True))
    assert len(layers.stack) == len(packets)


@given(mixed_packets(), mixed_packets())
@settings(deadline=None, max_examples=50)
def test_a_packet_is_decoded_the_same_in_any_company(some, others):
    together, alone = find_layers(block(*some, *others), LINUX), find_layers(block(*some), LINUX)
    assert stacks(together)[: len(some)] == stacks(alone)
    names = ("inner.ip.src", "tcp.len", "inner.udp.dstport")
    assert all(column(together, name).tolist()[: len(some)] == column(alone, name).tolist() for name in names)


@given(mixed_packets())
@settings(deadline=None, max_examples=50)
def test_headers_lie_within_their_packet(packets):
    layers = find_layers(block(*packets), dissector_table(by_content=True))
    for group in layers.groups:
        begin = layers.block.offset[group.packet]
        assert (group.headers.start >= begin).all()
        assert (group.headers.start < group.headers.stop).all()
        assert (group.headers.stop <= begin + layers.block.captured[group.packet]).all()
        assert len(np.unique(group.packet)) == len(group.packet)
