import pytest
from guesses import (
    DB,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    ROUTER_MAC,
    WEB,
    claim,
    draft_of,
    place,
    pod,
    said,
    settle,
    tunnelled,
)

from pcapcheck.infer.subnets import find_subnets

NODE3 = "192.168.5.3"
NODE3_MAC = "02:00:00:00:00:33"


def found(*seen, two=NODE2, two_mac=NODE2_MAC, three=None, pods=()):
    draft = draft_of(place(0, *seen, node="n1"), pods=pods)
    settle(draft, "n1", NODE1_MAC, NODE1)
    settle(draft, "n2", two_mac, two)
    if three:
        settle(draft, "n3", NODE3_MAC, three)
    find_subnets(draft)
    return [draft.nodes[each].interfaces["eth0"].addresses[0] for each in draft.nodes], draft.routers


def direct(to=NODE2, mac=NODE2_MAC):
    return said(NODE1, to, NODE1_MAC, mac)


def test_nodes_that_send_to_each_others_macs_are_in_one_subnet():
    assert found(direct()) == ([f"{NODE1}/24", f"{NODE2}/24"], {})


def test_nodes_that_send_to_another_mac_are_in_two_subnets_with_a_router_between():
    addresses, routers = found(direct(NODE3, ROUTER_MAC), two=NODE3, two_mac=NODE3_MAC)
    assert addresses == [f"{NODE1}/24", f"{NODE3}/24"]
    assert routers == {"192.168.0.0/24": ROUTER_MAC}


def test_a_router_is_also_named_by_the_address_that_it_claims():
    asks = claim("192.168.0.254", ROUTER_MAC)
    assert found(direct(NODE3, ROUTER_MAC), asks, two=NODE3, two_mac=NODE3_MAC)[1] == {
        "192.168.0.0/24": ROUTER_MAC,
        "192.168.0.254": ROUTER_MAC,
    }


@pytest.mark.parametrize("other", [claim("192.168.0.9", NODE2_MAC), claim("169.254.1.1", ROUTER_MAC)])
def test_what_is_no_hosts_address_or_no_routers_claim_names_no_router(other):
    told = found(direct(NODE3, ROUTER_MAC), other, two=NODE3, two_mac=NODE3_MAC)
    assert told[1] == {"192.168.0.0/24": ROUTER_MAC}


def test_who_asks_for_a_nodes_mac_is_in_its_subnet():
    asks = claim(NODE1, NODE1_MAC, destination=NODE2)
    assert found(asks, two_mac=None)[0] == [f"{NODE1}/24", f"{NODE2}/24"]


def test_what_comes_in_with_a_first_ttl_or_from_a_nodes_mac_came_directly():
    came = said(NODE2, NODE1, ROUTER_MAC, NODE1_MAC)
    assert found(came)[1] == {}
    assert found(came._replace(mac_from=NODE2_MAC, ttl=63))[1] == {}
    assert found(came._replace(ttl=63)) == ([f"{NODE1}/31", f"{NODE2}/31"], {"192.168.0.0/31": ROUTER_MAC})


def test_a_subnet_is_as_large_as_its_nodes_are_apart():
    assert found(direct("192.168.9.2"), two="192.168.9.2")[0] == [f"{NODE1}/20", "192.168.9.2/20"]


def test_a_subnet_does_not_reach_into_another():
    near = "192.168.0.200"
    routed = said(NODE1, near, NODE1_MAC, ROUTER_MAC)
    assert found(direct(), routed, three=near)[0] == [f"{NODE1}/25", f"{NODE2}/25", f"{near}/25"]


def test_families_have_lengths_of_their_own():
    draft = draft_of(place(0, direct(), node="n1"))
    settle(draft, "n1", NODE1_MAC, NODE1, "fd00::1")
    settle(draft, "n2", NODE2_MAC, NODE2, "fd00::2")
    find_subnets(draft)
    assert draft.nodes["n2"].interfaces["eth0"].addresses == [f"{NODE2}/24", "fd00::2/64"]


def test_where_no_packet_tells_addresses_have_no_length():
    assert found() == ([NODE1, NODE2], {})
    assert found(tunnelled(WEB, DB, NODE1, "192.168.0.99", NODE1_MAC, ROUTER_MAC))[0] == [NODE1, NODE2]


def test_packets_of_another_nodes_pods_that_were_routed_once_came_directly():
    pods = [pod("web", WEB, node="n1"), pod("db", DB, node="n2")]
    came = said(DB, WEB, "02:00:00:00:00:99", NODE1_MAC, ttl=63)
    assert found(came, pods=pods) == ([f"{NODE1}/24", f"{NODE2}/24"], {})
    assert found(came._replace(ttl=62), pods=pods)[0] == [f"{NODE1}/31", f"{NODE2}/31"]


def test_nodes_whose_pods_are_tunnelled_while_others_are_not_are_in_two_subnets():
    far = "10.244.3.5"
    pods = [pod("web", WEB, node="n1"), pod("db", DB, node="n2"), pod("far", far, node="n3")]
    plain = said(WEB, DB, NODE1_MAC, NODE2_MAC, ttl=63), said(DB, WEB, NODE2_MAC, NODE1_MAC, ttl=63)
    wrapped = (
        tunnelled(WEB, far, "192.0.2.1", "192.0.2.3", NODE1_MAC, ROUTER_MAC),
        tunnelled(far, WEB, "192.0.2.3", "192.0.2.1", ROUTER_MAC, NODE1_MAC),
    )
    assert found(*plain, *wrapped, three=NODE3, pods=pods)[0][2] == f"{NODE3}/24"
    assert found(*wrapped, three=NODE3, pods=pods)[0] == [NODE1, NODE2, NODE3]
