from guesses import (
    BRIDGE_MAC,
    CACHE,
    DB,
    NODE1,
    NODE1_MAC,
    NODE2,
    ROUTER_MAC,
    WEB,
    WEB_MAC,
    claim,
    draft_of,
    observations_of,
    place,
    pod,
    said,
    settle,
)

from pcapcheck.infer.bridges import find_bridges, find_parents
from pcapcheck.topology.topology import Role

GATEWAY = "10.244.1.1"
ASK = said(WEB, DB, WEB_MAC, BRIDGE_MAC)
ANSWER = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)


def bridge(number, *seen, interface="cni0"):
    return place(number, *seen, node="n1", interface=interface, role=Role.BRIDGE)


def bridged(*places, pods=(), through_tunnels=False):
    draft = draft_of(*places, pods=pods or [pod("web", WEB, mac=WEB_MAC, node="n1")])
    draft.bridged = through_tunnels
    find_bridges(draft, observations_of(*places))
    return draft.node("n1").interfaces


def test_a_bridge_has_the_mac_that_forwards_there_and_what_it_claims():
    found = bridged(bridge(0, ASK, ANSWER, claim(GATEWAY, BRIDGE_MAC)))["cni0"]
    assert (found.mac, found.addresses) == (BRIDGE_MAC, [GATEWAY])


def test_a_pods_address_is_not_the_bridges_though_it_answers_for_it():
    assert bridged(bridge(0, ASK, ANSWER, claim(WEB, BRIDGE_MAC)))["cni0"].addresses == []


def test_where_tunnels_carry_the_pods_own_frames_who_forwards_may_be_a_pod():
    another = said(NODE2, WEB, ROUTER_MAC, WEB_MAC)
    assert bridged(bridge(0, ASK, ANSWER, another), through_tunnels=True)["cni0"].mac is None
    only = claim(GATEWAY, BRIDGE_MAC)
    assert bridged(bridge(0, only), through_tunnels=True)["cni0"].mac == BRIDGE_MAC


def test_a_bridge_where_only_pods_speak_gets_no_mac():
    assert bridged(bridge(0, claim(WEB, WEB_MAC)))["cni0"].mac is None


def test_a_veth_is_on_the_bridge_that_hears_its_pod():
    veth = place(0, node="n1", interface="veth1", role=Role.VETH)
    both = bridge(1, ASK, ANSWER), bridge(2, interface="br1")
    draft = draft_of(veth, *both, pods=[pod("web", WEB, mac=WEB_MAC)])
    draft.node("n1").interfaces["veth1"].pod = "web"
    find_bridges(draft, observations_of(veth, *both))
    assert draft.node("n1").interfaces["veth1"].bridge == "cni0"


def parents(*seen, pods, node_mac=NODE1_MAC, role=Role.UPLINK):
    uplink = place(0, *seen, node="n1", role=role)
    draft = draft_of(uplink, pods=pods)
    draft.node("n1").interfaces["eth0"].mac = node_mac
    find_parents(draft, observations_of(uplink))
    return {each.name: (each.type, each.parent, each.node) for each in draft.pods.values()}


def test_a_pod_that_speaks_at_its_nodes_uplink_with_its_own_mac_is_macvlan():
    assert parents(ASK, pods=[pod("web", WEB, mac=WEB_MAC, node="n1")]) == {"web": ("macvlan", "eth0", "n1")}


def test_a_pod_that_speaks_with_its_nodes_mac_is_ipvlan_and_so_are_all_with_that_mac():
    own = said(WEB, DB, NODE1_MAC, BRIDGE_MAC)
    pods = [pod("web", WEB, mac=NODE1_MAC, node="n1"), pod("cache", CACHE, mac=NODE1_MAC)]
    assert parents(own, pods=pods) == {"web": ("ipvlan", "eth0", "n1"), "cache": ("ipvlan", "eth0", "n1")}


def test_a_pod_of_no_known_node_that_an_uplink_hears_is_macvlan_of_no_known_parent():
    assert parents(ASK, pods=[pod("web", WEB, mac=WEB_MAC)]) == {"web": ("macvlan", None, None)}


def test_a_pod_behind_its_node_is_neither():
    assert parents(pods=[pod("web", WEB, mac=WEB_MAC, node="n1")]) == {"web": (None, None, "n1")}
    routed = said(WEB, DB, NODE1_MAC, BRIDGE_MAC, ttl=63)
    assert parents(routed, pods=[pod("web", WEB, mac=WEB_MAC)]) == {"web": (None, None, None)}


def test_a_pod_under_a_vlan_is_not_under_the_uplink_too():
    vlan = place(0, ASK, node="n1", interface="eth0.5", role=Role.VLAN)
    uplink = place(1, ASK, node="n1")
    draft = draft_of(uplink, vlan, pods=[pod("web", WEB, mac=WEB_MAC, node="n1")])
    settle(draft, "n1", NODE1_MAC, NODE1)
    find_parents(draft, observations_of(uplink, vlan))
    assert draft.pods["web"].parent == "eth0.5"
