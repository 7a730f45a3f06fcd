"""Coverage: which rules and hops the captures exercised.

A rule or hop that no packet exercised is never called conformant.
"""

from collections.abc import Sequence

import polars as pl

from pcapcheck.check.checker import Judged
from pcapcheck.check.finding import Coverage, Hop
from pcapcheck.check.unprinted import why
from pcapcheck.correlate.network import Network


def coverage_of(judged: Sequence[Judged], network: Network) -> Coverage:
    """Return the coverage that results from what each rule found."""
    exercised = {each.rule.id: each.packets for each in judged if each.packets}
    idle = [each for each in judged if not each.packets]
    unknown = {each.rule.id: f"no value for {', '.join(each.unknown)}" for each in idle if each.unknown}
    unknown |= {each.rule.id: why(each.lacking) for each in idle if each.lacking and not each.unknown}
    reasons = {each.rule.id: _why(each) for each in idle if each.rule.id not in unknown}
    formerly = {each.rule.id: each.rule.formerly for each in judged if each.rule.formerly}
    return Coverage(exercised, reasons, unknown, hops_without_capture(network), formerly)


def _why(judged: Judged) -> str:
    """Return why no packet was judged."""
    if judged.selected:
        return "no packet had the fields that the rule checks"
    at = f" at {' or '.join(judged.rule.at)}" if judged.rule.at else ""
    kinds = [*judged.rule.who, *judged.rule.where]
    return f"no {' or '.join(kinds) or 'such'} traffic was seen{at}"


def unknown_ways(network: Network) -> tuple[str, ...]:
    """Return a sentence about the flows of pods for which neither profile nor topology gives a path."""
    clients = network.directions
    if clients.is_empty() or network.steps.is_empty():
        return ()
    nowhere = [number for number, path in enumerate(network.paths) if not path]
    known = pl.all_horizontal(pl.col(f"{end}_node").is_not_null() for end in ("source", "destination"))
    pods = ~pl.col("who").is_in(["", "arp", "host"])
    lost = clients.filter("client", pl.col("path").is_in(nowhere), known, pods).unique("flow", keep="first")
    if lost.is_empty():
        return ()
    first = lost.sort("flow")["flow_text"][0]
    flows = "1 flow takes" if lost.height == 1 else f"{lost.height:,} flows take"
    return (f"{flows} a way that is not known ({first}); only rules about single interfaces judge it",)


def hops_without_capture(network: Network) -> tuple[Hop, ...]:
    """Return the hops of expected paths that were not captured, each once."""
    if network.variants.is_empty():
        return ()
    used = network.steps.join(network.variants.select("path").drop_nulls().unique(), on="path", how="semi")
    idle = used.filter(pl.col("point").is_null() & ~pl.col("optional"))
    found = [
        Hop(node, interface, role, form, None, 1, pod)
        for node, interface, role, form, pod in idle.select("node", "interface", "role", "form", "pod")
        .unique()
        .iter_rows()
    ]
    return tuple(
        sorted(found, key=lambda hop: (hop.node or "", hop.role, hop.interface, hop.pod or "", hop.form))
    )
