"""Causes that are accepted by the topology, ignored or selected, and findings that follow from them."""

import shutil
from pathlib import Path

import pytest

import pcapcheck

MUTE = Path(__file__).parents[2] / "samples" / "flannel-vxlan-no-answer"


@pytest.fixture
def told(tmp_path):
    """Return the sample with a line in its topology."""

    def write(*lines):
        shutil.copytree(MUTE, tmp_path / "set")
        with (tmp_path / "set" / "topology.yaml").open("a", encoding="utf-8") as file:
            file.write("\n".join(("", *lines, "")))
        return str(tmp_path / "set")

    return write


def test_an_accepted_cause_is_shown_and_violates_nothing(told):
    result = pcapcheck.check(told("accepted:", "  - {id: no-answer, comment: the pod is being replaced}"))
    assert [(each.id, each.accepted) for each in result.diagnoses] == [
        ("no-answer", "the pod is being replaced")
    ]
    assert (result.verdict, result.exit_status) == ("conformant", 0)


def test_what_is_not_accepted_still_violates(told):
    result = pcapcheck.check(told("accepted:", "  - {id: port-closed}"))
    assert (result.verdict, result.diagnoses[0].accepted) == ("violations", "")


def test_an_ignored_cause_is_not_reported():
    result = pcapcheck.check(str(MUTE), ignore=["no-answer"])
    assert (result.verdict, result.diagnoses) == ("conformant", ())


def test_a_selected_cause_is_the_only_one():
    assert pcapcheck.check(str(MUTE), select=["port-closed"]).diagnoses == ()
    assert [each.id for each in pcapcheck.check(str(MUTE), select=["no-*"]).diagnoses] == ["no-answer"]


def test_a_rule_that_is_selected_leaves_the_causes():
    assert [each.id for each in pcapcheck.check(str(MUTE), select=["kubernetes/*"]).diagnoses] == [
        "no-answer"
    ]


def test_findings_about_the_packets_of_a_failed_flow_belong_to_its_cause():
    folder = MUTE.parent / "flannel-vxlan-dropped-at-hop"
    result = pcapcheck.check(str(folder))
    explained = {number for each in result.diagnoses for number in each.findings}
    rules = [finding.rule for number, finding in enumerate(result.findings) if number not in explained]
    assert "kubernetes/delivered" not in rules
