from guesses import DB, DB_MAC, NODE1_MAC, NODE2_MAC, WEB, WEB_MAC, nearer, place, said

from pcapcheck.infer.nearness import Nearness
from pcapcheck.infer.observations import HomeNodes
from pcapcheck.topology.topology import Role

ROUTED = said(WEB, DB, NODE1_MAC, NODE2_MAC, ttl=63)
ONE, TWO = place(1, ROUTED, node="n1"), place(2, ROUTED, node="n2")


def home_nodes(*places, order=()):
    return HomeNodes(places, Nearness(order))


def test_an_address_is_on_the_node_where_its_exchanges_enter_the_network():
    found = home_nodes(ONE, TWO, order=nearer(WEB, DB, 1, 2))
    assert (found.of(WEB), found.of(DB)) == ({"n1": 1}, {"n2": 1})


def test_each_exchange_is_a_vote():
    order = [*nearer(WEB, DB, 1, 2), *nearer(WEB, "10.244.2.6", 1, 2), *nearer(WEB, "10.244.2.7", 2, 1)]
    assert home_nodes(ONE, TWO, order=order).of(WEB) == {"n1": 2, "n2": 1}


def test_two_captures_of_one_node_do_not_tell_its_side():
    bridge = place(2, ROUTED, node="n1", interface="cni0", role=Role.BRIDGE)
    assert home_nodes(ONE, bridge, order=nearer(WEB, DB, 2, 1)).of(WEB) == {}


def test_the_inside_of_a_pod_is_on_no_side():
    inside = place(0, ROUTED, node="n2", pod="web", role=Role.POD)
    assert home_nodes(inside, ONE, order=nearer(WEB, DB, 0, 1)).of(WEB) == {}


def test_a_pod_on_the_nodes_network_that_one_of_several_uplinks_heard_is_there():
    fresh = place(1, said(WEB, DB, WEB_MAC, DB_MAC), node="n1")
    under = place(3, said(WEB, DB, WEB_MAC, DB_MAC), node="n1", interface="eth0.5", role=Role.VLAN)
    order = nearer(WEB, DB, 3, 1)
    assert home_nodes(fresh, under, TWO, order=order).of(WEB) == {"n1": 1}
    assert home_nodes(fresh, under, order=order).of(WEB) == {}
