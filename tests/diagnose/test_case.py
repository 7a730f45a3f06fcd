"""What evidence is taken from, and small questions."""

import pytest
from scene import DB_IP, DB_MAC, NODE1, NODE1_MAC, NODE2, scene

from nodenetwork import macvlan
from profiles import DB, WEB
from sample import ping


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return scene(tmp_path_factory.mktemp("scene"))


@pytest.mark.parametrize(
    ("address", "owner"),
    [
        (NODE1, "this node"),
        (NODE2, "another node"),
        (DB_IP, "pod"),
        ("10.100.1.77", "pod network"),
        ("10.96.0.1", "service"),
        ("203.0.113.9", "unknown"),
    ],
)
def test_addresses_are_told_apart(case, address, owner):
    assert case.address_is(address, "node1") == owner


@pytest.mark.parametrize(
    ("mac", "owner"),
    [(NODE1_MAC, "this node"), (DB_MAC, "pod"), ("02:00:00:00:00:99", "unknown")],
)
def test_macs_are_told_apart(case, mac, owner):
    assert case.mac_is(mac, "node1") == owner


def test_the_clients_direction_comes_first_in_a_flow(case):
    assert all(rows[0]["client"] for rows in case.flows.values())


def test_devices_are_found_by_role(case):
    assert case.device("node1", "tunnel", "vtep") == "flannel.1"
    assert case.device("node1", "tunnel") is None
    assert case.device(None, "vtep") is None


def test_a_veth_of_the_pod_in_question_goes_first(case):
    assert case.device("node2", "veth", pod=DB) == case.door(DB) == "veth83d07be4"


def test_the_door_of_a_macvlan_pod_is_its_parent(tmp_path):
    passthru = scene(tmp_path, [ping(WEB, DB, 0.1)], lambda: macvlan("passthru"))
    assert (passthru.door(DB), passthru.door("default/nobody")) == ("eth1", None)


def test_a_point_that_nobody_knows_has_no_node(case):
    assert case.point(None).node is None


def test_variants_are_chosen_by_kind(case):
    assert set(case.variants("arp")["kind"].to_list()) == {"arp"}
