"""JUnit XML: one test case per rule, so that a CI server shows which rule was broken.

Format: https://github.com/testmoapp/junitxml. A rule that no packet exercised or that could not be
evaluated is skipped with its reason, never passed. Causes come first, a failed case each; an inconclusive
verdict is an error of its own, so that nothing looks green.
"""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.escape import xml
from pcapcheck.report.quantity import count, frames_text, hop_place
from pcapcheck.report.report import Report, Verdict
from pcapcheck.report.summary import FindingGroup, causes, fails, groups, headline, statement_of

SUFFIX = ".xml"
COUNTED_TAGS = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}


def write(report: Report) -> Iterator[str]:
    """Yield the document. Test cases come in rule order: equal reports give equal bytes."""
    suite = Element("testsuite", name="pcapcheck")
    _verdict(suite, report)
    for diagnosis in causes(report):
        _cause(suite, diagnosis)
    broken: dict[str, list[FindingGroup]] = {}
    for group in groups(report):
        broken.setdefault(group.first.rule, []).append(group)
    for rule in sorted({*_rules(report), *broken}):
        _rule(suite, report, rule, broken.get(rule, []))
    for attribute, tag in COUNTED_TAGS.items():
        suite.set(attribute, str(sum(1 for _ in suite.iter(tag))))
    indent(suite)
    yield tostring(suite, encoding="unicode") + "\n"


def _rules(report: Report) -> dict[str, str | None]:
    """Return each rule, and why it was not judged."""
    coverage = report.coverage
    not_exercised = {rule: f"not exercised: {why}" for rule, why in coverage.not_exercised.items()}
    not_evaluable = {rule: f"not evaluable: {why}" for rule, why in coverage.not_evaluable.items()}
    return {**dict.fromkeys(coverage.exercised), **not_exercised, **not_evaluable}


def _case(suite: Element, group: str, name: str) -> Element:
    return SubElement(suite, "testcase", classname=xml(group), name=xml(name))


def _verdict(suite: Element, report: Report) -> None:
    case = _case(suite, "pcapcheck", "verdict")
    if report.verdict == Verdict.INCONCLUSIVE:
        SubElement(case, "error", type="inconclusive", message=xml(headline(report)))
    else:
        SubElement(case, "system-out").text = xml(headline(report))
    for capture in report.captures:
        if capture.error:
            case = _case(suite, "captures", capture.file)
            SubElement(case, "error", type="unreadable", message=xml(capture.error))


def _cause(suite: Element, diagnosis: Diagnosis) -> None:
    case = _case(suite, "diagnoses", diagnosis.id)
    failure = SubElement(case, "failure", type="diagnosis", message=xml(statement_of(diagnosis)))
    evidence = [f"{each.says}; {frames_text(each.frames)}".rstrip("; ") for each in diagnosis.evidence]
    failure.text = _lines(diagnosis.explanation, *evidence, f"Fix: {diagnosis.fix}")


def _rule(suite: Element, report: Report, rule: str, broken: list[FindingGroup]) -> None:
    profile = rule.partition("/")[0]
    case = _case(suite, profile, rule)
    used = report.rules.get(rule)
    if used and used.file:
        case.attrib.update(file=xml(used.file), line=str(used.line))
    failing = [group for group in broken if fails(report, group.first)]
    if failing:
        first = failing[0].first
        message = f"{first.message} at {hop_place(first.hop)}"
        failure = SubElement(case, "failure", type=first.severity.value, message=xml(message))
        failure.text = _lines(*map(_said, failing))
    elif why := _rules(report).get(rule):
        SubElement(case, "skipped", message=xml(why))
    if milder := [group for group in broken if group not in failing]:
        SubElement(case, "system-out").text = _lines(*map(_said, milder))


def _said(group: FindingGroup) -> str:
    first = group.first
    flows = (
        first.flow
        if len(group.flows) == 1
        else f"{first.flow} and {count(len(group.flows) - 1, 'more flow')}"
    )
    where = f"{hop_place(first.hop)}: {first.message}"
    return f"{first.severity.value}: {where}; {group.packets} of {flows}; see {frames_text(first.frames)}"


def _lines(*texts: str) -> str:
    return "\n".join(xml(line) for text in texts for line in text.strip().split("\n"))
