"""Every rule is shown by samples: one on which it holds, one on which it is broken.

`pcapcheck rules test` runs these tests (slow, in tests/commands/test_rules.py).
"""

from pathlib import Path

import pytest

from pcapcheck.check.reference import link_of
from pcapcheck.check.rules import load_profile, profile_names

REPOSITORY = Path(__file__).parents[1]


def own_rules(name):
    return [rule for rule in load_profile(name).rules if rule.id.startswith(f"{name}/")]


def outcomes(rule):
    return {test.outcome for test in rule.tests}


@pytest.mark.parametrize("name", profile_names())
def test_every_rule_has_a_test_that_passes_and_one_that_fails(name):
    assert [rule.id for rule in own_rules(name) if not {"pass", "fail"} <= outcomes(rule)] == []


@pytest.mark.parametrize("name", profile_names())
def test_every_sample_that_a_rule_names_is_there(name):
    samples = {test.capture for rule in own_rules(name) for test in rule.tests}
    assert [each for each in sorted(samples) if not (REPOSITORY / each / "truth.json").exists()] == []


@pytest.mark.parametrize("name", [each for each in profile_names() if not load_profile(each).shared])
def test_every_profile_has_rules_of_its_own(name):
    assert own_rules(name)


def can_be_followed(rule, sources):
    return any(link_of(each, sources) or each.startswith("IEEE ") for each in rule.references)


@pytest.mark.parametrize("name", profile_names())
def test_every_rule_refers_to_a_source_that_can_be_followed(name):
    sources = load_profile(name).sources
    assert [rule.id for rule in own_rules(name) if not can_be_followed(rule, sources)] == []


@pytest.mark.parametrize("name", profile_names())
def test_an_id_that_a_rule_had_before_is_given_to_no_other(name):
    former = [each for rule in load_profile(name).rules for each in rule.formerly]
    assert set(former).isdisjoint(rule.id for rule in load_profile(name).rules)
    assert len(former) == len(set(former))
