"""Fields that were not printed have no values, however they are named."""

from dataclasses import replace

from packets import block, eth, ip, tcp, udp, vxlan

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.printed import is_absent
from pcapcheck.decode.registry import dissector_table

TABLE = dissector_table({"udp.port": {8472: "vxlan"}})
TUNNEL = eth(ip(udp(vxlan(eth(ip(tcp(dport=80), ttl=63, proto=6))))))


def read(name, *absent):
    packets = replace(block(TUNNEL), absent=(frozenset(absent),))
    return column(find_layers(packets, TABLE), name).tolist()


def test_field_that_was_not_printed_is_absent_at_every_depth():
    assert read("ip.ttl", "ip.ttl") == [None]
    assert read("inner.ip.ttl", "ip.ttl") == [None]
    assert read("inner.tcp.dstport", "ip.ttl") == [80]


def test_name_stands_for_all_fields_that_begin_so():
    assert read("ip.flags.df", "ip.flags") == [None]


def test_outermost_alone_may_be_absent():
    assert read("eth.src", "eth.src#1") == [None]
    assert read("inner.eth.src", "eth.src#1") != [None]


def test_quoted_packets_have_names_of_their_own():
    assert is_absent("ip.ttl", frozenset({"quoted.ip.ttl"}), quoted=True)
    assert not is_absent("ip.ttl", frozenset({"quoted.ip.ttl"}))
    assert not is_absent("ip.ttl", frozenset({"ip.ttl"}), quoted=True)
