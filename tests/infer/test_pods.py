from guesses import (
    BRIDGE_MAC,
    CACHE,
    DB,
    NODE1_MAC,
    NODE2_MAC,
    WEB,
    WEB_MAC,
    claim,
    draft_of,
    nearer,
    observations_of,
    place,
    said,
)

from pcapcheck.infer.pods import find_pods
from pcapcheck.topology.topology import Role

ASK = said(WEB, DB, WEB_MAC, BRIDGE_MAC)
ANSWER = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)
ROUTED = said(WEB, DB, NODE1_MAC, NODE2_MAC, ttl=63)


def inside(number, name, *seen, **rest):
    return place(number, *seen, pod=name, role=Role.POD, **rest)


def veth(number, *seen, node="n1", pod=None):
    return place(number, *seen, node=node, pod=pod, interface="veth1", role=Role.VETH)


def bridge(number, *seen):
    return place(number, *seen, node="n1", interface="cni0", role=Role.BRIDGE)


def found(*places, order=()):
    draft = draft_of(*places)
    find_pods(draft, observations_of(*places, order=order))
    return draft


def told(draft):
    return {each.name: (each.mac, each.addresses, each.node) for each in draft.pods.values()}


def test_a_pod_that_was_captured_is_there_though_nothing_was_heard_of_it():
    assert told(found(inside(0, "web", ASK, ANSWER), inside(1, "mute"))) == {
        "web": (WEB_MAC, [WEB], None),
        "mute": (None, [], None),
    }


def test_a_pods_capture_that_hears_only_groups_does_not_take_anothers_mac():
    quiet = inside(0, "mute", claim(WEB, WEB_MAC))
    assert told(found(quiet, inside(1, "web", ASK, ANSWER)))["mute"] == (None, [], None)
    assert told(found(quiet))["mute"] == (WEB_MAC, [WEB], None)


def test_a_veths_pod_is_on_the_veths_node_and_its_mac_is_the_gateways():
    draft = found(veth(0, ASK, ANSWER))
    assert told(draft) == {f"pod-{WEB}": (WEB_MAC, [WEB], "n1")}
    interface = draft.node("n1").interfaces["veth1"]
    assert (interface.pod, interface.mac) == (f"pod-{WEB}", BRIDGE_MAC)


def test_captures_of_one_pod_are_found_to_be_of_one_pod():
    assert told(found(inside(0, "web", ASK, ANSWER), veth(1, ASK, ANSWER), bridge(2, ASK, ANSWER))) == {
        "web": (WEB_MAC, [WEB], "n1")
    }


def test_two_pods_with_one_mac_are_told_apart_by_their_addresses():
    other = ASK._replace(source=CACHE), ANSWER._replace(destination=CACHE)
    assert told(found(inside(0, "web", ASK, ANSWER), veth(1, *other))) == {
        "web": (WEB_MAC, [WEB], None),
        f"pod-{CACHE}": (WEB_MAC, [CACHE], "n1"),
    }


def test_a_bridge_hears_pods_and_not_those_who_forward():
    assert told(found(bridge(0, ASK, ANSWER))) == {f"pod-{WEB}": (WEB_MAC, [WEB], "n1")}


def test_a_pod_is_where_its_exchanges_enter_the_network():
    places = inside(0, "web", ASK, ANSWER), place(1, ROUTED, node="n1"), place(2, ROUTED, node="n2")
    assert told(found(*places, order=nearer(WEB, DB, 0, 2, 1)))["web"] == (WEB_MAC, [WEB], "n2")


def test_a_veth_settles_where_its_pod_is():
    places = veth(0, ASK, ANSWER, node="n1"), place(1, ROUTED, node="n1"), place(2, ROUTED, node="n2")
    assert told(found(*places, order=nearer(WEB, DB, 2, 1)))[f"pod-{WEB}"][2] == "n1"


def test_a_veths_pod_has_the_name_that_the_veth_has():
    assert told(found(veth(0, ASK, ANSWER, pod="a/web"))) == {"a/web": (WEB_MAC, [WEB], "n1")}
    assert told(found(inside(0, "a/web"), veth(1, pod="a/web"))) == {"a/web": (None, [], "n1")}


def test_a_veth_at_which_nobody_speaks_has_no_pod():
    draft = found(veth(0))
    assert told(draft) == {}
    assert draft.node("n1").interfaces["veth1"].pod is None


def test_a_bridge_hears_no_pod_in_who_forwards_elsewhere_or_has_no_address():
    other = said("10.244.1.1", WEB, BRIDGE_MAC, WEB_MAC)
    at_veth = veth(1, ASK, ANSWER)
    assert set(told(found(bridge(0, ASK, other), at_veth))) == {f"pod-{WEB}"}
    asks = claim(CACHE, "02:00:00:00:00:16")
    assert told(found(bridge(0, asks))) == {}


def test_a_pod_known_by_its_address_alone_gets_its_node_from_the_bridge():
    quiet = said(WEB, DB, None, None)
    assert told(found(inside(0, "web", quiet), bridge(1, ASK, ANSWER)))["web"][2] is None
    places = inside(0, "web", ASK, ANSWER), bridge(1, ASK, ANSWER)
    assert told(found(*places))["web"] == (WEB_MAC, [WEB], "n1")


def test_a_pod_that_was_captured_on_a_known_node_is_there():
    assert told(found(inside(0, "web", ASK, node="n7")))["web"][2] == "n7"
