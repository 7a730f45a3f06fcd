import pytest
from guesses import (
    CACHE,
    DB,
    DB_MAC,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    ROUTER_MAC,
    WEB,
    WEB_MAC,
    claim,
    draft_of,
    observations_of,
    place,
    pod,
    settle,
    tunnelled,
)

from pcapcheck.bind.vantagepoint import TrafficSeen
from pcapcheck.infer.overlay import find_devices, find_hidden_pods, find_remote_nodes
from pcapcheck.topology.topology import Role

VTEP1, VTEP2 = "02:aa:00:00:00:01", "02:aa:00:00:00:02"
OUT = tunnelled(WEB, DB, NODE1, NODE2, NODE1_MAC, NODE2_MAC, inner_from=VTEP1, inner_to=VTEP2, inner_ttl=63)
BACK = tunnelled(DB, WEB, NODE2, NODE1, NODE2_MAC, NODE1_MAC, inner_from=VTEP2, inner_to=VTEP1, inner_ttl=63)


def guess(*seen, pods=(), own=NODE1_MAC, places=()):
    uplink = place(0, *seen, node="n1")
    draft = draft_of(uplink, *places, pods=pods)
    settle(draft, "n1", own, NODE1)
    return draft, observations_of(uplink, *places)


def nodes(*seen, **rest):
    draft, observations = guess(*seen, **rest)
    find_remote_nodes(draft, observations)
    return {
        each.name: (each.addresses, each.interfaces["uplink"].mac) for each in list(draft.nodes.values())[1:]
    }


def test_who_sends_tunnels_and_was_not_captured_is_a_node():
    assert nodes(OUT, BACK) == {NODE2: ([NODE2], NODE2_MAC)}


def test_where_tunnels_are_sent_to_is_no_evidence_of_a_node():
    assert nodes(OUT) == {}


def test_behind_a_router_the_mac_of_a_node_is_not_known_unless_it_claims_its_address():
    routed = BACK._replace(ttl=63, mac_from=ROUTER_MAC)
    assert nodes(routed) == {NODE2: ([NODE2], None)}
    assert nodes(routed, claim(NODE2, NODE2_MAC)) == {NODE2: ([NODE2], NODE2_MAC)}


def test_two_addresses_of_one_mac_are_of_one_node():
    assert nodes(BACK, BACK._replace(outer_from="fd00::2")) == {NODE2: ([NODE2, "fd00::2"], NODE2_MAC)}


@pytest.mark.parametrize("address", [WEB, NODE1, "fe80::2"])
def test_pods_known_nodes_and_link_local_addresses_are_no_further_nodes(address):
    assert nodes(BACK._replace(outer_from=address), pods=[pod("web", WEB)]) == {}


def test_where_a_captured_nodes_own_mac_is_not_known_none_is_added():
    assert nodes(BACK, own=None) == {}


def devices(*seen, **rest):
    draft, observations = guess(*seen, **rest)
    find_remote_nodes(draft, observations)
    find_devices(draft, observations)
    return draft, {
        (node.name, each.name): each.mac for node in draft.nodes.values() for each in node.of_role(Role.VTEP)
    }


def test_tunnels_start_at_devices_with_the_macs_that_nodes_send_with():
    assert devices(OUT, BACK)[1] == {("n1", "vtep"): VTEP1, (NODE2, "vtep"): VTEP2}


def test_where_others_believe_a_device_to_be_is_no_evidence():
    assert devices(OUT._replace(inner_to="02:aa:00:00:00:99"))[1] == {("n1", "vtep"): VTEP1}


def test_a_captured_device_gets_the_mac_and_no_second_one_is_made():
    device = place(1, node="n1", interface="flannel.1", role=Role.VTEP)
    assert devices(OUT, places=[device])[1] == {("n1", "flannel.1"): VTEP1}


def test_at_a_captured_device_its_own_mac_sends_what_local_pods_say_or_leaves():
    said_there = TrafficSeen(source=WEB, destination=DB, mac_from=VTEP1, mac_to=VTEP2)
    answered = said_there._replace(source=DB, mac_from=VTEP2, packets=9)
    device = place(1, said_there, answered, node="n1", interface="flannel.1", role=Role.VTEP)
    web = pod("web", WEB, mac=WEB_MAC, node="n1")
    assert devices(places=[device], pods=[web])[1] == {("n1", "flannel.1"): VTEP1}
    assert devices(places=[device])[1] == {("n1", "flannel.1"): None}
    left = place(1, answered._replace(out=True), node="n1", interface="flannel.1", role=Role.VTEP)
    assert devices(places=[left])[1] == {("n1", "flannel.1"): VTEP2}


def test_a_pods_own_mac_is_no_devices():
    own = TrafficSeen(source=WEB, destination=DB, mac_from=WEB_MAC, mac_to=VTEP2)
    device = place(1, own, node="n1", interface="flannel.1", role=Role.VTEP)
    assert devices(places=[device], pods=[pod("web", WEB, mac=WEB_MAC, node="n1")])[1] == {
        ("n1", "flannel.1"): None
    }


def test_a_node_whose_device_is_known_gets_no_second_one():
    said_there = TrafficSeen(source=WEB, destination=DB, mac_from=VTEP1, mac_to=VTEP2)
    device = place(1, said_there, node="n1", interface="flannel.1", role=Role.VTEP)
    found = devices(OUT, places=[device], pods=[pod("web", WEB, mac=WEB_MAC, node="n1")])[1]
    assert found == {("n1", "flannel.1"): VTEP1}


@pytest.mark.parametrize("other", [{"kind": "arp"}, {"form": "ipip"}, {"outer_from": "192.168.0.99"}])
def test_only_data_in_frames_from_a_node_tells_of_its_device(other):
    strange = OUT._replace(inner_from="02:aa:00:00:00:77", packets=99, **other)
    assert devices(OUT, strange)[1]["n1", "vtep"] == VTEP1


def test_ipv6_may_have_a_device_of_its_own():
    six = OUT._replace(source="fd00::5", destination="fd00::9", inner_from="02:aa:00:00:00:06")
    assert devices(OUT, six)[1] == {("n1", "vtep"): VTEP1, ("n1", "vtep2"): "02:aa:00:00:00:06"}


def test_where_most_frames_in_tunnels_are_the_pods_own_there_is_no_device():
    own = OUT._replace(inner_from=WEB_MAC, inner_to=DB_MAC)
    draft, found = devices(own, pods=[pod("web", WEB, mac=WEB_MAC)])
    assert (draft.bridged, found) == (True, {})


def hidden(*seen, pods=(), translated=()):
    draft, observations = guess(*seen, pods=pods)
    find_remote_nodes(draft, observations)
    find_hidden_pods(draft, observations, frozenset(translated))
    return draft


def told(draft):
    return {each.name: each.node for each in draft.pods.values()}


def test_pods_of_which_only_tunnels_tell_are_on_the_nodes_that_send_for_them():
    assert told(hidden(OUT, BACK)) == {f"pod-{WEB}": "n1", f"pod-{DB}": NODE2}


def test_who_only_gets_something_is_believed_where_it_is_sent_to_if_that_is_a_node():
    assert told(hidden(BACK._replace(destination=CACHE))) == {
        f"pod-{DB}": NODE2,
        f"pod-{CACHE}": "n1",
    }
    assert told(hidden(OUT)) == {f"pod-{WEB}": "n1"}


@pytest.mark.parametrize(
    "strange",
    [
        {"kind": "arp"},
        {"inner_ttl": None},
        {"source": "224.0.0.1"},
        {"source": NODE1},
        {"outer_from": "192.0.2.9"},
    ],
    ids=["arp", "no IP", "a group", "the node itself", "nobody's tunnel"],
)
def test_who_says_nothing_for_itself_in_a_nodes_tunnel_is_no_hidden_pod(strange):
    packet = OUT._replace(destination="224.0.0.5", mac_from=NODE1_MAC, **strange)
    assert told(hidden(packet)) == {}


def test_a_known_pods_node_is_not_changed_by_what_others_believe():
    assert told(hidden(BACK, pods=[pod("web", WEB, node="n9")]))["web"] == "n9"


def test_what_stands_for_somebody_else_is_its_nodes_device():
    draft = hidden(OUT, translated=[WEB])
    assert told(draft) == {}
    assert draft.node("n1").interfaces["vtep"].addresses == [WEB]


def test_who_speaks_at_first_hand_where_pods_are_routed_is_the_device_itself():
    draft = hidden(OUT, OUT._replace(source="10.244.1.0", inner_ttl=64))
    assert told(draft) == {f"pod-{WEB}": "n1"}
    assert draft.node("n1").owned == {NODE1, "10.244.1.0"}


def test_the_number_of_a_known_pods_tunnels_is_counted():
    draft = hidden(OUT._replace(number=7, packets=3), pods=[pod("web", WEB)])
    assert draft.pods["web"].numbers == {7: 3}
