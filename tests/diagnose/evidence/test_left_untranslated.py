"""A pod's own address on the wire to the outside, without an answer."""

from networks import summed
from packets import eth, ip, tcp
from scene import CNI0_MAC, DB_IP, NODE1, NODE1_MAC, WEB_IP, WEB_MAC, causes, facts, scene

ROUTER = "52:54:00:fe:00:01"
OUTSIDE = "203.0.113.10"


def segment(source, number, destination=OUTSIDE, **macs):
    sent = tcp(sport=41000 + number // 10, dport=443, flags=2, seq=5)
    return eth(summed(ip(sent, source, destination, id=number, ttl=63)), **macs)


def asked(source_on_the_wire, first=50):
    inside = [(10.0 + s, segment(WEB_IP, first + s, src=WEB_MAC, dst=CNI0_MAC)) for s in (0, 1, 3)]
    wire = [
        (10.001 + s, segment(source_on_the_wire, first + s, src=NODE1_MAC, dst=ROUTER)) for s in (0, 1, 3)
    ]
    return {"web-1_eth0.pcap": inside, "node1_eth0.pcap": wire}


def test_a_pods_address_leaves(tmp_path):
    case = scene(tmp_path, put=asked(WEB_IP))
    (fact,) = facts(case, "left_untranslated")
    assert (fact.about["actual"], fact.about["node"]) == (WEB_IP, "node1")
    assert causes(case)[0] == "missing-snat"


def test_a_translated_address_is_none(tmp_path):
    assert facts(scene(tmp_path, put=asked(NODE1)), "left_untranslated") == []


def answered(number):
    back = tcp(sport=443, dport=41000 + number // 10, flags=0x12, seq=9, ack=6)
    return eth(summed(ip(back, OUTSIDE, DB_IP, id=number, ttl=55)), src=ROUTER, dst=NODE1_MAC)


def test_a_network_that_routes_pods_answers_some(tmp_path):
    frames = asked(WEB_IP)
    frames["node1_eth0.pcap"] += [
        (20.0, segment(DB_IP, 80, src=NODE1_MAC, dst=ROUTER)),
        (20.1, answered(80)),
    ]
    assert facts(scene(tmp_path, put=frames), "left_untranslated") == []
