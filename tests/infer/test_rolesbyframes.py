import pytest
from guesses import (
    BRIDGE_MAC,
    CACHE,
    DB,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    WEB,
    WEB_MAC,
    said,
    tunnelled,
    vantage,
)

from pcapcheck.infer.rolesbyframes import LOOPBACK, role_seen
from pcapcheck.topology.topology import Role

CACHE_MAC = "02:00:00:00:00:16"
ASK = said(WEB, DB, WEB_MAC, BRIDGE_MAC)
ANSWER = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)
NEIGHBOURS_ASK = said(CACHE, DB, CACHE_MAC, BRIDGE_MAC)


def role(*seen, nearest=None, tunnelled=(), **rest):
    return role_seen(vantage(0, *seen, **rest), frozenset(tunnelled), lambda address: nearest)


def test_a_capture_without_packets_has_no_role():
    assert role() is None


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.53", "::1"])
def test_who_speaks_to_itself_does_so_at_the_loopback(address):
    assert role(said(address, address, None, None)) == Role.LO
    assert role(said(address, address, None, None), ASK) != Role.LO


def test_the_link_layer_tells_loopbacks_and_tunnels():
    assert role(ASK, hatype=LOOPBACK) == Role.LO
    assert role(ASK, hatype=768) == Role.TUNNEL
    assert role(ASK, linktype=101) == Role.TUNNEL


def test_tunnels_and_tags_are_seen_at_uplinks():
    assert role(tunnelled(WEB, DB, NODE1, NODE2, NODE1_MAC, NODE2_MAC)) == Role.UPLINK
    assert role(ASK._replace(tag=5)) == Role.UPLINK


def test_frames_that_are_in_a_tunnel_elsewhere_are_at_its_device():
    assert role(ASK, tunnelled=[(WEB_MAC, BRIDGE_MAC)]) == Role.VTEP
    assert role(ASK._replace(mac_to=None), tunnelled=[(WEB_MAC, BRIDGE_MAC)]) == Role.VTEP
    assert role(ASK, NEIGHBOURS_ASK, tunnelled=[(WEB_MAC, BRIDGE_MAC)]) != Role.VTEP


def test_one_station_that_speaks_for_itself_is_a_pod_unless_another_capture_is_nearer_to_it():
    assert role(ASK, ANSWER) == Role.POD
    assert role(ASK, ANSWER, nearest=True) == Role.POD
    assert role(ASK, ANSWER, nearest=False) == Role.VETH


def test_several_stations_and_one_that_forwards_are_on_a_bridge():
    assert role(ASK, ANSWER, NEIGHBOURS_ASK) == Role.BRIDGE
    assert role(ASK, ANSWER, NEIGHBOURS_ASK, said(NODE2, NODE1, NODE2_MAC, NODE1_MAC, ttl=63)) == Role.UPLINK


def test_at_an_interface_of_a_node_its_pods_come_in():
    came = ASK._replace(out=False)
    assert role(came, ANSWER._replace(out=True), index=3) == Role.VETH
    assert role(came, ANSWER._replace(out=True), index=3, nearest=False) == Role.BRIDGE
    assert role(came, NEIGHBOURS_ASK._replace(out=False), index=3) == Role.BRIDGE


def test_at_an_interface_of_a_node_others_routed_packets_come_in_by_its_uplink():
    assert role(ASK._replace(out=True), ANSWER._replace(out=False), index=2) == Role.UPLINK
    assert role(ASK._replace(out=True), index=2) == Role.UPLINK
