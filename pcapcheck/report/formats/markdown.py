"""Markdown, for the job summary of a CI run: verdict, causes with the path, findings, coverage.

GitHub takes 1 MiB of it, so tables are cut and say so. Text from captures never becomes markup. Commands and
filters are in code blocks, so that they can be copied.
"""

import re
from collections.abc import Iterable, Iterator

from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.escape import markdown, visible
from pcapcheck.report.quantity import cause_place, count, duration, frames_text, hop_place, percent
from pcapcheck.report.report import PathStep, Report
from pcapcheck.report.summary import (
    FindingGroup,
    by_reason,
    flow_of,
    groups,
    headline,
    hops_captured,
    tally,
)
from pcapcheck.report.trace import changes, last_seen_text

SUFFIX = ".md"
MAX_ROWS = 50  # of a table: GitHub cuts a summary at 1 MiB


def write(report: Report) -> Iterator[str]:
    """Yield the summary."""
    yield f"## pcapcheck: {report.verdict.value}\n\n{markdown(headline(report))}\n"
    for sentence in (*report.warnings, *report.caveats):
        yield f"\nNoticed: {markdown(sentence)}\n"
    for diagnosis in report.diagnoses:
        yield from _cause(report, diagnosis)
    yield from _findings(groups(report), tally(report))
    yield from _coverage(report)
    yield from _captures(report)


def _cause(report: Report, diagnosis: Diagnosis) -> Iterator[str]:
    where = cause_place(diagnosis)
    at = f" at {markdown(where)}" if where else ""
    yield f"\n### {markdown(diagnosis.title)}\n\n"
    yield f"**{markdown(diagnosis.id)}**{at}, confidence {percent(diagnosis.confidence)}\n\n"
    yield f"{_text(diagnosis.explanation)}\n"
    yield from _path(report, diagnosis)
    for evidence in diagnosis.evidence:
        frames = f": {markdown(frames_text(evidence.frames))}" if evidence.frames else ""
        yield f"\n- {markdown(evidence.says)}{frames}\n"
        if evidence.filter:
            yield _code([evidence.filter], indent="  ")
    if diagnosis.confirm:
        yield "\nConfirm:\n" + _code(diagnosis.confirm)
    if diagnosis.fix:
        yield f"\nFix: {_text(diagnosis.fix)}\n"
    if diagnosis.next_capture:
        yield "\nCapture next:\n" + _code([diagnosis.next_capture])
    if diagnosis.alternatives:
        yield f"\nCould also be: {markdown(', '.join(diagnosis.alternatives))}\n"


def _path(report: Report, diagnosis: Diagnosis) -> Iterator[str]:
    found = flow_of(report, diagnosis)
    if found is None:
        return
    flow, path = found
    where = last_seen_text(path)
    yield f"\nPath of {markdown(flow.flow)}{': ' if where else ''}{markdown(where)}\n\n"
    rows, before = [], None
    for number, step in enumerate(path, start=1):
        rows.append((str(number), hop_place(step.hop), *_step(before, step)))
        before = step if step.captured and step.seen else before
    yield from _table(("#", "hop", "seen", "missing", "latency", "what changed"), rows)


def _step(before: PathStep | None, step: PathStep) -> tuple[str, str, str, str]:
    if not step.captured:
        return "not captured", "", "", ""
    missing = f"{step.missing:,} {step.fate}" if step.missing else ""
    latency = "" if step.latency_ns is None or before is None else duration(step.latency_ns)
    changed = "; ".join(changes(before, step)) if step.seen and before else step.stack if step.seen else ""
    return f"{step.seen:,}", missing, latency, changed


def _findings(grouped: list[FindingGroup], numbers: str) -> Iterator[str]:
    if not grouped:
        return
    yield f"\n### Findings: {numbers}\n\n"
    header = ("severity", "rule", "hop", "message", "packets", "flows", "cause", "see")
    yield from _table(header, map(_group, grouped))


def _group(group: FindingGroup) -> tuple[str, ...]:
    first = group.first
    where = (first.severity.value, first.rule, hop_place(first.hop), first.message)
    return (*where, group.packets, str(len(group.flows)), ", ".join(group.causes), frames_text(first.frames))


def _coverage(report: Report) -> Iterator[str]:
    coverage = report.coverage
    seen, unseen = hops_captured(report)
    yield f"\n### Coverage\n\n- {count(len(coverage.exercised), 'rule')} exercised\n"
    for title, rules in (
        ("not exercised", coverage.not_exercised),
        ("not evaluable", coverage.not_evaluable),
    ):
        for reason, names in by_reason(rules).items():
            yield f"- {title} ({markdown(reason)}): {markdown(', '.join(names))}\n"
    if seen or unseen:
        missing = f"; not captured: {markdown(', '.join(unseen))}" if unseen else ""
        yield f"- {len(seen)} of {count(len(seen) + len(unseen), 'hop')} captured{missing}\n"


def _captures(report: Report) -> Iterator[str]:
    profiles = ", ".join(f"{each.name} ({each.evidence})" for each in report.profiles) or "none"
    yield f"\nProfile: {markdown(profiles)}. Topology: {markdown(report.topology.source)}.\n"
    for capture in report.captures:
        if capture.error:
            yield f"\nCould not be read: {markdown(capture.file)}: {markdown(capture.error)}\n"
    for note in report.notes:
        yield f"\nNote: {markdown(note)}\n"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |\n|{' --- |' * len(header)}\n"
    for number, row in enumerate(rows):
        if number == MAX_ROWS:
            yield f"\nOnly the first {MAX_ROWS} rows are shown.\n"
            return
        yield f"| {' | '.join(map(markdown, row))} |\n"


def _text(text: str) -> str:
    """Return text whose line breaks stay."""
    return "<br>\n".join(markdown(line.strip()) for line in text.strip().split("\n"))


def _code(lines: Iterable[str], indent: str = "") -> str:
    """Return a code block; its fence is longer than any run of backticks in it."""
    shown = [visible(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n" + "".join(f"{indent}{line}\n" for line in (fence, *shown, fence))
