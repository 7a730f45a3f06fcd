import pytest
from guesses import (
    DB,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    ROUTER_MAC,
    WEB,
    WEB_MAC,
    claim,
    draft_of,
    nearer,
    observations_of,
    place,
    pod,
    said,
    translation,
    tunnelled,
)

from pcapcheck.infer.uplinks import find_uplinks
from pcapcheck.topology.topology import Role

OUT = tunnelled(WEB, DB, NODE1, NODE2, NODE1_MAC, NODE2_MAC)
BACK = tunnelled(DB, WEB, NODE2, NODE1, NODE2_MAC, NODE1_MAC)
PODS = {"web": (WEB, "n1"), "db": (DB, "n2")}


def found(*places, pods=PODS, order=(), translations=(), mac=None):
    made = [pod(name, address, node=node, mac=mac) for name, (address, node) in pods.items()]
    draft = draft_of(*places, pods=made)
    find_uplinks(draft, observations_of(*places, order=order, translations=translations))
    return {
        (node.name, each.name): (each.mac, each.addresses)
        for node in draft.nodes.values()
        for each in node.interfaces.values()
    }


def at(node, *seen, number=0, **rest):
    return place(number, *seen, node=node, **rest)


def test_a_nodes_own_mac_sends_what_its_pods_say():
    assert found(at("n1", OUT, BACK)) == {("n1", "eth0"): (NODE1_MAC, [NODE1])}
    assert found(at("n2", OUT, BACK)) == {("n2", "eth0"): (NODE2_MAC, [NODE2])}


def test_the_link_layer_tells_which_frames_left():
    assert found(at("n1", OUT._replace(out=True), BACK._replace(out=False)), pods={}) == {
        ("n1", "eth0"): (NODE1_MAC, [NODE1])
    }


def test_where_as_much_speaks_for_either_mac_none_is_the_nodes():
    assert found(at("n1", OUT, BACK), pods={}) == {("n1", "eth0"): (None, [])}


def test_who_gets_what_is_for_the_nodes_own_side_is_the_nodes():
    assert found(at("n1", BACK), pods={"web": (WEB, "n1")})["n1", "eth0"][0] == NODE1_MAC
    asks = BACK._replace(kind="arp")
    assert found(at("n1", asks), pods={"web": (WEB, "n1")})["n1", "eth0"][0] != NODE2_MAC


def test_where_all_speaks_against_a_mac_it_is_not_the_nodes():
    spoken = said(DB, "10.9.9.9", NODE2_MAC, ROUTER_MAC), said("10.9.9.9", DB, ROUTER_MAC, NODE2_MAC)
    assert found(at("n1", *spoken), pods={"db": (DB, "n2")})["n1", "eth0"][0] is None


def test_a_packet_that_came_back_says_nothing_of_its_sender():
    looped = BACK._replace(source=WEB, destination=DB, inner_ttl=60, packets=99)
    assert found(at("n1", OUT, looped)) == {("n1", "eth0"): (NODE1_MAC, [NODE1])}


def test_addresses_of_the_nodes_side_are_known_from_the_order_of_captures():
    both = at("n1", OUT, BACK, number=0), at("n2", OUT, BACK, number=1)
    assert found(*both, pods={}, order=nearer(WEB, DB, 0, 1)) == {
        ("n1", "eth0"): (NODE1_MAC, [NODE1]),
        ("n2", "eth0"): (NODE2_MAC, [NODE2]),
    }


def test_what_stands_for_a_nodes_own_pod_is_its_side_too():
    asked, answered = (
        said(NODE1, "8.8.8.8", NODE1_MAC, ROUTER_MAC),
        said("8.8.8.8", NODE1, ROUTER_MAC, NODE1_MAC),
    )
    masked = translation((WEB, 4000, "8.8.8.8", 53), (NODE1, 5000, "8.8.8.8", 53))
    assert found(at("n1", asked, answered), translations=[masked])["n1", "eth0"] == (NODE1_MAC, [NODE1])


@pytest.mark.parametrize(
    ("more", "addresses"),
    [
        ([claim("192.168.0.11", NODE1_MAC)], ["192.168.0.1", "192.168.0.11"]),
        ([claim("192.168.0.11", NODE2_MAC)], [NODE1]),
        ([claim(WEB, NODE1_MAC)], [NODE1]),
        ([OUT._replace(outer_from="192.168.0.12")], [NODE1]),
        ([said("fd00::1", "fd00::2", NODE1_MAC, NODE2_MAC)], [NODE1, "fd00::1"]),
    ],
    ids=["claims", "others claim", "a pod's", "sends under", "another family"],
)
def test_an_interface_has_what_it_claims_or_gets_tunnels_under(more, addresses):
    assert found(at("n1", OUT, BACK, *more))["n1", "eth0"] == (NODE1_MAC, addresses)


def test_an_interface_that_gets_nothing_has_the_only_address_that_it_sends_under():
    assert found(at("n1", OUT))["n1", "eth0"] == (NODE1_MAC, [NODE1])
    two = OUT._replace(outer_from="192.168.0.12")
    assert found(at("n1", OUT, two))["n1", "eth0"] == (NODE1_MAC, [])


def test_a_pods_own_mac_is_not_its_nodes_and_one_that_claims_more_may_be():
    own = said(WEB, DB, WEB_MAC, NODE2_MAC)
    only_web = {"web": (WEB, "n1")}
    assert found(at("n1", own), pods=only_web, mac=WEB_MAC)["n1", "eth0"][0] is None
    shared = found(at("n1", own, claim(NODE1, WEB_MAC)), pods=only_web, mac=WEB_MAC)
    assert shared["n1", "eth0"] == (WEB_MAC, [NODE1])


def test_the_only_mac_left_is_the_nodes():
    asks = said(NODE1, "8.8.8.8", NODE1_MAC, ROUTER_MAC)
    answers = said("8.8.8.8", NODE1, ROUTER_MAC, NODE1_MAC, ttl=50)
    assert found(at("n1", asks, answers), pods={}) == {("n1", "eth0"): (NODE1_MAC, [NODE1])}


def test_a_vlan_has_the_mac_whose_claims_are_tagged_after_they_were_heard_there():
    mine, theirs = claim(NODE1, NODE1_MAC, first=1), claim(NODE2, NODE2_MAC, first=9)
    tagged = [mine._replace(tag=5, first=2), theirs._replace(tag=5, first=8)]
    uplink = at("n1", *tagged, interface="eth0")
    vlan = at("n1", mine, theirs, number=1, interface="eth0.5", role=Role.VLAN)
    assert found(uplink, vlan, pods={})["n1", "eth0.5"] == (NODE1_MAC, [NODE1])


def test_a_node_whose_uplink_was_not_captured_has_what_its_pods_packets_have_elsewhere():
    bridge = at("n2", number=1, interface="cni0", role=Role.BRIDGE)
    assert found(at("n1", OUT, BACK), bridge)["n2", "uplink"] == (None, [NODE2])
    claimed = found(at("n1", OUT, BACK, claim(NODE2, NODE2_MAC)), bridge)
    assert claimed["n2", "uplink"] == (NODE2_MAC, [NODE2])


def test_of_routed_pods_it_is_the_mac_that_sends_after_one_hop():
    bridge = at("n2", number=1, interface="cni0", role=Role.BRIDGE)
    routed = said(DB, WEB, NODE2_MAC, NODE1_MAC, ttl=63)
    assert found(at("n1", routed, claim(NODE2, NODE2_MAC)), bridge)["n2", "uplink"] == (NODE2_MAC, [NODE2])
    far = found(at("n1", routed._replace(ttl=62)), bridge)
    assert ("n2", "uplink") not in far
