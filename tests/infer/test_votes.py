import pytest
from guesses import (
    DB,
    NODE1,
    NODE1_MAC,
    NODE2,
    NODE2_MAC,
    WEB,
    draft_of,
    place,
    pod,
    said,
    settle,
    tunnelled,
)

from pcapcheck.infer.votes import NO_KEY, count_votes
from pcapcheck.topology.topology import Role

OUT = tunnelled(WEB, DB, NODE1, NODE2, NODE1_MAC, NODE2_MAC, number=1, port=8472)
BACK = tunnelled(DB, WEB, NODE2, NODE1, NODE2_MAC, NODE1_MAC, number=7, port=8472)


def counted(*seen, pods=()):
    draft = draft_of(place(0, *seen, node="n1"), pods=pods)
    settle(draft, "n1", NODE1_MAC, NODE1)
    return count_votes(draft)


def test_nodes_are_counted_and_not_their_packets():
    again = OUT._replace(packets=99, destination="10.244.2.6")
    assert counted(OUT, again, BACK) == {
        "vni": {1: 1, 7: 1},
        "vnis": {1: 1, 7: 1},
        "vxlan_port": {8472: 2},
    }


def test_nothing_seen_is_nothing_used():
    assert counted() == {}


@pytest.mark.parametrize(
    ("form", "number", "values"),
    [
        ("gre", 5, {"key": {5: 1}}),
        ("gre", None, {"key": {NO_KEY: 1}}),
        ("nvgre", 0x1234AB, {"vsid": {0x1234: 1}, "flow_id": {0xAB: 1}}),
        ("geneve", 9, {"vni": {9: 1}, "geneve_port": {8472: 1}}),
        ("ipip", None, {}),
    ],
)
def test_what_a_number_means_depends_on_the_tunnel(form, number, values):
    assert counted(OUT._replace(form=form, number=number)) == values


def test_a_tag_is_of_the_node_whose_mac_sends_it():
    mine, strangers = (
        said(WEB, DB, NODE1_MAC, NODE2_MAC, tag=100),
        said(DB, WEB, NODE2_MAC, NODE1_MAC, tag=200),
    )
    assert counted(mine, strangers) == {"vlan_id": {100: 1}}


def test_a_device_called_after_its_value_counts_as_two_nodes():
    draft = draft_of(
        place(0, node="n1", interface="flannel.42", role=Role.VTEP),
        place(1, node="n1", interface="eth0.100", role=Role.VLAN),
        place(2, node="n2", interface="flannel.1", role=Role.BRIDGE),
    )
    assert count_votes(draft) == {"vni": {42: 2}, "vlan_id": {100: 2}}


def test_pods_whose_own_address_is_answered_outside_need_no_other():
    ask, answer = said(WEB, "8.8.8.8", NODE1_MAC, NODE2_MAC), said("8.8.8.8", WEB, NODE2_MAC, NODE1_MAC)
    assert counted(ask, answer, pods=[pod("web", WEB)]) == {"masquerade": {0: 2}}
    assert counted(ask, pods=[pod("web", WEB)]) == {}
    assert counted(ask, answer, pods=[pod("web", WEB), pod("dns", "8.8.8.8")]) == {}
