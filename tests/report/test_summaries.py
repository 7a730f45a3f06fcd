from dataclasses import replace

import polars as pl
from networks import OUTSIDE, POD1, POD2, SERVICE, answer, ask, carried, network, said
from packets import eth, ipv6, tcp

from pcapcheck.report.summaries import headers_of, summaries

SEEN = {
    "pod1": [ask(), ask(), answer(62), said(POD1, OUTSIDE, dport=443, seq=9)],
    "node1 eth0": [carried(ask(63), vni=7)],
}
HOPS = pl.DataFrame(
    [
        {
            "direction": 0,
            "step": 0,
            "seen": 2,
            "missing": 0,
            "lost": 0,
            "unknown": 0,
            "gap": 0,
            "latency": None,
        },
        {
            "direction": 0,
            "step": 4,
            "seen": 1,
            "missing": 1,
            "lost": 1,
            "unknown": 0,
            "gap": 0,
            "latency": 900,
        },
    ]
)


def told(seen=SEEN, hops=None):
    made = network(seen)
    return summaries(made if hops is None else replace(made, hops=hops))


def test_a_flow_has_both_ways_and_the_numbers_of_the_point_that_saw_most():
    web, outside = told()
    assert (web.flow, web.source, web.destination) == (
        "tcp/10.244.1.5:40000-10.244.2.5:80",
        "default/pod1",
        "default/pod2",
    )
    assert (web.traffic, web.packets, web.points) == (("pod-to-pod", "cross-node"), 3, 2)
    assert [step.hop.node for step in web.forward] == ["node1"] * 5 + ["node2"] * 5
    assert web.backward[0].hop.pod == "default/pod2"
    assert (outside.flow, outside.backward) == ("tcp/10.244.1.5:40000-203.0.113.9:443", ())


def test_a_step_says_whether_anybody_looked_and_what_was_there():
    forward = told()[0].forward
    assert [number for number, step in enumerate(forward) if step.captured] == [0, 4]
    assert (forward[4].seen, forward[4].stack) == (1, "eth:ip:udp:vxlan:eth:ip:tcp")
    assert forward[4].headers["vxlan.vni"] == "7"
    assert (forward[1].seen, forward[1].stack, forward[1].headers) == (0, "", {})


def test_what_became_of_packets_is_told_where_they_were_followed():
    forward = told(hops=HOPS)[0].forward
    assert [(step.seen, step.missing, step.fate) for step in (forward[0], forward[4])] == [
        (2, 0, ""),
        (1, 1, "lost"),
    ]
    assert [step.latency_ns for step in (forward[0], forward[4])] == [None, 900]


def test_a_form_that_no_step_expects_is_shown_as_it_was_seen():
    forward = told({"node1 eth0": [ask(63)]})[0].forward
    assert (forward[4].hop.form, forward[5].hop.form) == ("plain", "vxlan")


def test_translation_is_told_with_the_flow():
    seen = {"pod1": [said(POD1, SERVICE, dport=80)], "node1 cni0": [said(POD1, POD2, dport=8080)]}
    assert [each.nat for each in told(seen)] == ["10.96.0.10:80 -> 10.244.2.5:8080"]
    assert told()[0].nat is None


def test_flows_are_in_the_order_of_their_first_packets():
    seen = {"pod1": [said(POD1, OUTSIDE, dport=443, seq=9), ask()]}
    assert [each.destination for each in told(seen)] == ["", "default/pod2"]


def test_without_packets_there_are_no_flows():
    made = network(SEEN)
    assert summaries(replace(made, variants=made.variants.clear())) == ()


def headers(frame):
    return headers_of(network({"pod1": [frame]}).variants)[0]


def test_headers_are_written_as_people_write_them_and_not_twice():
    assert headers(ask()) == {
        "eth.src": "52:54:00:00:00:01",
        "eth.dst": "52:54:00:00:00:02",
        "ip.src": POD1,
        "ip.dst": POD2,
        "ip.ttl": "64",
        "inner.tcp.srcport": "40000",
        "inner.tcp.dstport": "80",
    }


def test_what_a_tunnel_carries_is_shown_though_it_equals_the_outside():
    shown = headers(carried(ask(), POD1, POD2))
    assert (shown["ip.src"], shown["inner.ip.src"]) == (POD1, POD1)


def test_an_address_of_ipv6_is_written_whole():
    assert headers(eth(ipv6(tcp(), src="fd00::1:2")))["ipv6.src"] == "fd00::1:2"
