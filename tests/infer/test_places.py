import pytest
from guesses import (
    BRIDGE_MAC,
    DB,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    WEB,
    WEB_MAC,
    nearer,
    place,
    said,
    tunnelled,
    vantage,
)

from pcapcheck.infer.nearness import Nearness
from pcapcheck.infer.places import find_places, taken
from pcapcheck.topology.topology import CapturePoint, Role

ASK = said(WEB, DB, WEB_MAC, BRIDGE_MAC)
ANSWER = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)
TUNNEL = tunnelled(WEB, DB, NODE1, NODE2, NODE1_MAC, NODE2_MAC)
ROUTED = said(WEB, DB, NODE1_MAC, NODE2_MAC, ttl=63), said(DB, WEB, NODE2_MAC, NODE1_MAC, ttl=63)


def either(name):
    """Return what `NAME_eth0.pcap` may be: a node's uplink, or inside a pod."""
    return CapturePoint(name, "eth0", Role.UPLINK), CapturePoint(None, "eth0", Role.POD, name)


def found(*vantages, order=()):
    return find_places(vantages, Nearness(order))


def told(place):
    return place.node, place.pod, place.interface, place.role


def test_what_a_name_says_needs_no_guess():
    point = CapturePoint("n1", "cni0", Role.BRIDGE)
    assert found(vantage(0, TUNNEL, point=point)) == [
        place(0, TUNNEL, node="n1", interface="cni0", role=Role.BRIDGE, point=point)
    ]


@pytest.mark.parametrize(
    ("seen", "why"),
    [
        ([TUNNEL], "shows tunnels or VLAN tags, as an uplink does"),
        ([ASK._replace(tag=7)], "shows tunnels or VLAN tags, as an uplink does"),
        (ROUTED, "shows packets that were routed on both sides"),
        ([ASK, said(NODE2, NODE1, NODE2_MAC, NODE1_MAC)], "shows the traffic of several stations"),
    ],
    ids=["tunnel", "tag", "routed", "several"],
)
def test_a_name_that_may_be_a_pods_is_a_nodes_if_its_capture_shows_what_uplinks_do(seen, why):
    [one] = found(vantage(0, *seen, candidates=either("web-1")))
    assert told(one) == ("web-1", None, "eth0", Role.UPLINK)
    assert one.guessed == why


def test_a_pod_is_the_nearest_watch_to_its_own_address():
    vantages = [vantage(n, ASK, ANSWER, candidates=either(name)) for n, name in enumerate(("node-7", "b"))]
    only = [ASK, ANSWER, said(WEB, "10.244.2.9", WEB_MAC, BRIDGE_MAC)._replace(packets=9)]
    near = vantage(0, *only, candidates=either("node-7"))
    one, other = found(near, vantage(1, *only, candidates=either("b")), order=nearer(WEB, DB, 0, 1))
    assert (told(one)[1], told(other)[0]) == ("node-7", "b")
    assert one.guessed == "is nearer to its address than all other captures"
    assert other.guessed == "lies between the ends of what it shows"
    assert [each.guessed for each in found(*vantages, order=nearer(WEB, DB, 0, 1))] == [
        "is called like a node",
        "is called like a pod",
    ]


@pytest.mark.parametrize(("name", "node", "pod"), [("worker-1", "worker-1", None), ("web-1", None, "web-1")])
def test_where_nothing_was_seen_a_name_is_what_it_looks_like(name, node, pod):
    assert told(found(vantage(0, candidates=either(name)))[0])[:2] == (node, pod)


def test_all_captures_of_one_name_are_of_one_node():
    places = found(vantage(0, candidates=either("web-1")), vantage(1, TUNNEL, candidates=either("web-1")))
    assert [each.node for each in places] == ["web-1", "web-1"]


def test_an_interface_of_which_only_the_role_is_unknown_gets_it_from_what_was_seen():
    candidates = [CapturePoint("n1", "ens5", role) for role in (Role.UPLINK, Role.BRIDGE)]
    [one] = found(vantage(0, TUNNEL, candidates=tuple(candidates)))
    assert told(one) == ("n1", None, "ens5", Role.UPLINK)
    assert one.guessed == "is taken for an uplink from its packets"


def test_a_capture_whose_name_says_nothing_is_called_after_its_file():
    places = found(
        vantage(0, TUNNEL, path="x/trace.pcap"), vantage(1, ASK, ANSWER, path="y.pcap"), vantage(2, path="")
    )
    assert [told(each) for each in places] == [
        ("trace", None, "uplink", Role.UPLINK),
        (None, "y", "pod", Role.POD),
        ("capture 3", None, "", None),
    ]


def test_an_any_capture_of_one_interface_whose_only_sender_speaks_for_itself_was_made_in_a_pod():
    leaving, coming = ASK._replace(out=True), ANSWER._replace(out=False)
    point = CapturePoint("web", "any", Role.ANY)
    [one] = found(vantage(0, leaving, coming, index=2, point=point))
    assert told(one)[2:] == ("eth0", Role.POD)
    [one] = found(vantage(0, leaving, coming, index=2, point=CapturePoint("worker-1", "any", Role.ANY)))
    assert told(one) == ("worker-1", None, "if2", Role.UPLINK)


BACK = tunnelled(DB, WEB, NODE2, NODE1, NODE2_MAC, NODE1_MAC)


def test_a_lone_uplink_is_of_the_node_whose_packets_no_router_had():
    routed = BACK._replace(ttl=63)
    [one] = taken([place(0, TUNNEL, routed, node="trace")])
    assert (one.node, one.guessed) == (NODE1, f"is of {NODE1}, whose packets no router had yet")
    [one] = taken([place(0, TUNNEL._replace(ttl=63), BACK, node="trace")])
    assert one.node == NODE2


def test_a_lone_uplink_of_which_nothing_tells_whose_it_is_is_taken_for_the_first_nodes():
    [one] = taken([place(0, BACK, TUNNEL, node="trace")])
    assert one.node == NODE1
    assert "nothing tells whose it is" in one.guessed


@pytest.mark.parametrize(
    "seen",
    [(TUNNEL,), (TUNNEL._replace(out=True), BACK), (TUNNEL, BACK, BACK._replace(outer_from="192.168.0.3"))],
    ids=["one way", "the link layer tells", "three nodes"],
)
def test_any_other_uplink_keeps_its_name(seen):
    assert taken([place(0, *seen, node="trace")])[0].node == "trace"


def test_of_several_places_none_is_taken_for_another():
    both = [place(0, TUNNEL, BACK, node="a"), place(1, TUNNEL, BACK, node="b")]
    assert taken(both) == both


LEAVING, COMING = ASK._replace(out=True), ANSWER._replace(out=False)
ANY = CapturePoint("web", "any", Role.ANY)


@pytest.mark.parametrize(
    "seen",
    [
        (LEAVING, COMING._replace(out=True)),
        (LEAVING._replace(ttl=63), COMING),
        (LEAVING, TUNNEL),
        (COMING,),
    ],
    ids=["two leave", "who leaves forwards", "a tunnel", "nobody leaves"],
)
def test_an_any_capture_that_shows_more_than_a_pod_is_a_nodes(seen):
    assert found(vantage(0, *seen, index=2, point=ANY))[0].pod is None


def test_an_any_capture_of_two_interfaces_is_a_nodes_and_a_loopback_is_none_of_them():
    one, two = (
        vantage(0, LEAVING, COMING, file=0, index=2, point=ANY),
        vantage(1, LEAVING, file=0, index=3, point=ANY),
    )
    assert [each.pod for each in found(one, two)] == [None, None]
    loop = vantage(1, LEAVING, file=0, index=1, hatype=772, point=ANY)
    inside, alone = found(one, loop)
    assert (inside.role, told(alone)) == (Role.POD, ("web", None, "lo", Role.LO))


def test_a_loopback_inside_a_pod_is_its_loopback():
    point = CapturePoint(None, "any", Role.ANY, "web")
    places = found(vantage(0, ASK, hatype=772, point=point), vantage(1, ASK, point=point))
    assert [told(each) for each in places] == [(None, "web", "lo", Role.LO), (None, "web", "eth0", Role.POD)]


@pytest.mark.parametrize(
    ("seen", "says"),
    [
        ((said("127.0.0.1", "127.0.0.1", None, None),), "a lo"),
        ((TUNNEL,), "an uplink"),
        ((ASK, ANSWER), "a pod"),
    ],
)
def test_a_guess_is_said_with_its_article(seen, says):
    assert found(vantage(0, *seen))[0].guessed == f"is taken for {says} from its packets"
