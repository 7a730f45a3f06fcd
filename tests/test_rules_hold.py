"""Every rule of a profile holds on the healthy samples of that profile, or does not apply there.

A rule that a profile takes over from a shared file is judged on its samples, too. Information
counts as well: what a healthy network breaks is worth no line of a report.
"""

import pytest
from rule_table import BROKEN, HOLDS, IDLE, UNKNOWN, healthy, merged, outcomes, table


@pytest.mark.slow
@pytest.mark.parametrize("sample", healthy())
def test_no_rule_is_broken_on_a_healthy_sample(sample):
    _, said = outcomes(sample)
    assert [rule for rule, outcome in said.items() if outcome == BROKEN] == []
    assert HOLDS in said.values()


def test_of_several_samples_what_is_broken_counts_most():
    told = [("demo", {"a/x": IDLE, "a/y": HOLDS}), ("demo", {"a/x": UNKNOWN, "a/y": BROKEN})]
    assert merged(iter(told)) == {"demo": {"a/x": UNKNOWN, "a/y": BROKEN}}


def test_table_has_rules_down_and_profiles_across():
    found = {"b": {"a/x": HOLDS}, "a": {"a/x": IDLE, "a/y": HOLDS}}
    assert list(table(found)) == [
        "| rule | a | b |",
        "|---|---|---|",
        "| a/x | - | holds |",
        "| a/y | holds |  |",
    ]
