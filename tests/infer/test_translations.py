import pytest
from guesses import (
    CACHE,
    DB,
    NODE1,
    NODE1_MAC,
    WEB,
    WEB_MAC,
    draft_of,
    observations_of,
    place,
    pod,
    said,
    settle,
    translation,
)

from pcapcheck.infer.translations import find_services, hidden_behind
from pcapcheck.topology.topology import Role, Service, ServicePort

VIP = "10.96.0.10"
ASKED = translation((WEB, 40000, VIP, 80), (WEB, 40000, DB, 8080))
ANSWERED = translation((DB, 8080, WEB, 40000), (VIP, 80, WEB, 40000))
MASKED = translation((WEB, 40000, "8.8.8.8", 53), (NODE1, 50000, "8.8.8.8", 53), "udp")


def draft(*places):
    made = draft_of(*places, pods=[pod("web", WEB, node="n1"), pod("db", DB), pod("cache", CACHE)])
    settle(made, "n1", NODE1_MAC, NODE1)
    return made


def services(*translations, places=()):
    made = draft(*places)
    find_services(made, observations_of(*places, translations=translations))
    return list(made.services.values())


@pytest.mark.parametrize("seen", [ASKED, ANSWERED], ids=["asked", "answered"])
def test_what_a_pod_stands_behind_is_a_service_whichever_way_it_was_seen(seen):
    assert services(seen) == [Service(f"service-{VIP}", (VIP,), (ServicePort(80),))]


def test_each_port_of_a_service_is_listed_once():
    dns = translation((WEB, 40000, VIP, 53), (WEB, 40000, DB, 53), "udp")
    [found] = services(ASKED, ASKED, ANSWERED, dns)
    assert found.ports == (ServicePort(53, "udp"), ServicePort(80))


def test_pods_and_nodes_are_no_services():
    assert services(translation((WEB, 40000, CACHE, 80), (WEB, 40000, DB, 8080))) == []
    assert services(translation((WEB, 40000, NODE1, 80), (WEB, 40000, DB, 8080))) == []
    assert services(MASKED) == []


def test_an_answer_that_another_gets_is_no_services():
    assert services(translation((DB, 8080, WEB, 40000), (VIP, 80, "10.9.9.9", 40000))) == []


def test_what_is_seen_between_nodes_is_no_service():
    assert services(ASKED, places=[place(0, said(WEB, VIP, NODE1_MAC, WEB_MAC))]) == []


NO = said(NODE1, WEB, NODE1_MAC, WEB_MAC, kind="icmp-error", quoted=VIP)


def refused(*seen):
    inside = place(0, *seen, pod="web", role=Role.POD)
    return [each.addresses for each in services(places=[inside])]


def test_what_the_node_itself_refuses_to_a_pod_is_a_service_without_endpoint():
    assert refused(NO) == [(VIP,)]


@pytest.mark.parametrize(
    "seen", [NO._replace(source=CACHE), NO._replace(destination="10.9.9.9"), NO._replace(quoted=DB)]
)
def test_what_a_pod_refuses_or_another_is_refused_or_a_pod_is_not_there_for_is_no_service(seen):
    assert refused(seen) == []


def test_who_speaks_is_no_service_though_somebody_refused_it():
    assert refused(said(VIP, WEB, NODE1_MAC, WEB_MAC), NO) == []


def test_a_node_hides_its_pods_behind_its_address():
    assert hidden_behind(draft(), [MASKED]) == {NODE1}


def test_services_and_pods_hide_nobody():
    made = draft()
    made.services["s"] = Service("s", (VIP,))
    assert hidden_behind(made, [ANSWERED]) == set()
    assert hidden_behind(made, [translation((WEB, 1, DB, 2), (CACHE, 1, DB, 2))]) == set()


def test_who_asks_a_pod_for_somebody_outside_who_asked_a_node_hides_him():
    nodeport = translation(("8.8.4.4", 40000, NODE1, 30080), ("10.244.1.0", 40000, DB, 8080))
    assert hidden_behind(draft(), [nodeport]) == {"10.244.1.0"}
    assert hidden_behind(draft(), []) == set()
