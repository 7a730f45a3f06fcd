"""Text for a terminal: the verdict first, then causes and how to fix them, then what proves them.

The first line is the verdict with how much was seen. Causes come before findings, which are grouped. What was
not checked is always said. Commands and filters have lines of their own, so that they can be copied.
"""

from collections import Counter
from collections.abc import Iterator

from pcapcheck.check.finding import Severity
from pcapcheck.diagnose.diagnosis import Diagnosis, Evidence
from pcapcheck.report.layout import Layout
from pcapcheck.report.quantity import cause_place, count, frames_text, hop_place, percent, place
from pcapcheck.report.report import CaptureUsed, Report, Verdict
from pcapcheck.report.summary import (
    FindingGroup,
    by_reason,
    causes,
    ending_text,
    flow_of,
    flows_that_lost,
    groups,
    headline,
    hops_captured,
    statement_of,
    tally,
)
from pcapcheck.report.trace import last_seen_text, path_line
from pcapcheck.report.trace import lines as trace_lines

SUFFIX = ".txt"
MAX_GROUPS = 12  # groups of findings without -v
MAX_FAILED = 5  # failed flows without -v
MAX_NAMES = 8  # rules, hops or flows in a list without -v
NO_LIMIT = 1_000_000
VERDICT_STYLES = {Verdict.CONFORMANT: "green", Verdict.VIOLATIONS: "red", Verdict.INCONCLUSIVE: "yellow"}
SEVERITY_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}


def write(report: Report, *, verbose: int = 0, color: bool = False, width: int = 80) -> Iterator[str]:
    """Yield the report, line by line.

    Args:
        report: what to report.
        verbose: -2 gives the first line only, -1 also the causes, 1 everything, 2 also traces of lossy flows.
        color: whether to colour it for a terminal.
        width: columns of the terminal.
    """
    layout = Layout(width, color)
    yield from layout.verbatim(headline(report), style=VERDICT_STYLES[report.verdict])
    if verbose == -1:
        yield from _briefly(layout, report)
    if verbose < 0:
        return
    for section in (_noticed, _diagnoses, _findings, _flows, _coverage, _captures, _context):
        yield from section(layout, report, verbose)


def _briefly(layout: Layout, report: Report) -> Iterator[str]:
    for diagnosis in report.diagnoses:
        text = f"{statement_of(diagnosis)}, confidence {percent(diagnosis.confidence)}"
        yield from layout.paragraph(text, lead=f"{diagnosis.id}:", style="bold", indent=2)


def _noticed(layout: Layout, report: Report, verbose: int) -> Iterator[str]:
    for sentence in report.warnings:
        yield from layout.paragraph(sentence, lead="Noticed:", style="yellow")
    for sentence in report.caveats:
        yield from layout.paragraph(sentence, lead="Caveat:", style="yellow")


def _diagnoses(layout: Layout, report: Report, verbose: int) -> Iterator[str]:
    total, number = len(causes(report)), 0
    for diagnosis in report.diagnoses:
        number += not diagnosis.information and not diagnosis.accepted
        rank = f"Cause {number} of {total}" if total > 1 else "Cause"
        yield "\n"
        style = "blue" if diagnosis.information else "red"
        where = cause_place(diagnosis)
        text = f"{'at ' + where + ', ' if where else ''}confidence {percent(diagnosis.confidence)}"
        accepted = "Accepted" if diagnosis.accepted else rank
        lead = f"{'Remark' if diagnosis.information else accepted}: {diagnosis.id}"
        yield from layout.paragraph(text, lead=lead, style=style)
        yield from layout.paragraph(diagnosis.title, indent=2, hang=0, style="bold")
        if diagnosis.accepted:
            yield from layout.paragraph(diagnosis.accepted, indent=2, lead="accepted:")
        yield from layout.paragraphs(diagnosis.explanation, indent=2)
        yield from _path(layout, report, diagnosis)
        yield from _proof(layout, diagnosis)
        yield from _cure(layout, diagnosis, verbose)


def _path(layout: Layout, report: Report, diagnosis: Diagnosis) -> Iterator[str]:
    found = flow_of(report, diagnosis)
    if found is None:
        return
    flow, path = found
    where = last_seen_text(path)
    yield from layout.verbatim(f"Path of {flow.flow}", indent=2, style="bold")
    yield from layout.paragraph(path_line(path), indent=4, hang=2)
    if where:
        yield from layout.paragraph(where, indent=4, style="red")


def _proof(layout: Layout, diagnosis: Diagnosis) -> Iterator[str]:
    if diagnosis.evidence:
        yield from layout.verbatim("Evidence", indent=2, style="bold")
    for evidence in diagnosis.evidence:
        yield from _evidence(layout, evidence)


def _evidence(layout: Layout, evidence: Evidence) -> Iterator[str]:
    yield from layout.paragraph(evidence.says, indent=4, lead="-")
    if evidence.frames:
        yield from layout.paragraph(frames_text(evidence.frames), indent=6)
    if evidence.filter:
        yield from layout.verbatim(evidence.filter, indent=6, style="dim")


def _cure(layout: Layout, diagnosis: Diagnosis, verbose: int) -> Iterator[str]:
    if diagnosis.confirm:
        yield from layout.verbatim("Confirm", indent=2, style="bold")
    for command in diagnosis.confirm:
        yield from layout.verbatim(command, indent=4)
    if diagnosis.fix:
        yield from layout.verbatim("Fix", indent=2, style="bold")
        yield from layout.paragraphs(diagnosis.fix, indent=4)
    if diagnosis.next_capture:
        yield from layout.verbatim("Capture next", indent=2, style="bold")
        yield from layout.verbatim(diagnosis.next_capture, indent=4)
    if diagnosis.alternatives:
        yield from layout.paragraph(", ".join(diagnosis.alternatives), indent=2, lead="Could also be:")
    if diagnosis.findings:
        yield from layout.paragraph(count(len(diagnosis.findings), "finding"), indent=2, lead="Explains:")
    if diagnosis.references and verbose > 0:
        yield from layout.paragraph("; ".join(diagnosis.references), indent=2, lead="References:")


def _findings(layout: Layout, report: Report, verbose: int) -> Iterator[str]:
    grouped = groups(report)
    if not grouped:
        return
    yield "\n"
    more = f" in {count(len(grouped), 'group')}" if len(grouped) < len(report.findings) else ""
    yield from layout.paragraph(f"{tally(report)}{more}", lead="Findings:", style="bold")
    limit = NO_LIMIT if verbose > 0 else MAX_GROUPS
    for group in grouped[:limit]:
        yield from _group(layout, report, group, verbose)
    if len(grouped) > limit:
        yield from layout.paragraph(
            f"and {count(len(grouped) - limit, 'more group')}: -v shows them", indent=2
        )


def _group(layout: Layout, report: Report, group: FindingGroup, verbose: int) -> Iterator[str]:
    first = group.first
    where = f"{first.rule} at {hop_place(first.hop)}"
    yield from layout.paragraph(
        where, indent=2, lead=first.severity.value, style=SEVERITY_STYLES[first.severity]
    )
    yield from layout.paragraph(first.message, indent=4)
    yield from layout.paragraph(_who(group, verbose), indent=4)
    for name in group.flows[: NO_LIMIT if verbose > 0 else 1]:
        yield from layout.verbatim(name, indent=6)
    if first.frames:
        yield from layout.paragraph(frames_text(first.frames), indent=4, lead="see")
    rule = report.rules.get(first.rule)
    if verbose > 0 and rule and rule.because:
        yield from layout.paragraph(rule.because, indent=4, lead="because:")
    if verbose > 0 and rule and rule.fix:
        yield from layout.paragraph(rule.fix, indent=4, lead="fix:")


def _who(group: FindingGroup, verbose: int) -> str:
    causes_named = f", explained by {', '.join(group.causes)}" if group.causes else ""
    first_of = "; one of them:" if verbose <= 0 and len(group.flows) > 1 else ""
    return f"{group.packets} of {count(len(group.flows), 'flow')}{causes_named}{first_of}"


def _flows(layout: Layout, report: Report, verbose: int) -> Iterator[str]:
    if not report.flows:
        return
    yield "\n"
    lost = flows_that_lost(report)
    failed = [flow for flow in report.flows if flow.ending and flow.ending.failed]
    kinds = Counter(kind for flow in report.flows for kind in flow.traffic)
    text = f"{len(report.flows):,}" + (f", {len(lost):,} with lost packets" if lost else "")
    ended = Counter(flow.ending.outcome for flow in report.flows if flow.ending)
    text += "".join(f", {number:,} {outcome}" for outcome, number in ended.most_common())
    yield from layout.paragraph(text, lead="Flows:", style="bold")
    yield from layout.paragraph(", ".join(f"{number:,} {kind}" for kind, number in kinds.items()), indent=2)
    for flow in failed[: NO_LIMIT if verbose > 0 else MAX_FAILED]:
        yield from layout.paragraph(ending_text(flow), lead=f"{flow.flow}:", indent=2, style="red")
    if verbose <= 0 and len(failed) > MAX_FAILED:
        yield from layout.paragraph(f"and {len(failed) - MAX_FAILED:,} more: -v shows them", indent=2)
    for flow in lost[: NO_LIMIT if verbose > 1 else MAX_NAMES if verbose > 0 else 0]:
        yield "\n"
        yield from trace_lines(flow, color=layout.color, width=layout.width)


def _coverage(layout: Layout, report: Report, verbose: int) -> Iterator[str]:
    coverage = report.coverage
    yield "\n"
    numbers = (
        f"{count(len(coverage.exercised), 'rule')} exercised, {len(coverage.not_exercised)} not exercised, "
        f"{len(coverage.not_evaluable)} not evaluable"
    )
    if verbose <= 0 and coverage.not_exercised and report.verdict != Verdict.INCONCLUSIVE:
        numbers += "; -v says which, and why"
    yield from layout.paragraph(numbers, lead="Coverage:", style="bold")
    if verbose > 0:
        for rule, packets in sorted(coverage.exercised.items()):
            yield from layout.paragraph(f"{rule} ({count(packets, 'packet')})", indent=2, lead="exercised:")
    told = {"not evaluable": coverage.not_evaluable}
    if verbose > 0 or report.verdict == Verdict.INCONCLUSIVE:  # there it is what has to change
        told = {"not exercised": coverage.not_exercised, **told}
    for lead, rules in told.items():
        for reason, names in by_reason(rules).items():
            text = f"{_listed(names, verbose)} ({reason})"
            yield from layout.paragraph(text, indent=2, lead=f"{lead}:", style="yellow")
    unseen = hops_captured(report)[1]
    if unseen:
        text = _listed(unseen, verbose)
        yield from layout.paragraph(text, indent=2, lead="hops not captured:", style="yellow")


def _captures(layout: Layout, report: Report, verbose: int) -> Iterator[str]:
    shown = [capture for capture in report.captures if verbose > 0 or _remarks(capture)]
    if not report.captures:
        return
    yield "\n"
    packets = count(sum(capture.packets for capture in report.captures), "packet")
    yield from layout.paragraph(f"{len(report.captures)}, {packets}", lead="Captures:", style="bold")
    for capture in shown:
        style = "red" if capture.error else ""
        yield from layout.paragraph(_capture_text(capture), indent=2, lead=capture.file, style=style)


def _capture_text(capture: CaptureUsed) -> str:
    if capture.error:
        return f"could not be read: {capture.error}"
    if not capture.packets:
        return f"{_capture_place(capture)}, empty capture"
    return ", ".join((_capture_place(capture), count(capture.packets, "packet"), *_remarks(capture)))


def _capture_place(capture: CaptureUsed) -> str:
    inside = capture.pod if capture.role == "pod" else None
    where = place(inside or capture.node, capture.interface) or "capture point unknown"
    role = f" ({capture.role})" if capture.role else ""
    return f"{where}{role}"


def _remarks(capture: CaptureUsed) -> list[str]:
    """Return what limits the use of a capture."""
    if capture.error:
        return [capture.error]
    remarks = ["truncated at the end"] if capture.truncated else []
    if capture.cut:
        remarks.append(f"{count(capture.cut, 'packet')} cut off within the headers")
    if capture.dropped:
        remarks.append(f"{count(capture.dropped, 'packet')} dropped by the kernel")
    if capture.gaps:
        remarks.append(f"missed {count(capture.gaps, 'packet')}")
    if capture.clock in {"user-space", "seconds", "none"}:
        remarks.append(
            "no times" if capture.clock == "none" else f"times from a clock of quality {capture.clock}"
        )
    return remarks if capture.interface else [*remarks, "capture point unknown"]


def _context(layout: Layout, report: Report, verbose: int) -> Iterator[str]:
    yield "\n"
    for profile in report.profiles:
        others = f"; it could be {', '.join(profile.alternatives)}" if profile.alternatives else ""
        evidence = f"{profile.evidence}, " if verbose > 0 else ""
        text = f"{profile.name} ({evidence}confidence {percent(profile.confidence)}){others}"
        yield from layout.paragraph(text, lead="Profile:", style="bold")
    inferred = report.topology.inferred
    guessed = f", {count(len(inferred), 'statement')} inferred" if inferred else ""
    yield from layout.paragraph(f"{report.topology.source}{guessed}", lead="Topology:", style="bold")
    if verbose > 0:
        for statement in inferred:
            yield from layout.paragraph(statement, indent=2, lead="-")
    for note in report.notes:
        yield from layout.paragraph(note, lead="Note:", style="yellow")


def _listed(names: list[str], verbose: int) -> str:
    limit = NO_LIMIT if verbose > 0 else MAX_NAMES
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
