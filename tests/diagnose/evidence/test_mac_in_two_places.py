"""One source MAC behind two nodes."""

from networks import summed
from packets import arp, eth, icmp, ip, udp
from scene import causes, facts, scene

from nodenetwork import macvlan
from profiles import CACHE, WEB
from sample import both_ways

BROADCAST = "ff:ff:ff:ff:ff:ff"
TWIN = "4a:1b:58:c2:93:07"
LATER = 0.0002  # s from node to node


def shown(content, *times):
    """Return what an uplink sees of a broadcast at these times."""
    return [(time, eth(content, src=TWIN, dst=BROADCAST)) for time in times]


def seen(here, there):
    """Return what both uplinks see: a datagram that node1 sends, a question that node2 sends."""
    data = ip(udp(b"...", 5353, 5353), "192.168.186.90", "192.168.186.255")
    question = arp(1, "192.168.186.90", "192.168.186.91", TWIN, "00:00:00:00:00:00")
    return {
        "node1_eth0.pcap": shown(data, *here) + shown(question, *(time + LATER for time in there)),
        "node2_eth0.pcap": shown(data, *(time + LATER for time in here)) + shown(question, *there),
    }


def asked_in_vain(*times):
    """Return echo requests to the twin, which nobody answers."""
    echo = summed(ip(icmp(b"ping" * 4, word=7 << 16), "192.168.186.55", "192.168.186.90"))
    return [(time, eth(echo, src="4e:0b:b1:7a:90:99", dst=TWIN)) for time in times]


def checked(tmp_path, here, there, asked=(3.5, 4.5, 6.5)):
    put = seen(here, there)
    put["node1_eth0.pcap"] += asked_in_vain(*asked)
    return scene(tmp_path, both_ways(WEB, CACHE), lambda: macvlan("bridge"), put=put)


def test_two_nodes_send_from_one_mac_in_turns(tmp_path):
    case = checked(tmp_path, (3.0, 5.0, 7.0), (4.0, 6.0))
    (fact,) = facts(case, "mac_in_two_places")
    assert (fact.about["actual"], fact.about["node"]) == (TWIN, "node2")
    assert "duplicate-mac" in causes(case)


def test_what_harms_nobody_is_no_fault(tmp_path):
    assert facts(checked(tmp_path, (3.0, 5.0, 7.0), (4.0, 6.0), asked=()), "mac_in_two_places") == []


def test_a_mac_that_moves_is_in_one_place_at_a_time(tmp_path):
    assert facts(checked(tmp_path, (3.0, 4.0), (5.0, 6.0)), "mac_in_two_places") == []


def test_a_third_host_reaches_both_at_the_same_time(tmp_path):
    frames = shown(ip(udp(b"...", 5353, 5353), "192.168.186.90", "192.168.186.255"), 3.0, 5.0)
    questions = shown(arp(1, "192.168.186.90", "192.168.186.91", TWIN, "00:00:00:00:00:00"), 4.0, 6.0)
    nearly = [(time + 0.00001, frame) for time, frame in frames]
    put = {"node1_eth0.pcap": frames + questions, "node2_eth0.pcap": nearly + questions}
    case = scene(tmp_path, both_ways(WEB, CACHE), lambda: macvlan("bridge"), put=put)
    assert facts(case, "mac_in_two_places") == []
