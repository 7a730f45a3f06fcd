"""Frames to a MAC that no longer has the address."""

from packets import arp, eth, ip, tcp
from scene import CNI1_MAC, DB_IP, NODE1_MAC, NODE2_MAC, WEB_IP, causes, facts, scene

BROADCAST = "ff:ff:ff:ff:ff:ff"
VIP, CLIENT, ROUTER_MAC = "192.168.186.200", "203.0.113.40", "52:54:00:fe:00:01"
SYN, SYN_ACK = 0x02, 0x12
GONE = "2e:77:01:9c:5a:44"


def announced(mac, address=VIP):
    return eth(arp(1, address, address, mac, "00:00:00:00:00:00"), src=mac, dst=BROADCAST)


def asked(port, mac, flags=SYN):
    return eth(ip(tcp(sport=port, dport=80, flags=SYN), CLIENT, VIP), src=ROUTER_MAC, dst=mac)


def answered(port, mac):
    return eth(ip(tcp(sport=80, dport=port, flags=SYN_ACK), VIP, CLIENT), src=mac, dst=ROUTER_MAC)


def balanced(told):
    told["services"] = {"default/web": {"address": "10.96.0.9", "external_ips": [VIP]}}


def moved(*late):
    """Return what node1's uplink sees: a connection, the announcement of node2 at 2 s, and what follows."""
    return {
        "node1_eth0.pcap": [
            (0.1, asked(4000, NODE1_MAC)),
            (0.2, answered(4000, NODE1_MAC)),
            (2.0, announced(NODE2_MAC)),
            *late,
        ]
    }


def test_a_router_that_ignores_the_announcement_of_a_virtual_address(tmp_path):
    late = [(4.0 + number, asked(4001, NODE1_MAC)) for number in range(4)]
    case = scene(tmp_path, put=moved(*late), topology=balanced)
    (fact,) = facts(case, "sent_to_old_mac")
    assert (fact.about["actual"], fact.about["expected"]) == (NODE1_MAC, NODE2_MAC)
    assert (fact.about["is_virtual"], fact.about["node"]) == (True, "node1")
    assert causes(case)[0] == "vip-neighbour-stale"


def test_what_was_on_its_way_and_what_is_answered_all_the_same(tmp_path):
    late = [(2.1, asked(4001, NODE1_MAC)), (2.5, asked(4001, NODE1_MAC))]
    late += [(5.0, asked(4002, NODE1_MAC)), (5.1, asked(4002, NODE1_MAC)), (5.2, answered(4002, NODE1_MAC))]
    case = scene(tmp_path, put=moved(*late), topology=balanced)
    assert facts(case, "sent_to_old_mac") == []


def test_a_pod_whose_former_owner_is_gone(tmp_path):
    syns = [
        (3.0 + number, eth(ip(tcp(sport=4001, dport=80, flags=SYN), WEB_IP, DB_IP), src=CNI1_MAC, dst=GONE))
        for number in range(3)
    ]
    case = scene(tmp_path, put={"node2_cni0.pcap": syns})
    (fact,) = facts(case, "sent_to_old_mac")
    assert (fact.about["actual"], fact.about["is_virtual"]) == (GONE, False)
    assert (fact.about["node"], fact.about["interface"]) == ("node2", "cni0")
    assert causes(case)[0] == "stale-neighbour"
