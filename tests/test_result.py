"""Result: what the Python API does with a report."""

import json
from dataclasses import replace

import pytest
from report import results

from pcapcheck.errors import InputError
from pcapcheck.result import Result


def result_of(situation):
    return Result(results.SITUATIONS[situation]())


def test_result_is_neither_true_nor_false():
    with pytest.raises(TypeError, match=r"compare `\.verdict`"):
        bool(result_of("conformant"))


def test_an_interpreter_shows_one_line():
    assert repr(result_of("unreadable")) == "<Result conformant: 0 diagnoses, 0 findings, 2 captures>"


def test_conformant_result_passes_an_assertion():
    result_of("conformant").assert_conformant(require=["flannel-vxlan/vni", "kubernetes/t*"])


@pytest.mark.parametrize("situation", ["violations", "inconclusive"])
def test_other_verdicts_fail_an_assertion_and_say_why(situation):
    with pytest.raises(AssertionError, match=f"^{situation}: "):
        result_of(situation).assert_conformant()


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
        result_of("conformant").assert_conformant(require=[required])


def test_trace_is_found_by_the_ends_of_the_flow():
    result = result_of("conformant")
    assert result.trace("web-1-db-0") is result.trace(1) is result.flows[0]


def test_printed_flow_is_its_trace():
    flow = replace(results.conformant().flows[0], backward=())
    result = Result(replace(results.conformant(), flows=(flow,)))
    assert str(result.trace(1)).startswith("tcp/10.244.0.5:41000-10.244.1.7:80\n")


def test_sightings_that_were_not_kept_are_an_error():
    with pytest.raises(InputError, match="kept no sightings"):
        result_of("conformant").frame("sightings")


def test_written_file_is_the_report(tmp_path):
    file = tmp_path / "report.json"
    result_of("hostile").write(file)
    assert file.read_text(encoding="utf-8") == result_of("hostile").to_json()
    assert json.loads(result_of("hostile").to_json())["verdict"] == "violations"


def test_unknown_ending_writes_nothing(tmp_path):
    with pytest.raises(InputError, match="no report format has this ending"):
        result_of("conformant").write(tmp_path / "report.doc")
    assert list(tmp_path.iterdir()) == []


def test_notebook_shows_the_verdict_without_scripts():
    shown = result_of("hostile")._repr_html_()
    assert "violations" in shown
    assert "<script" not in shown
