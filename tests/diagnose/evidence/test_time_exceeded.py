"""Packets whose TTL ran out."""

from packets import eth, icmp, ip, udp
from scene import AT_WEB, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, causes, everywhere, facts, scene


def sent(ttl):
    return ip(udp(b"x" * 20, sport=41000, dport=33434), WEB_IP, DB_IP, ttl=ttl, id=7)


def frames(ttl):
    error = ip(icmp(sent(1), type=11), "192.168.186.1", WEB_IP)
    return everywhere(
        AT_WEB,
        (3.0, eth(sent(ttl), src=WEB_MAC, dst=CNI0_MAC)),
        (3.01, eth(error, src=CNI0_MAC, dst=WEB_MAC)),
    )


def test_a_high_ttl_that_ran_out_is_a_loop(tmp_path):
    case = scene(tmp_path, put=frames(64))
    (fact,) = facts(case, "time_exceeded")
    assert fact.about["high"]
    assert fact.about["ttl"] == 64
    assert causes(case)[0] == "routing-loop"


def test_traceroute_sends_low_ones(tmp_path):
    case = scene(tmp_path, put=frames(2))
    assert [fact.about["high"] for fact in facts(case, "time_exceeded")] == [False]
    assert "routing-loop" not in causes(case)
