"""Host unreachable after three seconds, and at once."""

import pytest
from packets import eth, icmp, ip, tcp
from scene import CNI0_IP, CNI0_MAC, WEB_IP, WEB_MAC, causes, facts, scene

NOBODY = "10.100.7.7"


def refused(after):
    """Return what a veth sees: two SYNs, and an ICMP error of the node so many seconds after the first."""
    syn = ip(tcp(sport=4000, dport=80, flags=2), WEB_IP, NOBODY)
    error = ip(icmp(syn[:28], type=3, code=1), CNI0_IP, WEB_IP)
    asked = eth(syn, src=WEB_MAC, dst=CNI0_MAC)
    return [(3.0, asked), (4.0, asked), (3.0 + after, eth(error, src=CNI0_MAC, dst=WEB_MAC))]


@pytest.mark.parametrize(("after", "found"), [(3.06, 1), (0.001, 0), (30.0, 0)])
def test_the_node_gives_up_after_three_questions(tmp_path, after, found):
    case = scene(tmp_path, put={"node1_veth1f6c2a90.pcap": refused(after)})
    assert [fact.about["target"] for fact in facts(case, "host_unreachable")] == [NOBODY] * found
    assert ("arp-unanswered" in causes(case)) == bool(found)
