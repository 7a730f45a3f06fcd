"""A SYN with the ports of a connection that the server still knows."""

from networks import summed
from packets import eth, ip, tcp
from scene import AT_WEB, CNI0_MAC, DB_IP, WEB_IP, WEB_MAC, causes, diagnosed, everywhere, facts, scene

from profiles import DB, WEB
from sample import fetch


def asked(flags, seq, number):
    segment = tcp(sport=41000, dport=80, seq=seq, flags=flags)
    return eth(summed(ip(segment, WEB_IP, DB_IP, id=number)), src=WEB_MAC, dst=CNI0_MAC)


def answered(flags, number):
    segment = tcp(sport=80, dport=41000, seq=900, ack=77, flags=flags)
    return eth(summed(ip(segment, DB_IP, WEB_IP, ttl=62, id=number)), src=CNI0_MAC, dst=WEB_MAC)


def attempts(flags):
    """Return three attempts, each with an answer and the client's reset."""
    frames = []
    for number, second in enumerate((10, 11, 13)):
        frames += [(second, asked(0x02, 5, 3 * number)), (second + 0.01, answered(flags, 40 + number))]
        frames += [(second + 0.02, asked(0x04, 77, 3 * number + 1))]
    return everywhere(AT_WEB, *frames)


def test_a_bare_acknowledgement_that_the_client_resets(tmp_path):
    case = scene(tmp_path, [fetch(WEB, DB, 0.5)], put=attempts(0x10))
    (fact,) = facts(case, "challenged")
    assert fact.about["node"] == "node1"
    assert causes(case)[0] == "snat-port-reused"
    assert diagnosed(case)[0].node == "node1"


def test_a_health_check_that_resets_a_syn_ack_is_served(tmp_path):
    assert facts(scene(tmp_path, [fetch(WEB, DB, 0.5)], put=attempts(0x12)), "challenged") == []
