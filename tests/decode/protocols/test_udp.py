"""UDP: ports choose what follows, the lower one first."""

from packets import block, eth, geneve, ip, ipv6, udp, vxlan

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table


def stack_of(packet, table):
    layers = find_layers(block(packet), table)
    return layers.stacks[layers.stack[0]]


def test_fields():
    layers = find_layers(block(eth(ip(udp(b"abcd", sport=1, dport=2, checksum=3)))), dissector_table())
    names = ("udp.srcport", "udp.dstport", "udp.length", "udp.checksum")
    assert [column(layers, name).tolist()[0] for name in names] == [1, 2, 12, 3]


def test_either_port_names_the_tunnel():
    answer = eth(ip(udp(vxlan(eth()), sport=4789, dport=50000)))
    assert stack_of(answer, dissector_table()) == "eth:ip:udp:vxlan:eth"


def test_the_lower_port_decides_where_both_name_one():
    both = eth(ip(udp(vxlan(eth()), sport=6081, dport=4789)))
    assert stack_of(both, dissector_table()) == "eth:ip:udp:vxlan:eth"


def test_what_lies_behind_the_udp_length_is_no_payload():
    short = eth(ip(udp(vxlan(eth()), dport=4789, length=8)))
    assert stack_of(short, dissector_table()) == "eth:ip:udp"


def test_a_table_entry_may_name_ip_itself():
    fou = eth(ip(udp(ip(udp()), dport=5555)))
    assert stack_of(fou, dissector_table({"udp.port": {5555: "ip"}})) == "eth:ip:udp:ip:udp"


def test_a_table_entry_may_be_taken_away():
    packet = eth(ipv6(udp(geneve(eth()), dport=6081)))
    assert stack_of(packet, dissector_table({"udp.port": {6081: "none"}})) == "eth:ipv6:udp"
