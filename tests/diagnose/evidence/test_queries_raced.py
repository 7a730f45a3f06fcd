"""Two DNS queries at once, of which one is lost in the node."""

from packets import eth, ip, udp
from scene import AT_WEB, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, case_of, causes, cut, everywhere, facts, scene

VTEP1, VTEP2 = "be:1d:3a:74:06:c9", "de:34:a2:06:d3:56"


def query(name, number, ttl=64, src=WEB_MAC, dst=CNI0_MAC):
    return eth(ip(udp(name, sport=41000, dport=53), WEB_IP, DB_IP, ttl=ttl, id=number), src=src, dst=dst)


def frames(lost):
    asked = [(3.0, b"A? a.example", 11), (3.001, b"AAAA? a.example", 12)]
    again = [(8.0, b"A? a.example", 13), (8.001, b"AAAA? a.example", 14)]
    put = everywhere(AT_WEB, *((at, query(name, number)) for at, name, number in (*asked, *again)))
    passed = [each for each in (*asked, *again) if each[2] != lost]
    put["node1_flannel.1.pcap"] = [
        (at + 0.0005, query(name, number, 63, VTEP1, VTEP2)) for at, name, number in passed
    ]
    return put


def test_one_of_two_queries_is_lost_and_asked_again(tmp_path):
    case = scene(tmp_path, put=frames(lost=12))
    (fact,) = facts(case, "queries_raced")
    assert (fact.about["from_hop"], fact.about["retry"]) == ("node1 cni0", 5.0)
    assert causes(case)[0] == "dns-race"


def test_two_queries_that_pass_race_with_nobody(tmp_path):
    assert facts(scene(tmp_path, put=frames(lost=0)), "queries_raced") == []


def test_the_retry_may_be_seen_at_another_hop(tmp_path):
    scene(tmp_path, put=frames(lost=12))
    cut(tmp_path / "node1_cni0.pcap", 0, 3.5)
    (fact,) = facts(case_of(tmp_path), "queries_raced")
    assert (fact.about["from_hop"], fact.about["retry"]) == ("node1 cni0", 5.0)
