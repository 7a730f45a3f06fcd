"""A baseline: the findings and causes of an earlier run, which are known and no longer fail a run.

Takes the SARIF report of that run, which has a fingerprint for each finding and cause, and removes these from
the new report. A note says how many were left out, and how many of the baseline were not seen again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pcapcheck.check.finding import Finding
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.errors import InputError
from pcapcheck.report.quantity import count
from pcapcheck.report.report import FlowSummary, Report, Verdict
from pcapcheck.report.stableid import FINGERPRINT_KEY, fingerprint, fingerprint_of_cause
from pcapcheck.report.summary import fails


def read_baseline(path: str) -> frozenset[str]:
    """Return the fingerprints in a SARIF report.

    Raises:
        InputError: it cannot be read, or is no report of ours.
    """
    fix = "write one with `pcapcheck check PATH --format sarif=FILE`"
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(path, f"it can't be read: {error.strerror}", fix) from None
    except (ValueError, RecursionError):
        raise InputError(path, "it is not a SARIF report: it is not even JSON", fix) from None
    if not isinstance(document, Mapping) or not isinstance(document.get("runs"), list):
        raise InputError(path, "it is not a SARIF report", fix)
    return frozenset(_marks(document["runs"]))


def _marks(runs: Sequence[Any]) -> Iterator[str]:
    for run in runs:
        for each in _list(run, "results"):
            marks = each.get("partialFingerprints") if isinstance(each, Mapping) else None
            mark = marks.get(FINGERPRINT_KEY) if isinstance(marks, Mapping) else None
            if isinstance(mark, str):
                yield mark


def _list(thing: Any, key: str) -> list[Any]:
    found = thing.get(key) if isinstance(thing, Mapping) else None
    return found if isinstance(found, list) else []


def without_known(report: Report, known: frozenset[str], name: str) -> Report:
    """Return the report without known findings and causes, with the verdict that follows from the rest.

    Args:
        report: the report of this run.
        known: the fingerprints of the baseline.
        name: the file of the baseline, for the note.
    """
    flows = {flow.flow: flow for flow in report.flows}
    marks = [_fingerprints(report, finding, flows) for finding in report.findings]
    causes = [fingerprint_of_cause(each) for each in report.diagnoses]
    fresh = (number for number, names in enumerate(marks) if not names & known)
    kept = {number: new for new, number in enumerate(fresh)}
    findings = tuple(report.findings[number] for number in kept)
    diagnoses = tuple(
        _renumbered(each, kept)
        for each, mark in zip(report.diagnoses, causes, strict=True)
        if mark not in known
    )
    seen = {*causes}.union(*marks)
    left = replace(report, findings=findings, diagnoses=diagnoses, known=len(known & seen))
    return replace(left, verdict=_verdict(left), notes=(*report.notes, _note(known, seen, name)))


def _fingerprints(report: Report, finding: Finding, flows: Mapping[str, FlowSummary]) -> frozenset[str]:
    """Return the finding's fingerprint, and those that it had while its rule had other ids."""
    rule = report.rules.get(finding.rule)
    names = (finding.rule, *(rule.formerly if rule else ()))
    return frozenset(fingerprint(replace(finding, rule=name), flows) for name in names)


def _renumbered(diagnosis: Diagnosis, kept: Mapping[int, int]) -> Diagnosis:
    return replace(diagnosis, findings=tuple(kept[number] for number in diagnosis.findings if number in kept))


def _verdict(report: Report) -> Verdict:
    """Return the verdict on the remaining findings; a run without violations keeps its verdict.

    Where all violations are known, the network is as it was when the baseline was written: conformant.
    """
    if report.verdict != Verdict.VIOLATIONS:
        return report.verdict
    if any(fails(report, finding) for finding in report.findings):
        return Verdict.VIOLATIONS
    if any(not diagnosis.information and not diagnosis.accepted for diagnosis in report.diagnoses):
        return Verdict.VIOLATIONS
    return Verdict.INCONCLUSIVE if report.caveats else Verdict.CONFORMANT


def _note(known: frozenset[str], seen: set[str], name: str) -> str:
    gone = len(known - seen)
    again = f"; {gone} of the baseline were not seen again" if gone else ""
    return f"{count(len(known & seen), 'known finding')} or causes left out, as {name} has them{again}"
