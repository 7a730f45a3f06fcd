"""802.1ad: a service tag before a customer's."""

from packets import block, eth, ip, tcp, vlan

from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import dissector_table
from pcapcheck.decode.stack import form, matches


def test_service_and_customer_tag_have_names_of_their_own():
    packet = eth(vlan(vlan(ip(tcp()), id=20), id=10, priority=5, dei=1, type=0x8100), type=0x88A8)
    layers = find_layers(block(packet), dissector_table())
    assert layers.stacks[layers.stack[0]] == "eth:ieee8021ad:vlan:ip:tcp"
    assert column(layers, "ieee8021ad.id").tolist() == [10]
    assert column(layers, "ieee8021ad.priority").tolist() == [5]
    assert column(layers, "ieee8021ad.dei").tolist() == [1]
    assert column(layers, "vlan.id").tolist() == [20]


def test_service_tags_belong_to_the_link_layer():
    stack = "eth:ieee8021ad:vlan:ip:udp:vxlan:eth:ip:tcp"
    assert matches("link:ip:udp:vxlan:*", stack)
    assert form(stack) == "vxlan"
