"""One packet that passes an uplink again."""

from packets import eth, icmp, ip
from scene import DB_IP, NODE1_MAC, NODE2_MAC, WEB_IP, causes, facts, scene

from profiles import DB, WEB, host_gw
from sample import both_ways

THIRD = "00:0c:29:00:00:33"


def request(ttl, src, dst):
    return eth(ip(icmp(b"x" * 32, word=77 << 16 | 1), WEB_IP, DB_IP, ttl=ttl, id=900), src=src, dst=dst)


def test_a_node_that_sends_off_its_own_pods_packets_loops(tmp_path):
    looping = [
        (3.0, request(63, NODE1_MAC, NODE2_MAC)),
        (3.001, request(62, NODE2_MAC, NODE1_MAC)),
        (3.002, request(61, NODE1_MAC, NODE2_MAC)),
    ]
    case = scene(tmp_path, both_ways(WEB, DB), host_gw, put={"node1_eth0.pcap": looping})
    (fact,) = facts(case, "passes")
    assert (fact.about["node"], fact.about["times"]) == ("node2", 3)
    assert causes(case)[0] == "routing-loop"


def test_a_packet_that_is_handed_on_is_no_loop(tmp_path):
    transit = [(3.0, request(63, THIRD, NODE1_MAC)), (3.001, request(62, NODE1_MAC, THIRD))]
    case = scene(tmp_path, both_ways(WEB, DB), host_gw, put={"node1_eth0.pcap": transit})
    assert facts(case, "passes") == []
