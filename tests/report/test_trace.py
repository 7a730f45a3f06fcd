import pytest
from report import results
from report.results import INNER, POD1, ROUTED, UPLINK1, UPLINK2, VTEP1, VTEP2, step, tunnelled, unseen

from pcapcheck.report import trace


@pytest.mark.parametrize("situation", ["conformant", "violations", "hostile"])
def test_trace(golden, situation):
    golden(f"report/{situation}.trace.txt", "".join(trace.lines(results.SITUATIONS[situation]().flows[0])))


def test_first_hop_shows_its_headers():
    assert trace.changes(None, step(POD1, 1, headers={"ip.ttl": "64"})) == ["ip.ttl 64"]


def test_entering_a_tunnel_adds_headers_and_compares_what_it_carries():
    before, after = step(VTEP1, 1, headers=INNER), step(UPLINK1, 1, headers=tunnelled())
    assert trace.changes(before, after) == [
        "vxlan added: ip.src 192.168.10.11, ip.dst 192.168.10.12, udp.dstport 8472, vxlan.vni 1",
        f"eth.src {INNER['eth.src']} -> {ROUTED['eth.src']}",
        "ip.ttl 64 -> 63",
    ]


def test_leaving_a_tunnel_removes_headers():
    before, after = step(UPLINK2, 1, headers=tunnelled()), step(VTEP2, 1, headers=ROUTED)
    assert trace.changes(before, after) == ["vxlan removed"]


def test_change_of_an_outer_header_is_told():
    before, after = step(UPLINK1, 1, headers=tunnelled("1")), step(UPLINK2, 1, headers=tunnelled("7"))
    assert trace.changes(before, after) == ["vxlan.vni 1 -> 7"]


def test_last_seen_says_what_was_not_captured_and_blames_nobody():
    path = (step(POD1, 3), unseen(VTEP1), step(UPLINK1, 0, missing=3, fate="lost"))
    assert trace.last_seen_text(path) == (
        "last seen at default/web-1 eth0 (pod); node1 flannel.1 (vtep) was not captured"
    )


def test_gap_of_a_capture_is_no_loss():
    assert trace.last_seen((step(POD1, 3), step(VTEP1, 2, missing=1, fate="gap"), step(UPLINK1, 3))) is None


def test_path_in_one_line_names_each_node_once():
    path = (step(POD1, 3), unseen(VTEP1), step(UPLINK1, 3), step(UPLINK2, 1, missing=2, fate="lost"))
    assert trace.path_line(path) == (
        "web-1 pod 3 > node1 vtep (not captured) > uplink 3 > node2 uplink 1, 2 lost"
    )
