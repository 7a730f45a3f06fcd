"""Compare two runs, and put together everything that differs."""

from pcapcheck.compare.difference import Difference
from pcapcheck.compare.headerchanges import header_changes
from pcapcheck.compare.passages import latency_pairs, loss_changes, path_changes
from pcapcheck.compare.side import Side
from pcapcheck.compare.verdicts import finding_changes, flow_changes, rule_changes


def compare(good: Side, bad: Side) -> Difference:
    """Return what differs between two sets of captures of one network."""
    return Difference(
        good=good.summary,
        bad=bad.summary,
        headers=tuple(header_changes(good, bad)),
        paths=tuple(path_changes(good, bad)),
        losses=tuple(loss_changes(good, bad)),
        latencies=tuple(latency_pairs(good, bad)),
        findings=tuple(finding_changes(good.report, bad.report)),
        rules=tuple(rule_changes(good.report, bad.report)),
        flows=tuple(flow_changes(good.report, bad.report)),
    )
