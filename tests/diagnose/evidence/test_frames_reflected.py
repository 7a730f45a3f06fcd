"""A pod that hears itself."""

from packets import address as packed
from packets import arp, eth, icmpv6, ipv6
from scene import AT_WEB, CNI0_IP, CNI0_MAC, WEB_IP, WEB_MAC, causes, everywhere, facts, scene

VETH = AT_WEB[1]
OWN, GROUP = "fd00:10::2", "33:33:ff:00:00:02"
DETECTION = eth(ipv6(icmpv6(packed(OWN), type=135), "::", "ff02::1:ff00:2", hlim=255), src=WEB_MAC, dst=GROUP)
QUESTION = eth(arp(1, WEB_IP, CNI0_IP, WEB_MAC), src=WEB_MAC, dst="ff:ff:ff:ff:ff:ff")


def test_duplicate_address_detection_that_sees_itself(tmp_path):
    case = scene(tmp_path, put={VETH: [(3.0, DETECTION), (3.00003, DETECTION)]})
    (fact,) = facts(case, "frames_reflected")
    assert (fact.about["address"], fact.about["node"]) == (OWN, "node1")
    assert "frames-reflected" in causes(case)


def test_a_question_that_is_sent_again_is_not_reflected(tmp_path):
    case = scene(tmp_path, put=everywhere(AT_WEB, (3.0, DETECTION), (4.0, DETECTION)))
    assert facts(case, "frames_reflected") == []


def test_a_capture_that_shows_everything_twice(tmp_path):
    answer = eth(arp(2, CNI0_IP, "10.100.0.9", CNI0_MAC, WEB_MAC), src=CNI0_MAC, dst=WEB_MAC)
    twice = [(3.0 + shift, frame) for frame in (DETECTION, answer) for shift in (0, 0.00003)]
    case = scene(tmp_path, put={VETH: twice})
    assert facts(case, "frames_reflected") == []


def test_a_question_with_a_nonce_and_a_broadcast_do_no_harm(tmp_path):
    nonce = bytes.fromhex("0e01aabbccddeeff")
    enhanced = ipv6(icmpv6(packed(OWN) + nonce, type=135), "::", "ff02::1:ff00:2", hlim=255)
    asked = (eth(enhanced, src=WEB_MAC, dst=GROUP), QUESTION)
    twice = [(3.0 + shift, frame) for frame in asked for shift in (0, 0.00003)]
    case = scene(tmp_path, put={VETH: twice})
    assert facts(case, "frames_reflected") == []
    assert causes(case) == []
