"""Frames that change their VLAN between two nodes."""

from packets import arp, eth, vlan
from scene import causes, facts, scene

from nodenetwork import macvlan, over_vlan
from profiles import CACHE, WEB
from sample import both_ways

BROADCAST, WEB_MAC = "ff:ff:ff:ff:ff:ff", "4e:0b:b1:7a:90:12"


def cluster():
    return over_vlan(macvlan("bridge"), 301)


def question(tag):
    asked = arp(src="192.168.186.70", dst="192.168.186.72", src_mac=WEB_MAC)
    return eth(vlan(asked, id=tag, type=0x0806), src=WEB_MAC, dst=BROADCAST, type=0x8100)


def test_a_tag_that_changes_on_the_way_is_a_leak(tmp_path):
    put = {
        "node1_eth0.pcap": [(3.0, question(301)), (4.0, question(301))],
        "node2_eth0.pcap": [(3.1, question(302)), (4.1, question(302))],
    }
    case = scene(tmp_path, both_ways(WEB, CACHE), cluster, put=put)
    (fact,) = facts(case, "segment_changed")
    assert (fact.about["sender"], fact.about["expected"], fact.about["actual"]) == ("node1", "301", "302")
    assert causes(case)[0] == "vlan-leak"


def test_a_tag_that_stays_is_none(tmp_path):
    case = scene(tmp_path, both_ways(WEB, CACHE), cluster)
    assert facts(case, "segment_changed") == []
