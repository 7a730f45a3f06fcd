from guesses import (
    DB,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    WEB,
    claim,
    draft_of,
    observations_of,
    place,
    pod,
    said,
    settle,
)

from pcapcheck.infer.routed import believed_at, find_routed_pods
from pcapcheck.topology.topology import Role

OUT = said(WEB, DB, NODE1_MAC, NODE2_MAC, ttl=63)
BACK = said(DB, WEB, NODE2_MAC, NODE1_MAC, ttl=63)


def node_of_db(*seen, pods=None):
    uplink = place(0, *seen, node="n1")
    draft = draft_of(uplink, pods=pods or [pod("db", DB)])
    settle(draft, "n1", NODE1_MAC, NODE1)
    find_routed_pods(draft, observations_of(uplink))
    return draft.pods["db"].node


def test_a_pod_is_on_the_node_whose_mac_sends_its_packets_after_one_hop():
    assert node_of_db(BACK._replace(mac_from=NODE1_MAC)) == "n1"
    assert node_of_db(BACK._replace(mac_from=NODE1_MAC, ttl=62)) is None
    assert node_of_db(BACK._replace(mac_from=NODE1_MAC, form="ipip")) is None


def test_a_node_that_was_not_captured_is_called_after_the_address_that_its_mac_claims():
    assert node_of_db(BACK, claim(NODE2, NODE2_MAC)) == NODE2
    assert node_of_db(BACK) is None


def test_for_a_pod_whose_node_is_known_no_node_is_made():
    assert node_of_db(BACK, claim(NODE2, NODE2_MAC), pods=[pod("db", DB, node="n1")]) == "n1"


def believed(*seen, nodes=("n1", "n2"), role=Role.UPLINK):
    here = place(0, *seen, node="n1", role=role)
    draft = draft_of(here, pods=[pod("web", WEB, node="n1")])
    for name, mac in zip(nodes, (NODE1_MAC, NODE2_MAC, "02:00:00:00:00:33"), strict=False):
        settle(draft, name, mac)
    return believed_at(draft, observations_of(here))


def test_what_a_nodes_pod_sends_to_another_nodes_mac_is_believed_there():
    assert believed(OUT, OUT._replace(packets=2)) == {DB: {"n2": 3}}


def test_what_others_send_says_nothing():
    assert believed(BACK, OUT._replace(source="10.244.1.99"), OUT._replace(form="vxlan")) == {}


def test_who_nobody_answers_for_is_believed_at_the_only_other_node():
    lost = OUT._replace(mac_to="02:00:00:00:00:99")
    assert believed(lost) == {DB: {"n2": 1}}
    assert believed(lost, nodes=("n1", "n2", "n3")) == {}
    assert believed(lost, BACK) == {}


def test_what_is_unlike_a_pod_is_believed_at_another_node_only_where_it_goes_into_a_tunnel():
    lost = OUT._replace(mac_to="02:00:00:00:00:99", destination="8.8.8.8")
    assert believed(lost) == {}
    assert believed(lost, role=Role.TUNNEL) == {"8.8.8.8": {"n2": 1}}
