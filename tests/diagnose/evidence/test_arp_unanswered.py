"""Questions for a MAC that nobody answers."""

from packets import arp, eth, ip, udp
from scene import AT_WEB, CNI0_IP, WEB_IP, WEB_MAC, add, case_of, causes, cut, everywhere, facts, scene

from nodenetwork import macvlan
from profiles import CACHE, DB, WEB, calico
from sample import both_ways, one_way
from wire import Arp

BROADCAST = "ff:ff:ff:ff:ff:ff"


def test_a_pod_that_is_silent_is_asked_for_in_vain(tmp_path):
    case = scene(
        tmp_path,
        one_way(WEB, CACHE, pings=6),
        lambda: macvlan("bridge"),
        lambda cluster, _: cluster.silent.add(cluster.address(CACHE)),
    )
    (fact,) = facts(case, "arp_unanswered")
    assert (fact.about["asker"], fact.about["target_is"], fact.about["tries"]) == (WEB, "pod", 9)
    assert causes(case) == ["arp-unanswered"]


def test_the_gateway_is_told_from_other_targets(tmp_path):
    def answer(frame):
        return isinstance(frame.content, Arp) and frame.content.sender.address == "169.254.1.1"

    def breaks(cluster, network):
        for point in cluster.points():
            network.drop(point.file, answer)

    case = scene(tmp_path, one_way(WEB, DB, pings=6), calico, breaks)
    assert {fact.about["target_is"] for fact in facts(case, "arp_unanswered")} == {"gateway"}
    assert causes(case) == ["gateway-unresolved"]


def test_pods_that_must_not_speak_get_no_answer_by_intention(tmp_path):
    case = scene(tmp_path, both_ways(WEB, DB), lambda: macvlan("private"))
    assert facts(case, "arp_unanswered") == []


def test_one_question_at_the_end_of_a_capture_is_no_evidence(tmp_path):
    question = eth(arp(src=WEB_IP, dst="10.100.0.77", src_mac=WEB_MAC), src=WEB_MAC, dst=BROADCAST)
    case = scene(tmp_path, put=everywhere(AT_WEB, (5.0, question)))
    assert facts(case, "arp_unanswered") == []


def test_what_is_answered_late_is_answered(tmp_path):
    asked = eth(arp(src=WEB_IP, dst=CNI0_IP, src_mac=WEB_MAC), src=WEB_MAC, dst=BROADCAST)
    case = scene(tmp_path, put=everywhere(AT_WEB, (5.0, asked), (6.0, asked)))
    assert facts(case, "arp_unanswered") == []


def test_tries_before_a_short_capture_are_counted_where_they_are_flooded_to(tmp_path):
    scene(
        tmp_path,
        one_way(WEB, CACHE, pings=6),
        lambda: macvlan("bridge"),
        lambda cluster, _: cluster.silent.add(cluster.address(CACHE)),
    )
    asked = [fact.about["tries"] for fact in facts(case_of(tmp_path), "arp_unanswered")]
    cut(tmp_path / "web-1_eth0.pcap", 1.05, 1.2)
    assert facts(case_of(tmp_path), "arp_unanswered") == []
    add(tmp_path / "web-1_eth0.pcap", [(1.9, eth(ip(udp(b"..."), "192.168.186.70", "192.168.186.71")))])
    (fact,) = facts(case_of(tmp_path), "arp_unanswered")
    assert fact.about["tries"] < asked[0]
