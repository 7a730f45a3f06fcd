"""What an earlier run found is known, and fails no more; what is new does."""

import json
from dataclasses import replace

import pytest
from report import results

from pcapcheck.errors import InputError
from pcapcheck.report.baseline import read_baseline, without_known
from pcapcheck.report.formats.sarif import write
from pcapcheck.report.report import Verdict
from pcapcheck.report.summary import headline


@pytest.fixture
def known(tmp_path):
    path = tmp_path / "known.sarif"
    path.write_text("".join(write(results.violations())))
    return read_baseline(str(path))


def test_the_same_run_has_nothing_new(known):
    left = without_known(results.violations(), known, "known.sarif")
    assert (left.findings, left.diagnoses) == ((), ())
    assert left.verdict == Verdict.CONFORMANT
    assert headline(left).startswith("conformant: no new violations; 5 known; ")
    assert left.known == 5
    assert "left out, as known.sarif has them" in left.notes[-1]


def test_nothing_new_is_no_verdict_where_the_captures_say_too_little(known):
    left = without_known(replace(results.violations(), caveats=("cut off",)), known, "known.sarif")
    assert left.verdict == Verdict.INCONCLUSIVE


def test_what_is_new_stays_and_keeps_its_findings(known):
    result = results.violations()
    cause = known - read_findings(result)
    left = without_known(result, known - cause, "known.sarif")
    assert (left.findings, len(left.diagnoses)) == ((), len(result.diagnoses))
    assert {each.findings for each in left.diagnoses} == {()}
    assert left.verdict == Verdict.VIOLATIONS


def test_what_was_found_before_its_rule_was_renamed_is_known(known):
    from dataclasses import replace

    result = results.violations()
    renamed = tuple(replace(each, rule=f"new/{number}") for number, each in enumerate(result.findings))
    rules = {
        new.rule: replace(result.rules[old.rule], formerly=(old.rule,))
        for new, old in zip(renamed, result.findings, strict=True)
    }
    left = without_known(replace(result, findings=renamed, rules=rules), known, "known.sarif")
    assert left.findings == ()


def read_findings(result):
    from pcapcheck.report.stableid import fingerprint

    flows = {flow.flow: flow for flow in result.flows}
    return frozenset(fingerprint(each, flows) for each in result.findings)


def test_what_was_not_seen_again_is_said():
    result = results.conformant()
    left = without_known(result, frozenset({"gone"}), "known.sarif")
    assert left.verdict == Verdict.CONFORMANT
    assert "1 of the baseline were not seen again" in left.notes[-1]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"runs": 7}', "[" * 100_000])
def test_what_is_no_sarif_report_is_an_input_error(tmp_path, text):
    path = tmp_path / "x"
    path.write_text(text)
    with pytest.raises(InputError, match="it is not a SARIF report"):
        read_baseline(str(path))


@pytest.mark.parametrize(
    "runs", [[], [7], [{"results": 7}], [{"results": [7, {}, {"partialFingerprints": []}]}]]
)
def test_odd_reports_have_no_fingerprints(tmp_path, runs):
    path = tmp_path / "x"
    path.write_text(json.dumps({"runs": runs}))
    assert read_baseline(str(path)) == frozenset()
