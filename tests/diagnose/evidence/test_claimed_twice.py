"""Addresses with two MACs, and MACs with two owners."""

from packets import arp, eth
from scene import AT_DB, CNI1_MAC, DB_IP, causes, everywhere, facts, scene

from nodenetwork import macvlan
from profiles import CACHE, DB, WEB
from sample import both_ways

THIEF = "02:00:00:00:00:99"


def test_two_macs_for_one_pod_address(tmp_path):
    answer = eth(arp(2, DB_IP, "10.100.1.1", THIEF, CNI1_MAC), src=THIEF, dst=CNI1_MAC)
    case = scene(tmp_path, put=everywhere(AT_DB[:1], (3.0, answer), (3.1, answer)))
    (fact,) = [each for each in facts(case, "claimed_twice") if each.about["what"] == "two_macs"]
    assert fact.about["address"] == DB_IP
    assert THIEF in str(fact.about["macs"])
    assert causes(case)[0] == "duplicate-ip"


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
