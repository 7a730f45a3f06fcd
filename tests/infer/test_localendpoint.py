from guesses import BRIDGE_MAC, DB, WEB, WEB_MAC, claim, nearer, observations_of, place, said

from pcapcheck.infer.localendpoint import NO_ENDPOINT, LocalEndpoint, local_endpoint
from pcapcheck.topology.topology import Role

ASK = said(WEB, DB, WEB_MAC, BRIDGE_MAC)
ANSWER = said(DB, WEB, BRIDGE_MAC, WEB_MAC, ttl=62)


def found(*seen, role=Role.POD, others=(), order=()):
    here = place(0, *seen, pod="web", role=role)
    return local_endpoint(here, observations_of(here, *others, order=order))


def test_the_pod_speaks_for_itself_and_its_gateway_forwards():
    assert found(ASK, ANSWER) == LocalEndpoint(WEB_MAC, (WEB,), BRIDGE_MAC)


def test_where_two_could_be_the_pod_nobody_is():
    bridged = said(DB, WEB, BRIDGE_MAC, WEB_MAC)
    assert found(ASK, bridged) == NO_ENDPOINT
    assert found() == NO_ENDPOINT


def test_who_only_forwards_is_no_pod():
    assert found(said(DB, WEB, BRIDGE_MAC, BRIDGE_MAC, ttl=62)) == NO_ENDPOINT


def test_of_two_that_could_be_the_pod_it_is_who_asks_under_its_address():
    bridged = said(DB, WEB, BRIDGE_MAC, WEB_MAC)
    assert found(ASK, bridged, claim(WEB, WEB_MAC)).mac == WEB_MAC
    assert found(ASK, bridged, claim("10.244.1.9", WEB_MAC)) == NO_ENDPOINT


def test_of_two_that_could_be_the_pod_the_nearer_one_is():
    bridged = said(DB, WEB, BRIDGE_MAC, WEB_MAC)
    far = place(1, ASK, bridged, node="n1", interface="cni0", role=Role.BRIDGE)
    assert found(ASK, bridged, others=[far], order=nearer(WEB, DB, 0, 1)).mac == WEB_MAC
    assert found(ASK, bridged, others=[far], order=nearer(WEB, DB, 1, 0)).mac == BRIDGE_MAC


def test_a_pods_frames_leave_its_own_interface_and_come_in_at_its_veth():
    ask, answer = ASK._replace(out=True), said(DB, WEB, BRIDGE_MAC, WEB_MAC, out=False)
    assert found(ask, answer).mac == WEB_MAC
    assert found(ask, answer, role=Role.VETH).mac == BRIDGE_MAC


def test_who_only_asked_all_is_the_pod_if_it_was_not_heard_elsewhere_before():
    far = place(1, claim(WEB, WEB_MAC, first=5), node="n1", interface="cni0", role=Role.BRIDGE)
    assert found(claim(WEB, WEB_MAC, first=9)).mac == WEB_MAC
    assert found(claim(WEB, WEB_MAC, first=4), others=[far]).mac == WEB_MAC
    assert found(claim(WEB, WEB_MAC, first=9), others=[far]) == NO_ENDPOINT


def test_addresses_of_both_families_are_the_pods():
    six = said("fd00::5", "fd00::9", WEB_MAC, BRIDGE_MAC)
    assert found(six, ASK, ANSWER).addresses == (WEB, "fd00::5")


def test_of_two_addresses_of_one_exchange_the_claimed_one_is_the_pods():
    replied = said(DB, WEB, WEB_MAC, BRIDGE_MAC)
    assert found(ASK, replied, claim(WEB, WEB_MAC)).addresses == (WEB,)
