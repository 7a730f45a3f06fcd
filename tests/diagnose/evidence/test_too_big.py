"""Fragmentation needed: who says it, and whether the pod learns it."""

from packets import eth, icmp, ip, tcp
from scene import AT_WEB, CNI0_IP, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, causes, everywhere, facts, scene

SENT = ip(tcp(b"x" * 1400, sport=41000, dport=80), WEB_IP, DB_IP, id=7, df=1)


def message(by):
    return eth(ip(icmp(SENT[:48], type=3, code=4, word=1300), by, WEB_IP), src=CNI0_MAC, dst=WEB_MAC)


def frames(by, *files):
    sent = eth(SENT, src=WEB_MAC, dst=CNI0_MAC)
    told = everywhere(files, *((3.0 + k / 10, message(by)) for k in range(3)))
    for file, some in everywhere(AT_WEB, *((2.9 + k / 10, sent) for k in range(3)), (6.0, sent)).items():
        told[file] = [*told.get(file, []), *some]
    return told


def test_the_pods_own_node_says_that_the_mtu_is_too_large(tmp_path):
    case = scene(tmp_path, put=frames(CNI0_IP, *AT_WEB))
    (fact,) = facts(case, "too_big")
    assert (fact.about["inside"], fact.about["mtu"], fact.about["learnt"]) == (True, 1300, True)
    assert "mtu-too-large" in causes(case)


def test_a_message_that_never_reaches_the_pod_is_lost(tmp_path):
    case = scene(tmp_path, put=frames("192.168.186.1", "node1_eth0.pcap"))
    (fact,) = facts(case, "too_big")
    assert (fact.about["learnt"], fact.about["watched"]) == (False, True)
    assert "pmtud-icmp-lost" in causes(case)


def test_a_router_that_is_heard_is_path_mtu_discovery_at_work(tmp_path):
    case = scene(tmp_path, put=frames("192.168.186.1", "node1_eth0.pcap", *AT_WEB))
    assert {"mtu-too-large", "pmtud-icmp-lost"} & set(causes(case)) == set()


def test_a_message_is_last_seen_on_the_pods_node_if_it_arrived_there(tmp_path):
    at_both = frames("192.168.186.1", "node2_eth0.pcap", "node1_eth0.pcap")
    (fact,) = facts(scene(tmp_path, put=at_both), "too_big")
    assert (fact.about["from_hop"], fact.about["node"]) == ("node1 eth0", "node1")


def test_the_node_that_does_not_pass_a_message_on_is_where_it_was_last_seen(tmp_path):
    case = scene(tmp_path, put=frames("192.168.186.1", "node2_eth0.pcap"))
    (fact,) = facts(case, "too_big")
    assert (fact.about["from_hop"], fact.about["node"]) == ("node2 eth0", "node2")
    assert fact.about["to_hop"] == "node1 veth1f6c2a90"


def test_the_pods_node_is_to_act_where_its_uplink_was_not_captured(tmp_path):
    missing = ["node1_eth0.pcap", "node1_cni0.pcap", "node1_flannel.1.pcap"]
    put = frames("192.168.186.1", "node2_eth0.pcap")
    put.pop("node1_cni0.pcap")
    (fact,) = facts(scene(tmp_path, put=put, missing=missing), "too_big")
    assert (fact.about["from_hop"], fact.about["node"]) == ("node2 eth0", "node1")
