"""A cause at one place, with the facts that speak for it."""

from dataclasses import replace

import pytest
from scene import scene

from pcapcheck.diagnose.cause import Cause, CausePattern, Need
from pcapcheck.diagnose.claim import MAX_CONFIDENCE, Claim
from pcapcheck.diagnose.fact import Fact

CAUSE = Cause(
    id="test",
    title="{sender} sends {actual}",
    explanation="{sender} sends {actual}, {nobody_knows} is meant",
    fix="mend {node}",
    confirm=("look at {node}",),
    references=(),
    rank="header",
    confidence=0.9,
    blame="sender",
    device=("vtep",),
    place="interface",
    needs=(Need((CausePattern("seen", {}), CausePattern("guessed", {}, 0.5))),),
    supports=(),
    excludes=(),
    beats=("other",),
    explains="flows",
    information=False,
)


def fact(*flows, evidence="seen", packets=5, **about):
    words = {"sender": "node1", "actual": "7", "node": "node2"} | about
    return Fact(evidence, f"{evidence} {flows}", frozenset(flows), (), packets, words)


def test_confidence_falls_for_one_packet_and_rises_with_support():
    assert Claim(CAUSE, (fact(1),)).confidence == 0.9
    assert Claim(CAUSE, (fact(1, packets=1),)).confidence == 0.8
    assert Claim(CAUSE, (fact(1),), support=(fact(1), fact(1))).confidence == 0.94
    assert Claim(replace(CAUSE, confidence=1.0), (fact(1),)).confidence == MAX_CONFIDENCE


def test_a_guess_is_worth_less():
    assert Claim(CAUSE, (fact(1, evidence="guessed"),)).confidence == 0.45


def test_a_loss_where_the_next_capture_may_have_stopped_is_worth_less():
    assert Claim(CAUSE, (fact(1, covered=False),)).confidence < 0.8
    assert Claim(CAUSE, (fact(1, covered=True),)).confidence == 0.9


def test_claims_overlap_by_flow_by_node_and_where_both_have_none():
    one = Claim(CAUSE, (fact(1),))
    assert one.overlaps(Claim(CAUSE, (fact(1, 2, sender="node9"),)))
    assert one.overlaps(Claim(CAUSE, (fact(5),)))
    assert not one.overlaps(Claim(CAUSE, (fact(5, sender="node9"),)))


def test_what_others_explain_is_explained():
    assert Claim(CAUSE, (fact(1, 2),)).explained(frozenset([1, 2, 3]))
    assert not Claim(CAUSE, (fact(1, 2),)).explained(frozenset([1]))
    assert not Claim(CAUSE, (fact(),)).explained(frozenset([1]))


def test_a_diagnosis_fills_the_placeholders_and_names_the_device(tmp_path):
    case = scene(tmp_path)
    told = Claim(CAUSE, (fact(1), fact(1), fact(2, next_capture="never"))).diagnosis(case)
    assert told.title == "node1 sends 7"
    assert told.explanation == "node1 sends 7, - is meant"
    assert (told.node, told.interface, told.fix) == ("node1", "flannel.1", "mend node1")
    assert [each.says for each in told.evidence] == ["seen (1,)", "seen (2,)"]


def test_texts_name_another_node_where_the_facts_name_one_only(tmp_path):
    cause = replace(CAUSE, explanation="as {peer} has it, at {at}")
    told = Claim(cause, (fact(),)).diagnosis(scene(tmp_path))
    assert told.explanation == "as another node has it, at node1 flannel.1"


def test_texts_name_a_pods_own_interface_by_the_pod(tmp_path):
    cause = replace(CAUSE, explanation="at {at}", device=())
    told = Claim(cause, (fact(interface="eth0", in_pod="default/web-1"),)).diagnosis(scene(tmp_path))
    assert (told.explanation, told.pod) == ("at pod default/web-1 eth0", "default/web-1")


@pytest.mark.parametrize(
    ("words", "title"),
    [({"target": "fd00::1"}, "six"), ({"actual": "10.0.0.1"}, "four"), ({"actual": "7"}, "four")],
)
def test_texts_for_ipv6_are_taken_by_the_address_that_a_fact_names(tmp_path, words, title):
    cause = replace(CAUSE, title="four", ipv6={"title": "six"})
    assert Claim(cause, (fact(**words),)).diagnosis(scene(tmp_path)).title == title


def test_texts_for_ipv6_are_taken_by_the_flows_where_no_fact_names_an_address(tmp_path):
    case = scene(tmp_path)
    version = {flow: rows[0]["version"] for flow, rows in case.flows.items()}
    claim = Claim(replace(CAUSE, title="four", ipv6={"title": "six"}), (fact(*version),))
    assert set(version.values()) == {4}
    assert claim.diagnosis(case).title == "four"
    for rows in case.flows.values():
        rows[0]["version"] = 6
    assert claim.diagnosis(case).title == "six"
