"""A Difference as text: causes first, then headers, paths, loss, latency and findings."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from pcapcheck.compare.difference import (
    Difference,
    DifferenceSummary,
    FindingChange,
    HeaderChange,
    Latency,
    LatencyPair,
    Loss,
    PathChange,
)
from pcapcheck.report.escape import terminal

MAX_LISTED_LINES: Final = 12  # rules or flows, which depend on the traffic; the rest is listed in full
ONLY_IN: Final = {"good": "only in GOOD", "bad": "only in BAD"}


def lines(difference: Difference) -> Iterator[str]:
    """Yield the lines."""
    yield f"{_headline(difference)}\n"
    yield f"  GOOD  {_summary(difference.good)}\n"
    yield f"  BAD   {_summary(difference.bad)}\n"
    sections = {
        "Causes": _causes(difference),
        "Headers": map(_header, difference.headers),
        "Paths": _paths(difference.paths),
        "Loss": (
            f"{_traffic(each.who, each.where)}, {' to '.join(each.hops)}: "
            f"{_loss(each.good)} in GOOD, {_loss(each.bad)} in BAD"
            for each in difference.losses
        ),
        "Latency": map(_latency, (each for each in difference.latencies if each.changed)),
        "Findings": map(_finding, difference.findings),
        "Rules that were exercised": _some(
            f"{each.rule}: {ONLY_IN[each.only_in]} ({each.reason})" for each in difference.rules
        ),
        "Flows": _some(
            f"{each.source or 'elsewhere'} to {each.destination or 'elsewhere'}, {each.protocol}"
            f"{f' port {each.port}' if each.port else ''}: {ONLY_IN[each.only_in]}"
            for each in difference.flows
        ),
        "Latency that did not change": _unchanged(difference.latencies),
    }
    for title, found in sections.items():
        yield from _section(title, list(found))


def _headline(difference: Difference) -> str:
    if not difference.differs:
        return "no difference"
    counts = {
        "headers": len(difference.headers),
        "hops": len(difference.paths),
        "losses": len(difference.losses),
        "latencies": sum(each.changed for each in difference.latencies),
        "findings": len(difference.findings),
    }
    found = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    return f"different: {found or 'causes'}"


def _section(title: str, found: Sequence[str]) -> Iterator[str]:
    if found:
        yield f"\n{title}\n"
        yield from (f"  {terminal(line)}\n" for line in found)


def _summary(side: DifferenceSummary) -> str:
    profile = f" ({side.profile})" if side.profile else ""
    causes = f": {', '.join(side.diagnoses)}" if side.diagnoses else ""
    return terminal(
        f"{side.verdict}{profile}{causes}; {side.packets:,} packets of {side.flows:,} flows "
        f"in {side.captures:,} captures"
    )


def _causes(difference: Difference) -> Iterator[str]:
    good, bad = difference.good.diagnoses, difference.bad.diagnoses
    yield from (f"{each}: only in BAD" for each in dict.fromkeys(bad) if each not in good)
    yield from (f"{each}: only in GOOD" for each in dict.fromkeys(good) if each not in bad)


def _traffic(who: str, where: str) -> str:
    return f"{who} {where}".strip()


def _header(each: HeaderChange) -> str:
    hop = f"{each.role} ({each.side})" if each.side else each.role
    form = f", {each.form}" if each.form not in ("", "plain") else ""
    values = [
        f"{', '.join(found)} {where}"
        for found, where in ((each.bad, "only in BAD"), (each.good, "only in GOOD"), (each.both, "in both"))
        if found
    ]
    nodes = f" at {', '.join(each.nodes)}" if each.nodes else ""
    frame = f"; {each.frames[0].file} frame {each.frames[0].frame}" if each.frames else ""
    said = f"{each.packets:,} packet{'s' if each.packets > 1 else ''}{nodes}{frame}"
    return f"{_traffic(each.who, each.where)} at {hop}{form}: {each.field} {'; '.join(values)} ({said})"


def _paths(changes: Iterable[PathChange]) -> Iterator[str]:
    key = lambda each: (each.only_in, each.who, each.where)  # noqa: E731
    for (only_in, who, where), several in groupby(changes, key):
        hops = ", ".join(f"{each.role} ({each.side})" if each.side else each.role for each in several)
        yield f"{_traffic(who, where)}: {hops} crossed {ONLY_IN[only_in]}"


def _loss(loss: Loss) -> str:
    return f"{loss.share:.0%} ({loss.lost:,} of {loss.packets:,})"


def _latency(each: LatencyPair) -> str:
    hops = " to ".join(each.hops)
    return f"{_traffic(each.who, each.where)}, {hops}: {_time(each.good)} in GOOD, {_time(each.bad)} in BAD"


def _time(latency: Latency) -> str:
    return f"{latency.median_us:,.0f} us ({latency.low_us:,.0f} to {latency.high_us:,.0f})"


def _unchanged(pairs: Sequence[LatencyPair]) -> Iterator[str]:
    yield from (_latency(each) for each in pairs if not each.changed)


def _finding(each: FindingChange) -> str:
    place = f" of {each.node}" if each.node else ""
    flows = f"{each.flows} flow{'s' if each.flows > 1 else ''}"
    return f"{each.rule} at {each.role}{place}, {flows}: {ONLY_IN[each.only_in]} ({each.message})"


def _some(found: Iterable[str]) -> list[str]:
    every = list(found)
    more = [f"and {len(every) - MAX_LISTED_LINES} more"] if len(every) > MAX_LISTED_LINES else []
    return every[:MAX_LISTED_LINES] + more
