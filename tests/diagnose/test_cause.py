"""Causes as their files say them: patterns over facts, and when they are looked for."""

import re

import pytest

from pcapcheck.diagnose.cause import RANKS, load_causes, read_cause
from pcapcheck.diagnose.fact import Fact
from pcapcheck.documents.document import Document

TEXT = """
id: test-cause
title: A test
rank: {rank}
blame: sender
needs: {needs}
explanation: why
confirm: []
fix: how
references: []
"""


def cause(needs, rank="header"):
    return read_cause(Document.parse(TEXT.format(needs=needs, rank=rank), "test.yaml"))


def fact(evidence="seen", **about):
    return Fact(evidence, "it was seen", frozenset([1]), (), 2, about)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("field: ip.dst", True),
        ("field: [ip.src, ip.dst]", True),
        ("field: ip.src", False),
        ("field: {not: ip.src}", True),
        ("field: {not: [ip.src, ip.dst]}", False),
        ("share: {min: 0.5}", True),
        ("share: {min: 0.5, max: 0.6}", False),
        ("field: {min: 1}", False),
        ("lacking: x", False),
        ("lacking: {not: x}", True),
        ("back: true", True),
    ],
)
def test_words_are_matched_by_value_list_not_and_range(pattern, fits):
    need = cause(f"[{{evidence: seen, {pattern}}}]").needs[0]
    assert need.fits(fact(field="ip.dst", share=0.9, back=True)) is fits


def test_another_evidence_never_fits():
    assert not cause("[{evidence: seen}]").needs[0].fits(fact("heard"))


def test_one_of_several_patterns_is_enough_and_has_its_own_certainty_and_blame():
    need = cause(
        "[{any: [{evidence: seen, a: 1}, {evidence: seen, b: 2, certainty: 0.5, blame: to_node}]}]"
    ).needs[0]
    assert need.certainty(fact(a=1)) == 1.0
    assert (need.certainty(fact(b=2)), need.blame(fact(b=2))) == (0.5, "to_node")
    assert need.certainty(fact(c=3)) == 0.0


def test_losses_are_looked_for_after_all_that_may_explain_them():
    both = cause("[{any: [{evidence: seen}, {evidence: lost_between}]}]")
    early, late = both.at(("header",)), both.at(("loss",))
    assert early is not None
    assert early.needs[0].evidences == ("seen",)
    assert late is not None
    assert late.needs[0].evidences == ("lost_between",)
    assert both.at(("arp", "nat", "icmp")) is None


def test_a_cause_that_needs_nothing_is_never_looked_for():
    assert cause("[]").at(("header",)) is None


def test_shipped_causes_have_known_ranks_and_something_to_look_for():
    causes = load_causes()
    assert {each.rank for each in causes} <= {rank for ranks in RANKS for rank in ranks}
    assert [each.id for each in causes if not each.needs] == []


def test_what_a_cause_beats_is_a_cause():
    ids = {each.id for each in load_causes()}
    assert {other for each in load_causes() for other in each.beats} <= ids


IPV4_ONLY = re.compile(
    r"\bARP\b|\barping|proxy_arp|net\.ipv4|rp_filter|\biptables|ip neigh|ip route show|fragmentation needed",
    re.IGNORECASE,
)
# Their commands concern the outer header of a tunnel, or every address family.
OF_ANY_FAMILY = {"tunnel-blocked-at-node", "tunnel-blocked-on-fabric"}


@pytest.mark.parametrize("cause", load_causes(), ids=lambda cause: cause.id)
def test_texts_for_ipv6_give_no_advice_that_holds_for_ipv4_alone(cause):
    told = cause.for_ipv6()
    for text in (told.title, told.explanation, told.fix, *told.confirm):
        assert cause.id in OF_ANY_FAMILY or not IPV4_ONLY.search(text), text


def test_a_cause_keeps_the_texts_that_ipv6_does_not_change():
    told = read_cause(Document.parse(TEXT.format(needs="[]", rank="arp") + "ipv6: {fix: so}", "test.yaml"))
    assert (told.fix, told.for_ipv6().fix, told.for_ipv6().title) == ("how", "so", "A test")
