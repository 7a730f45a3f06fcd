"""GitHub annotations: workflow commands, which a runner shows as remarks beside the rule file.

GitHub shows ten of a kind for a step, so causes come first, then findings in groups, then what was
unreadable; the last line is the verdict. Source: GitHub, "Workflow commands for GitHub Actions".
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from pcapcheck.check.finding import Severity
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.escape import github, github_property, terminal
from pcapcheck.report.quantity import count, frames_text, hop_place, percent
from pcapcheck.report.report import Report, Verdict
from pcapcheck.report.summary import SEVERITY_ORDER, FindingGroup, groups, headline, statement_of

SUFFIX = ".github"
MAX_ANNOTATIONS = 10  # GitHub shows no more of a kind for a step
ANNOTATION_KINDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class Annotation(NamedTuple):
    """One remark; `file` may be unknown."""

    kind: str  # error | warning | notice
    title: str
    message: str
    file: str = ""
    line: int = 0


def write(report: Report) -> Iterator[str]:
    """Yield at most ten annotations, the most important first, and the verdict."""
    every = list(_annotations(report))
    for annotation in islice(every, MAX_ANNOTATIONS):
        yield _command(annotation)
    more = (
        f"; {count(len(every) - MAX_ANNOTATIONS, 'more remark')} not shown"
        if len(every) > MAX_ANNOTATIONS
        else ""
    )
    yield terminal(f"{headline(report)}{more}") + "\n"


def _annotations(report: Report) -> Iterator[Annotation]:
    for diagnosis in report.diagnoses:
        yield _cause(report, diagnosis)
    if report.verdict == Verdict.INCONCLUSIVE:
        yield Annotation("warning", "inconclusive", headline(report))
    explained = {number for diagnosis in report.diagnoses for number in diagnosis.findings}
    told = {id(report.findings[number]) for number in explained if number < len(report.findings)}
    grouped = groups(report)
    for group in sorted(
        grouped, key=lambda each: (_rank(each), all(id(one) in told for one in each.findings))
    ):
        yield _finding(report, group)
    for capture in report.captures:
        if capture.error:
            yield Annotation("warning", "capture could not be read", f"{capture.file}: {capture.error}")


def _rank(group: FindingGroup) -> int:
    return SEVERITY_ORDER.index(group.first.severity)


def _cause(report: Report, diagnosis: Diagnosis) -> Annotation:
    kind = "notice" if diagnosis.information else "error"
    title = f"{diagnosis.id} ({percent(diagnosis.confidence)})"
    evidence = [f"{each.says}; {frames_text(each.frames)}".rstrip("; ") for each in diagnosis.evidence]
    message = "\n".join((statement_of(diagnosis), diagnosis.explanation, *evidence, f"Fix: {diagnosis.fix}"))
    rules = [report.findings[number].rule for number in diagnosis.findings if number < len(report.findings)]
    return Annotation(kind, title, message, *_where(report, rules[0] if rules else ""))


def _finding(report: Report, group: FindingGroup) -> Annotation:
    first = group.first
    flows = f"{group.packets} of {count(len(group.flows), 'flow')}"
    message = f"{hop_place(first.hop)}: {first.message}; {flows}; see {frames_text(first.frames)}"
    return Annotation(ANNOTATION_KINDS[first.severity], first.rule, message, *_where(report, first.rule))


def _where(report: Report, rule: str) -> tuple[str, int]:
    used = report.rules.get(rule)
    return (used.file, used.line) if used and used.file else ("", 0)


def _command(annotation: Annotation) -> str:
    properties = {"title": annotation.title}
    if annotation.file:
        properties = {"file": annotation.file, "line": str(annotation.line), **properties}
    listed = ",".join(f"{name}={github_property(value)}" for name, value in properties.items())
    return f"::{annotation.kind} {listed}::{github(annotation.message)}\n"
