"""Two nodes that send from one pod's address."""

from packets import eth, icmp, ip
from scene import DB_IP, NODE1_MAC, NODE2_MAC, WEB_IP, causes, facts, scene

from profiles import DB, WEB, host_gw
from sample import both_ways


def requests(ttl, source=WEB_IP, since=0.5):
    return [
        (
            since + number,
            eth(
                ip(icmp(b"x" * 32, word=99 << 16 | number), source, DB_IP, ttl=ttl, id=900 + number),
                src=NODE2_MAC,
                dst=NODE1_MAC,
            ),
        )
        for number in range(3)
    ]


def test_another_node_that_sends_like_the_pods_own_has_a_second_pod(tmp_path):
    put = {"node2_eth0.pcap": requests(63)}
    case = scene(tmp_path, both_ways(WEB, DB), host_gw, put=put)
    (fact,) = facts(case, "sent_by_two")
    assert (fact.about["address"], fact.about["node"]) == (WEB_IP, "node2")
    assert "duplicate-ip" in causes(case)


def test_a_node_that_hands_on_sends_with_a_lower_ttl(tmp_path):
    put = {"node2_eth0.pcap": requests(62)}
    case = scene(tmp_path, both_ways(WEB, DB), host_gw, put=put)
    assert facts(case, "sent_by_two") == []


def test_a_pod_that_moved_sends_from_one_node_after_the_other(tmp_path):
    put = {"node2_eth0.pcap": requests(63, since=30.0)}
    case = scene(tmp_path, both_ways(WEB, DB), host_gw, put=put)
    assert facts(case, "sent_by_two") == []
