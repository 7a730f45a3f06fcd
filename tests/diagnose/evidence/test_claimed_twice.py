"""Addresses with two MACs, and MACs with two owners."""

import pytest
from packets import arp, eth
from scene import AT_DB, CNI1_MAC, DB_IP, DB_MAC, NODE1_MAC, NODE2_MAC, causes, everywhere, facts, scene

from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import both_ways

THIEF = "02:00:00:00:00:99"


def claim(mac, address=DB_IP):
    return eth(arp(2, address, "10.100.1.1", mac, CNI1_MAC), src=mac, dst=CNI1_MAC)


def announced(mac, address=DB_IP):
    return eth(arp(1, address, address, mac, "00:00:00:00:00:00"), src=mac, dst="ff:ff:ff:ff:ff:ff")


def two_macs(case):
    return [each for each in facts(case, "claimed_twice") if each.about["what"] == "two_macs"]


def test_two_macs_for_one_pod_address_in_turns(tmp_path):
    case = scene(tmp_path, put=everywhere(AT_DB[:1], (3.0, claim(THIEF)), (3.1, claim(DB_MAC))))
    (fact,) = two_macs(case)
    assert fact.about["address"] == DB_IP
    assert THIEF in str(fact.about["macs"])
    assert causes(case)[0] == "duplicate-ip"


def test_one_question_with_two_answers(tmp_path):
    case = scene(tmp_path, put=everywhere(AT_DB[:1], (3.0, claim(DB_MAC)), (3.0002, claim(THIEF))))
    assert two_macs(case)


@pytest.mark.parametrize("frame", [claim(THIEF), announced(THIEF)], ids=["answer", "announcement"])
def test_an_address_that_is_handed_over_once_has_one_owner_at_a_time(tmp_path, frame):
    case = scene(tmp_path, put=everywhere(AT_DB[:1], (3.0, frame), (3.1, frame)))
    assert facts(case, "claimed_twice") == []
    assert causes(case) == []


def test_a_pod_that_sends_after_another_has_claimed_its_address(tmp_path):
    case = scene(tmp_path, put=everywhere(AT_DB, (0.3, announced(THIEF))))
    assert two_macs(case)


@pytest.mark.parametrize("address", ["192.168.186.200", "192.168.186.1"], ids=["load balancer", "unknown"])
def test_an_address_of_no_pod_or_node_counts_too(tmp_path, address):
    def service(told):
        told["services"] = {"default/web": {"address": "10.96.0.9", "external_ips": ["192.168.186.200"]}}

    frames = [
        (number * 1.5, eth(arp(2, address, "192.168.186.9", mac, THIEF), src=mac, dst=THIEF))
        for number in range(3)
        for mac in (NODE1_MAC, NODE2_MAC)
    ]
    case = scene(
        tmp_path,
        put={"node1_eth0.pcap": frames[::2], "node2_eth0.pcap": frames[1::2]},
        topology=service,
    )
    (fact,) = two_macs(case)
    assert fact.about["address"] == address


def test_one_mac_for_pods_of_two_nodes(tmp_path):
    def same_mac(cluster, network):
        cluster.pod(CACHE)["mac"] = cluster.pod(WEB)["mac"]

    case = scene(
        tmp_path, [*both_ways(WEB, DB), *both_ways(DB, CACHE, 1.3)], lambda: macvlan("bridge"), same_mac
    )
    assert "one_mac" in {each.about["what"] for each in facts(case, "claimed_twice")}
    assert causes(case)[0] == "duplicate-mac"


def test_a_node_answers_for_many_addresses(tmp_path):
    case = scene(tmp_path)
    assert facts(case, "claimed_twice") == []
