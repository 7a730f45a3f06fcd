"""The flows of the HTML report as data for `page.js`, each distinct text and path written only once.

That keeps a page with ten thousand flows small. Control characters are made visible here, not in the browser.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from pcapcheck.check.finding import Hop
from pcapcheck.report.escape import visible
from pcapcheck.report.picture import broken_hops, cards_of
from pcapcheck.report.quantity import moment, size
from pcapcheck.report.report import FlowSummary, PathStep, Report

Cards: TypeAlias = list[list[object]]

MAX_PAGE_FLOWS = 20_000  # more make the page slow; flows that failed or lost packets come first


class StringPool:
    """Distinct values, each with its number."""

    def __init__(self) -> None:
        self.numbers: dict[object, int] = {}

    def number(self, value: object) -> int:
        """Return the value's number, a new one if it was not seen before."""
        return self.numbers.setdefault(value, len(self.numbers))


def page_data(report: Report) -> str:
    """Return JSON for a `script` element; no text in it can end the element."""
    texts, paths = StringPool(), StringPool()
    ordered = sorted(report.flows, key=lambda flow: (not _failed(flow), not _lost(flow)))
    broken = broken_hops(report.findings)
    flows = [_flow(flow, broken.get(flow.flow, {}), texts, paths) for flow in ordered[:MAX_PAGE_FLOWS]]
    data = {"texts": list(texts.numbers), "paths": list(paths.numbers), "flows": flows}
    # HTML, 4.12.1.3: `<!--` and `<script` change how a script element ends
    return json.dumps({**data, "total": len(report.flows)}, separators=(",", ":")).replace("<", "\\u003c")


def _flow(flow: FlowSummary, broken: Mapping[Hop, str], texts: StringPool, paths: StringPool) -> list[object]:
    ends = f"{flow.source} > {flow.destination}" if flow.source or flow.destination else ""
    return [
        visible(flow.flow),
        texts.number(flow.ending.outcome if flow.ending else ""),
        texts.number(visible(" ".join(flow.traffic))),
        texts.number(visible(ends)),
        flow.packets,
        size(flow.bytes),
        _lost(flow),
        moment(flow.first),
        texts.number(visible(flow.nat or "")),
        paths.number(_path(flow.forward, broken, texts)),
        paths.number(_path(flow.backward, broken, texts)),
    ]


def _path(path: Sequence[PathStep], broken: Mapping[Hop, str], texts: StringPool) -> tuple[object, ...]:
    """Return the cards of a path, with texts as their numbers in the pool."""
    return tuple(
        (*_numbers(card[:8], texts), int(card.last), *_numbers(card.changed, texts))
        for card in cards_of(path, broken)
    )


def _numbers(shown: Sequence[object], texts: StringPool) -> list[int]:
    return [texts.number(visible(str(text))) for text in shown]


def _failed(flow: FlowSummary) -> bool:
    return flow.ending is not None and flow.ending.failed


def _lost(flow: FlowSummary) -> int:
    steps = (*flow.forward, *flow.backward)
    return max((step.missing for step in steps if step.fate == "lost"), default=0)
