import json

import pytest
from report import results

from pcapcheck.errors import InputError


@pytest.mark.parametrize(("situation", "status"), [("conformant", 0), ("violations", 1), ("inconclusive", 3)])
def test_exit_status_follows_the_verdict(situation, status):
    assert results.SITUATIONS[situation]().exit_status == status


def test_result_is_neither_true_nor_false():
    with pytest.raises(TypeError, match=r"compare `\.verdict`"):
        bool(results.conformant())


def test_conformant_result_passes_an_assertion():
    results.conformant().assert_conformant(require=["flannel-vxlan/vni", "kubernetes/t*"])


@pytest.mark.parametrize("situation", ["violations", "inconclusive"])
def test_other_verdicts_fail_an_assertion_and_say_why(situation):
    with pytest.raises(AssertionError, match=f"^{situation}: "):
        results.SITUATIONS[situation]().assert_conformant()


@pytest.mark.parametrize(
    ("required", "missing"),
    [
        ("kubernetes/dns", "kubernetes/dns: no packet to port 53"),
        ("flannel-vxlan/*", "flannel-vxlan/subnet-router: no router MAC"),
        ("flannel-vxlan/vnl", "flannel-vxlan/vnl: no rule of the profiles has this id"),
    ],
)
def test_required_rule_must_be_exercised(required, missing):
    with pytest.raises(AssertionError, match="^not exercised: " + missing):
        results.conformant().assert_conformant(require=[required])


def test_trace_is_found_by_the_ends_of_the_flow():
    result = results.conformant()
    assert result.trace("web-1-db-0") is result.trace(1) is result.flows[0]


def test_written_file_is_the_report(tmp_path):
    file = tmp_path / "report.json"
    results.hostile().write(file)
    assert file.read_text(encoding="utf-8") == results.hostile().to_json()
    assert json.loads(results.hostile().to_json())["verdict"] == "violations"


def test_unknown_ending_writes_nothing(tmp_path):
    with pytest.raises(InputError, match="no report format has this ending"):
        results.conformant().write(tmp_path / "report.doc")
    assert list(tmp_path.iterdir()) == []


def test_notebook_shows_the_verdict_without_scripts():
    shown = results.hostile()._repr_html_()
    assert "violations" in shown
    assert "<script" not in shown
