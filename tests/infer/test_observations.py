from guesses import (
    BRIDGE_MAC,
    DB,
    DB_MAC,
    NODE1_MAC,
    WEB,
    WEB_MAC,
    claim,
    nearer,
    observations_of,
    place,
    said,
)

from pcapcheck.topology.topology import Role

INSIDE = place(0, said(WEB, DB, WEB_MAC, BRIDGE_MAC), pod="web", role=Role.POD)
VETH = place(1, said(WEB, DB, WEB_MAC, BRIDGE_MAC), node="n1", interface="veth1", role=Role.VETH)
UPLINK = place(2, said(WEB, DB, NODE1_MAC, DB_MAC, ttl=63), node="n1")


def test_places_are_found_by_their_roles():
    observations = observations_of(INSIDE, VETH, UPLINK)
    assert observations.of_role(Role.VETH, Role.UPLINK) == [VETH, UPLINK]
    assert observations.of_role(Role.BRIDGE) == []


def test_a_veth_is_not_compared_with_the_inside_of_pods():
    observations = observations_of(INSIDE, VETH, UPLINK, order=nearer(WEB, DB, 0, 1, 2))
    assert observations.is_nearest(VETH, WEB) is True
    assert observations.is_nearest(INSIDE, WEB) is True


def test_the_inside_of_a_pod_is_compared_with_all():
    observations = observations_of(INSIDE, VETH, UPLINK, order=nearer(WEB, DB, 1, 0, 2))
    assert observations.is_nearest(INSIDE, WEB) is False


def test_gateways_forward_at_pods_veths_and_bridges_and_not_at_uplinks():
    routed = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)
    near = place(0, routed, node="n1", interface="cni0", role=Role.BRIDGE)
    assert observations_of(near, UPLINK).gateways == {BRIDGE_MAC}


def heard(here, there):
    first = place(0, claim(WEB, WEB_MAC, first=here), pod="web", role=Role.POD)
    second = place(1, claim(WEB, WEB_MAC, first=there), node="n1", interface="cni0", role=Role.BRIDGE)
    return observations_of(first, second).heard_first(first, WEB_MAC)


def test_a_claim_is_heard_first_where_it_was_made():
    assert heard(here=5, there=9) is True
    assert heard(here=9, there=5) is False
    assert heard(here=5, there=5) is False


def test_what_was_heard_nowhere_else_was_not_heard_first():
    alone = place(0, claim(WEB, WEB_MAC), pod="web", role=Role.POD)
    assert observations_of(alone).heard_first(alone, WEB_MAC) is None
