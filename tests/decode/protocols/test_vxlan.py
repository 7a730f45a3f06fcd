"""VXLAN: what it carries, where its fields lie, what happens when it is cut off, how it is recognised."""

import pytest
from packets import block, eth, ip, ipv6, tcp, udp, vlan, vxlan

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

LINUX = dissector_table({"udp.port": {8472: "vxlan"}})
BY_CONTENT = dissector_table(by_content=True)
FRAME = eth(ip(tcp(dport=5432), ttl=63))


def test_vni_is_the_upper_24_bits_of_the_second_word():
    layers = find_layers(block(eth(ip(udp(vxlan(FRAME, vni=0x123456))))), LINUX)
    assert column(layers, "vxlan.vni").tolist() == [0x123456]


def test_inner_and_outer_occurrence_are_told_apart():
    layers = find_layers(block(eth(ip(udp(vxlan(FRAME)), ttl=64))), LINUX)
    assert column(layers, "ip.ttl").tolist() == [64]
    assert column(layers, "inner.ip.ttl").tolist() == [63]


def test_port_8472_is_not_vxlan_unless_the_profile_says_so():
    layers = find_layers(block(eth(ip(udp(vxlan(FRAME))))), dissector_table())
    assert column(layers, "vxlan.vni").tolist() == [None]


def test_header_cut_by_the_snap_length_has_no_fields():
    packet = eth(ip(udp(vxlan(FRAME))))
    layers = find_layers(block(packet[: 14 + 20 + 8 + 7], packet), LINUX)
    assert column(layers, "vxlan.vni").tolist() == [None, 1]


def test_group_policy():
    layers = find_layers(block(eth(ip(udp(vxlan(FRAME, flags=0x8800, group=77))))), LINUX)
    assert column(layers, "vxlan.gbp").tolist() == [77]
    assert column(layers, "vxlan.flag_g").tolist() == [1]


@pytest.mark.parametrize("frame", [FRAME, eth(ipv6(tcp())), eth(vlan(ip(tcp())), type=0x8100)])
def test_content_tells_vxlan_on_a_port_that_nobody_named(frame):
    layers = find_layers(block(eth(ip(udp(vxlan(frame, vni=5), dport=9999)))), BY_CONTENT)
    assert column(layers, "vxlan.vni").tolist() == [5]


@pytest.mark.parametrize(
    "payload", [b"", b"\x08", vxlan(FRAME, flags=0x0C00), vxlan(bytes(60)), vxlan(FRAME)[:20]]
)
def test_other_content_is_no_vxlan(payload):
    layers = find_layers(block(eth(ip(udp(payload, dport=9999)))), BY_CONTENT)
    assert column(layers, "vxlan.vni").tolist() == [None]


def test_content_is_not_asked_where_a_table_names_the_port():
    layers = find_layers(block(eth(ip(udp(vxlan(FRAME), dport=51820)))), BY_CONTENT)
    assert layers.stacks[layers.stack[0]] == "eth:ip:udp:wg"
