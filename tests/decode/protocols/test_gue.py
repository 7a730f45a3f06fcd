"""GUE: versions 0 and 1."""

from packets import block, eth, ip, tcp, udp

from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table

GUE = dissector_table({"udp.port": {6080: "gue"}})


def stack_of(payload):
    layers = find_layers(block(eth(ip(udp(payload, dport=6080)))), GUE)
    return layers.stacks[layers.stack[0]]


def test_version_0_names_a_protocol():
    assert stack_of(b"\x00\x04\x00\x00" + ip(tcp())) == "eth:ip:udp:gue:ip:tcp"


def test_optional_words_are_skipped():
    assert stack_of(b"\x02\x04\x00\x00" + bytes(8) + ip(tcp())) == "eth:ip:udp:gue:ip:tcp"


def test_version_1_is_the_packet_itself():
    assert stack_of(ip(tcp())) == "eth:ip:udp:gue:ip:tcp"


def test_control_messages_carry_nothing():
    assert stack_of(b"\x20\x04\x00\x00" + ip(tcp())) == "eth:ip:udp:gue"
