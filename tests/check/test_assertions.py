from dataclasses import replace

import polars as pl
import pytest
from networks import NODE1, NODE2, answer, ask, carried, network, rule

from pcapcheck.check.assertions import check_assertion
from pcapcheck.check.finding import Frame, Hop

SEEN = {"node1 eth0": [carried(ask(63))], "node2 eth0": [carried(ask(63))]}
COUNTS = {"seen": 100, "missing": 0, "lost": 0, "gap": 0, "unknown": 0, "late": 0, "doubled": 0}
LOSSES = pl.DataFrame(
    {
        "direction": [0, 0, 0],
        "next_step": [5] * 3,
        "file": [0] * 3,
        "frame": [9, 4, 5],
        "fate": ["lost", "lost", ""],
    }
)


def judged(assertion, at_receiver=None, sent=100, seen=SEEN, **keys):
    """Return what an assertion says of a direction whose two uplinks counted this."""
    rows = [{"step": 4, **COUNTS, "seen": sent}, {"step": 5, **COUNTS, **(at_receiver or {})}]
    hops = pl.DataFrame([{"direction": 0, **row} for row in rows])
    made = replace(network(seen), hops=hops, losses=LOSSES)
    return check_assertion(rule(assertion=assertion, **keys), made)


@pytest.mark.parametrize(
    ("assertion", "column"), [("delivered", "lost"), ("in_order", "late"), ("once", "doubled")]
)
def test_each_promise_is_broken_by_what_was_counted_of_it(assertion, column):
    [finding] = judged(assertion, {column: 3}).findings
    assert (finding.packets, finding.judged) == (3, 100)
    assert finding.hop == Hop("node2", "eth0", "uplink", "vxlan", "destination", 1)
    assert finding.expected == {assertion: "true"}


@pytest.mark.parametrize(
    ("assertion", "others"),
    [("delivered", ("late", "doubled")), ("in_order", ("lost", "doubled")), ("once", ("lost", "late"))],
)
def test_no_promise_is_broken_by_what_was_counted_of_another(assertion, others):
    assert judged(assertion, dict.fromkeys(others, 3)).findings == ()


def test_what_was_sent_is_what_was_judged():
    found = judged("delivered", sent=40)
    assert (found.findings, found.packets, found.selected) == ((), 40, 1)


@pytest.mark.parametrize(("lost", "sent", "findings"), [(1, 100, 0), (2, 100, 1), (1, 1, 1), (1, 2, 0)])
def test_a_lone_packet_of_many_breaks_no_promise(lost, sent, findings):
    assert len(judged("delivered", {"lost": lost}, sent=sent).findings) == findings


def test_missing_packets_that_nobody_proved_lost_break_no_promise():
    assert judged("delivered", {"missing": 9, "gap": 5, "unknown": 4}).findings == ()


def test_lost_packets_are_shown_where_they_were_last_seen():
    [finding] = judged("delivered", {"lost": 2}).findings
    assert finding.frames == (Frame("node1 eth0.pcap", 4), Frame("node1 eth0.pcap", 9))


@pytest.mark.parametrize("keys", [{"who": ("host",)}, {"where": ("same-node",)}])
def test_only_flows_that_a_rule_is_about_exercise_it(keys):
    found = judged("delivered", {"lost": 9}, **keys)
    assert (found.findings, found.packets, found.selected) == ((), 0, 0)


def test_where_no_packets_were_followed_nothing_is_judged():
    found = check_assertion(rule(assertion="delivered"), network(SEEN))
    assert (found.packets, found.selected) == (0, 0)


def symmetric(*answers):
    packets = [carried(ask(63)), carried(ask(63)), *answers]
    return judged("symmetric", seen={"node1 eth0": packets, "node1 flannel.1": [ask(63)]})


def test_answers_that_come_as_the_requests_went_are_symmetric():
    found = symmetric(carried(answer(63), NODE2, NODE1))
    assert (found.findings, found.packets) == ((), 1)


def test_answers_in_another_form_are_not():
    [finding] = symmetric(answer(63), answer(63)).findings
    assert finding.message == "One: the answers go by eth0 (plain), the requests by eth0 (vxlan)"
    assert finding.frames == (Frame("node1 eth0.pcap", 3), Frame("node1 eth0.pcap", 4))
    assert symmetric(answer(63)).findings == ()


def test_where_only_one_way_was_seen_nothing_is_compared():
    assert symmetric().packets == 0
