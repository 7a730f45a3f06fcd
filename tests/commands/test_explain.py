"""explain: a rule or a diagnosis in words."""

import pytest
from click.testing import CliRunner

from pcapcheck.check.rules import load_profile, profile_names
from pcapcheck.commands.explain import PLACEHOLDER, command
from pcapcheck.diagnose.cause import load_causes
from pcapcheck.errors import InputError

WITH_PLACEHOLDERS = [
    *(each.id for each in load_causes()),
    *{
        rule.id
        for name in profile_names()
        for rule in load_profile(name).rules
        if PLACEHOLDER.search(rule.fix)
    },
]


def test_a_diagnosis_says_how_to_confirm_and_mend_it():
    said = CliRunner().invoke(command, ["vni-mismatch"]).output
    assert "How to confirm it:" in said
    assert "How to fix it:" in said


def test_a_rule_names_the_file_that_it_is_written_in():
    said = CliRunner().invoke(command, ["flannel-vxlan/vni"]).output
    assert "rules/flannel-vxlan.yaml" in said


def test_an_unknown_id_offers_the_nearest():
    failed = CliRunner().invoke(command, ["vni-mismach"]).exception
    assert isinstance(failed, InputError)
    assert "did you mean `vni-mismatch`?" in str(failed)


@pytest.mark.parametrize("name", WITH_PLACEHOLDERS)
def test_placeholders_are_words_in_capitals(name):
    assert not PLACEHOLDER.search(CliRunner().invoke(command, [name]).output)


def test_a_placeholder_is_named_as_in_the_commands():
    said = CliRunner().invoke(command, ["vni-mismatch"]).output
    assert "NODE sends VNI ACTUAL" in said
    assert "ip -d link show INTERFACE  # on NODE and on PEER" in said
