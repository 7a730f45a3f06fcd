"""Facts are plain data."""

from pcapcheck.diagnose.fact import Fact


def test_a_fact_says_something_about_flows_and_words():
    fact = Fact("passes", "a packet comes again", frozenset([3]), (), 2, {"node": "node1"})
    assert (fact.about["node"], fact.findings, fact.filter) == ("node1", (), None)
