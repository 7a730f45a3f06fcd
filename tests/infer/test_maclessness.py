"""Nodes and pods of packets without MACs, as text shows them."""

from guesses import nearer, observations_of, place, tunnelled
from guesses import said as plain

from pcapcheck.infer.maclessness import is_macless, own_outer_addresses, pods_here
from pcapcheck.topology.topology import Role

NODE, OTHER = "192.168.0.1", "192.168.0.2"
POD, PEER, GATEWAY = "10.1.0.2", "10.1.1.3", "10.1.0.1"


def data(source, destination, first=0, **rest):
    return plain(source, destination, None, None, first=first, **rest)


def asks(asker, asked):
    return plain(asker, asked, None, None, kind="arp")


def in_tunnel(source, destination, outer, first=0, **rest):
    return tunnelled(source, destination, *outer, None, None, first=first, **rest)


def test_what_the_node_showed_before_the_tunnel_it_sends_itself():
    uplink = place(0, in_tunnel(POD, PEER, (NODE, OTHER), first=20), node="node1")
    device = place(1, data(POD, PEER, first=10), node="node1", interface="flannel.1", role=Role.VTEP)
    assert own_outer_addresses(uplink, observations_of(uplink, device)) == [NODE]


def test_what_the_node_showed_after_the_tunnel_it_receives():
    uplink = place(0, in_tunnel(POD, PEER, (OTHER, NODE), first=10), node="node1")
    device = place(1, data(POD, PEER, first=20), node="node1", interface="flannel.1", role=Role.VTEP)
    assert own_outer_addresses(uplink, observations_of(uplink, device)) == [NODE]


def test_direction_of_a_cooked_packet_tells_whose_address_it_is():
    uplink = place(0, in_tunnel(POD, PEER, (NODE, OTHER), out=True), node="node1")
    assert own_outer_addresses(uplink, observations_of(uplink)) == [NODE]


def test_uplink_alone_tells_nothing():
    uplink = place(0, in_tunnel(POD, PEER, (NODE, OTHER)), node="node1")
    assert own_outer_addresses(uplink, observations_of(uplink)) == []


def test_pod_is_the_end_of_the_packets_that_arp_is_about():
    inside = place(0, data(POD, PEER), asks(POD, GATEWAY), pod="web", role=Role.POD)
    assert is_macless(inside.vantage)
    assert pods_here(inside, observations_of(inside)) == (POD,)


def test_two_ends_on_one_network_are_told_by_their_order_or_not_at_all():
    both = (data(POD, PEER), asks(POD, PEER))
    inside, beyond = place(0, *both, pod="web", role=Role.POD), place(1, *both, node="node1")
    assert pods_here(inside, observations_of(inside, beyond)) == ()
    order = nearer(POD, PEER, 0, 1)
    assert pods_here(inside, observations_of(inside, beyond, order=order)) == (POD,)


def test_bridge_has_the_pods_that_arp_is_about_but_not_its_own_address():
    bridge = place(0, data(POD, PEER), data(GATEWAY, POD), asks(GATEWAY, POD), node="n", role=Role.BRIDGE)
    assert pods_here(bridge, observations_of(bridge)) == (POD,)
