"""Texts and groups that all formats share: the headline, how much was seen, findings in groups."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from pcapcheck.check.finding import Finding, Hop, Severity
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.quantity import cause_place, count, hop_place
from pcapcheck.report.report import FlowSummary, PathStep, Report, Verdict

SEVERITY_ORDER = tuple(Severity)  # the worst first


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of many flows that are alike: the same rule, hop, expected and actual values."""

    findings: tuple[Finding, ...]
    causes: tuple[str, ...]  # ids of the diagnoses that explain them

    @property
    def first(self) -> Finding:
        """The finding that stands for the group."""
        return self.findings[0]

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows that broke the rule, each once."""
        return tuple(dict.fromkeys(finding.flow for finding in self.findings))

    @property
    def packets(self) -> str:
        """How many packets broke the rule, "36 of 40 packets"."""
        broken, judged = sum(f.packets for f in self.findings), sum(f.judged for f in self.findings)
        return f"{broken:,} of {count(judged, 'packet')}" if judged > broken else count(broken, "packet")


def headline(report: Report) -> str:
    """Return the verdict in one sentence, with how much was seen."""
    return f"{report.verdict.value}: {_statement(report)}; {', '.join(_extent(report))}"


def statement_of(diagnosis: Diagnosis) -> str:
    """Return the title, with the place where to act unless the title already names the node."""
    where = cause_place(diagnosis)
    said = not where or (diagnosis.node or where) in diagnosis.title
    return diagnosis.title if said else f"{diagnosis.title} ({where})"


def causes(report: Report) -> tuple[Diagnosis, ...]:
    """Return the diagnoses that are faults; the others are information, or accepted."""
    return tuple(each for each in report.diagnoses if not each.information and not each.accepted)


def groups(report: Report) -> list[FindingGroup]:
    """Return the findings in groups.

    The worst come first, among them those that a cause explains; the rest keep the order of the report.
    """
    explained: dict[int, list[str]] = {}
    for diagnosis in report.diagnoses:
        for number in diagnosis.findings:
            explained.setdefault(number, []).append(diagnosis.id)
    members: dict[tuple[object, ...], list[int]] = {}
    for number, finding in enumerate(report.findings):
        members.setdefault(_alike(finding), []).append(number)
    made = [_group(report, numbers, explained) for numbers in members.values()]
    return sorted(made, key=lambda group: (SEVERITY_ORDER.index(group.first.severity), not group.causes))


def ending_text(flow: FlowSummary) -> str:
    """Return how a conversation ended, with what was seen of it: "unanswered, 4 requests, no answer …"."""
    ending = flow.ending
    if ending is None:
        return ""
    answers = count(ending.answers, "answer") if ending.answers else "no answer"
    parts = [ending.outcome + (f" by the {ending.by}" if ending.by and ending.by != "unknown" else "")]
    parts += [count(ending.requests, "request"), answers] if ending.requests else []
    if ending.failed and ending.requested_last:
        parts.append(f"requests last seen at {ending.requested_last}")
    if ending.failed and ending.answered_last:
        parts.append(f"answers last seen at {ending.answered_last}")
    return ", ".join(parts)


def fails(report: Report, finding: Finding) -> bool:
    """Tell whether the finding is a violation by itself (`--fail-on`)."""
    return SEVERITY_ORDER.index(finding.severity) <= SEVERITY_ORDER.index(report.fail_on)


def tally(report: Report) -> str:
    """Return "3 errors, 1 warning"."""
    numbers = Counter(finding.severity for finding in report.findings)
    return ", ".join(count(numbers[each], SEVERITY_NOUNS[each]) for each in SEVERITY_ORDER if numbers[each])


def hops_captured(report: Report) -> tuple[list[str], list[str]]:
    """Return the places on expected paths that were captured, and those that were not."""
    steps = [step for flow in report.flows for step in (*flow.forward, *flow.backward)]
    seen = dict.fromkeys(map(_place, dict.fromkeys(step.hop for step in steps if step.captured)))
    not_captured = [step.hop for step in steps if not step.captured]
    unseen = dict.fromkeys(map(_place, dict.fromkeys([*not_captured, *report.coverage.hops_without_capture])))
    return list(seen), [where for where in unseen if where not in seen]


def by_reason(rules: Mapping[str, str]) -> dict[str, list[str]]:
    """Return reason -> rules, the most frequent reason first."""
    reasons: dict[str, list[str]] = {}
    for rule, reason in sorted(rules.items()):
        reasons.setdefault(reason, []).append(rule)
    return dict(sorted(reasons.items(), key=lambda item: -len(item[1])))


def flows_that_lost(report: Report) -> list[FlowSummary]:
    """Return the flows of which packets were lost."""
    return [
        flow for flow in report.flows if any(step.fate == "lost" for step in (*flow.forward, *flow.backward))
    ]


def flow_of(report: Report, diagnosis: Diagnosis) -> tuple[FlowSummary, tuple[PathStep, ...]] | None:
    """Return a flow that suffers from the diagnosis, and the direction of its path that broke."""
    named = [report.findings[number].flow for number in diagnosis.findings if number < len(report.findings)]
    by_name = {flow.flow: flow for flow in report.flows}
    flows = [by_name[name] for name in dict.fromkeys(named) if name in by_name]
    for flow in flows:
        for path in (flow.forward, flow.backward):
            if any(step.fate == "lost" for step in path):
                return flow, path
    if flows:
        return flows[0], flows[0].forward
    return None if diagnosis.information else _flow_lost_at(report, diagnosis)


def _flow_lost_at(report: Report, diagnosis: Diagnosis) -> tuple[FlowSummary, tuple[PathStep, ...]] | None:
    """Return a flow that lost packets on the way out of the place that the diagnosis names, or into it."""
    for flow in flows_that_lost(report):
        for path in (flow.forward, flow.backward):
            captured = [step for step in path if step.captured]
            for before, step in pairwise(captured):
                hops = [each.hop for each in (before, step) if each.hop.node == diagnosis.node]
                if step.fate == "lost" and any(each.interface == diagnosis.interface for each in hops):
                    return flow, path
    return None


SEVERITY_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}


def _statement(report: Report) -> str:
    if found := causes(report):
        more = f" and {count(len(found) - 1, 'more cause')}" if len(found) > 1 else ""
        return statement_of(found[0]) + more
    if report.verdict == Verdict.VIOLATIONS and (grouped := groups(report)):
        more = f" and {count(len(grouped) - 1, 'more group')} of findings" if len(grouped) > 1 else ""
        return f"{grouped[0].first.message} at {hop_place(grouped[0].first.hop)}{more}"
    if report.verdict == Verdict.CONFORMANT and report.known:
        return f"no new violations; {report.known:,} known"
    if report.verdict == Verdict.CONFORMANT:
        return f"{count(len(report.coverage.exercised), 'rule')} held on {count(len(report.flows), 'flow')}"
    if remarks := (*report.warnings, *report.caveats):
        more = f" and {count(len(remarks) - 1, 'more remark')}" if len(remarks) > 1 else ""
        return remarks[0] + more
    return _why_inconclusive(report)


def _why_inconclusive(report: Report) -> str:
    read = [capture for capture in report.captures if capture.error is None]
    if not read:
        return "no capture could be read" if report.captures else "no capture was given"
    if not any(capture.packets for capture in read):
        return "the captures have no packets"
    if not report.profiles:
        return "no profile fits the captures"
    if not report.coverage.exercised:
        return "no rule was exercised"
    return "nothing exercised an error rule of the profile on pod traffic"


def _extent(report: Report) -> Iterator[str]:
    seen, unseen = hops_captured(report)
    if seen or unseen:
        yield f"{len(seen)} of {count(len(seen) + len(unseen), 'hop')} captured"
    else:
        packets = sum(capture.packets for capture in report.captures)
        yield f"{count(packets, 'packet')} in {count(len(report.captures), 'capture')}"
    if unread := sum(capture.error is not None for capture in report.captures):
        yield f"{count(unread, 'capture')} unreadable"
    if reasons := by_reason(report.coverage.not_evaluable):
        first = next(iter(reasons))
        more = f" and {count(len(reasons) - 1, 'other reason')}" if len(reasons) > 1 else ""
        yield f"{count(len(report.coverage.not_evaluable), 'rule')} not evaluable: {first}{more}"


def _place(hop: Hop) -> str:
    return hop_place(Hop(hop.node, hop.interface, hop.role, "plain", pod=hop.pod))


def _alike(finding: Finding) -> tuple[object, ...]:
    values = (tuple(finding.expected.items()), tuple(finding.actual.items()))
    return (finding.rule, finding.severity, hop_place(finding.hop), *values)


def _group(report: Report, numbers: list[int], explained: Mapping[int, list[str]]) -> FindingGroup:
    ids = dict.fromkeys(cause for number in numbers for cause in explained.get(number, ()))
    return FindingGroup(tuple(report.findings[number] for number in numbers), tuple(ids))
