"""Differences between two reports: findings, exercised rules and flows that only one of them has."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from pcapcheck.check.finding import Finding
from pcapcheck.compare.difference import FindingChange, FlowChange, RuleChange
from pcapcheck.decode.stack import PORTED
from pcapcheck.report.report import FlowSummary, Report

SET_NAMES: Final = ("good", "bad")


class _Where(NamedTuple):
    rule: str
    role: str
    node: str


class _Between(NamedTuple):
    source: str
    destination: str
    protocol: str
    port: int


def finding_changes(good: Report, bad: Report) -> Iterator[FindingChange]:
    """Yield the rules that are broken at a node in one set only, those of the second set first."""
    found = (_findings(good), _findings(bad))
    for mine in (1, 0):
        for key in sorted(found[mine].keys() - found[1 - mine].keys()):
            several = found[mine][key]
            first = several[0]
            yield FindingChange(
                rule=key.rule,
                severity=first.severity,
                role=key.role,
                node=key.node or None,
                flows=len({each.flow for each in several}),
                message=first.message,
                only_in=SET_NAMES[mine],
            )


def _findings(report: Report) -> Mapping[_Where, list[Finding]]:
    found: dict[_Where, list[Finding]] = {}
    for each in report.findings:
        found.setdefault(_Where(each.rule, each.hop.role, each.hop.node or ""), []).append(each)
    return found


def rule_changes(good: Report, bad: Report) -> Iterator[RuleChange]:
    """Yield the rules that were exercised in one set only, of those that were judged in both."""
    coverages = (good.coverage, bad.coverage)
    for mine in (0, 1):
        other = {**coverages[1 - mine].not_exercised, **coverages[1 - mine].not_evaluable}
        for rule in sorted(coverages[mine].exercised.keys() & other.keys()):
            yield RuleChange(rule, SET_NAMES[mine], other[rule])


def flow_changes(good: Report, bad: Report) -> Iterator[FlowChange]:
    """Yield the flows of pods that only one set has, by source, destination, protocol and server port."""
    found = ({_between(each) for each in good.flows}, {_between(each) for each in bad.flows})
    for mine in (0, 1):
        for key in sorted(each for each in found[mine] - found[1 - mine] if each.source or each.destination):
            port = key.port or None
            yield FlowChange(key.source, key.destination, key.protocol, port, SET_NAMES[mine])


def _between(flow: FlowSummary) -> _Between:
    protocol, _, ends = flow.flow.partition("/")
    port = ends.rpartition(":")[2]
    numbered = protocol in PORTED and port.isdecimal()
    return _Between(flow.source, flow.destination, protocol, int(port) if numbered else 0)
