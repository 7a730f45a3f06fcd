"""explain: a rule or a diagnosis in words."""

from click.testing import CliRunner

from pcapcheck.commands.explain import command
from pcapcheck.errors import InputError


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
