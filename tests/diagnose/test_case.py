"""What evidence is taken from, and small questions."""

import pytest
from scene import DB_IP, DB_MAC, NODE1, NODE1_MAC, NODE2, scene


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


def test_a_point_that_nobody_knows_has_no_node(case):
    assert case.point(None).node is None


def test_variants_are_chosen_by_kind(case):
    assert set(case.variants("arp")["kind"].to_list()) == {"arp"}
