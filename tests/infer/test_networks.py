import pytest

from pcapcheck.infer.subnets import neighbours, networks


def test_the_smallest_network_that_holds_all_pods():
    assert networks(["10.244.1.5", "10.244.1.6"], []) == ["10.244.1.4/30"]
    assert networks(["10.244.0.9", "10.244.255.1"], []) == ["10.244.0.0/16"]


def test_a_lone_address_is_a_network_of_one():
    assert networks(["10.244.1.5"], []) == ["10.244.1.5/32"]


def test_addresses_far_apart_and_of_two_families_are_of_different_networks():
    found = networks(["10.244.1.5", "10.245.1.5", "fd00::1", "fd00:0:1::1"], [])
    assert found == ["10.244.1.5/32", "10.245.1.5/32", "fd00::1/128", "fd00:0:1::1/128"]


@pytest.mark.parametrize("other", ["10.244.1.1", "10.244.1.5"])
def test_a_network_that_would_hold_somebody_else_is_not_named(other):
    assert networks(["10.244.1.5", "10.244.1.2", "10.9.0.1"], [other]) == ["10.9.0.1/32"]


def test_no_pods_have_no_network():
    assert networks([], ["10.0.0.1"]) == []


def test_neighbours_are_as_near_as_pods_are_to_each_other():
    asked = ["10.244.9.9", "10.245.0.1", "fd00::2", "10.244.0.1"]
    assert neighbours(asked, ["10.244.1.5"]) == ["10.244.9.9", "10.244.0.1"]
    assert neighbours(asked, []) == []
