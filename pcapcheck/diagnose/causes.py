"""Finds root causes from facts, rank by rank.

A cause removes the flows that it explains from the ranks after it: loss, for instance, is looked for only in
flows that no header contradiction explains already.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from pcapcheck.diagnose import evidence as folder
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.cause import LOST, RANKS, Cause, Need, load_causes
from pcapcheck.diagnose.claim import Claim
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.diagnose.effects import explained_by
from pcapcheck.diagnose.fact import Fact


def diagnose(case: Case, causes: Sequence[Cause] | None = None) -> tuple[Diagnosis, ...]:
    """Return the root causes that the facts support, in the order in which they are found.

    Args:
        case: all that evidence is taken from.
        causes: the causes to consider; all that are shipped if None.
    """
    known = load_causes() if causes is None else causes
    facts: dict[str, list[Fact]] = {}
    accepted: list[tuple[Claim, frozenset[int]]] = []
    for ranks in RANKS:
        facts.pop(LOST, None)
        here = [part for part in (cause.at(ranks) for cause in known) if part]
        claims = [claim for cause in here for claim in _claims(cause, case, facts)]
        claims = [claim for claim in claims if not claim.explained(case.explained)]
        winners = _arbitrated(claims)
        for each in winners:
            claim = replace(each, alternatives=_losers(each, claims, winners))
            accepted.append((claim, explained_by([each], case)))
        case = replace(case, explained=case.explained.union(*(flows for _, flows in accepted)))
    found = [replace(claim.diagnosis(case), flows=flows) for claim, flows in accepted]
    return _with_consequences(found, case)


def _with_consequences(found: Sequence[Diagnosis], case: Case) -> tuple[Diagnosis, ...]:
    """Give each diagnosis the findings about what became of the packets of the flows that it explains."""
    owned = {number for each in found for number in each.findings}
    flow_of = {row["direction"]: row["flow"] for row in case.directions}
    more: dict[int, list[int]] = {}
    for broken in case.broken:
        flow = flow_of.get(broken.direction) if broken.direction is not None else None
        if broken.consequence and broken.number not in owned:
            owner = next((position for position, each in enumerate(found) if flow in each.flows), None)
            if owner is not None:
                more.setdefault(owner, []).append(broken.number)
    return tuple(
        replace(each, findings=tuple(sorted({*each.findings, *more.get(position, ())})))
        for position, each in enumerate(found)
    )


def _claims(cause: Cause, case: Case, facts: dict[str, list[Fact]]) -> Iterator[Claim]:
    """Yield the claims of a cause: one for each place where somebody would have to act."""
    groups: dict[tuple[object, ...], list[Fact]] = {}
    for fact in _facts(cause.needs[0], case, facts):
        if not (fact.flows and fact.flows <= case.explained):
            groups.setdefault(_place(cause, fact), []).append(fact)
    for members in groups.values():
        claim = Claim(cause, tuple(members))
        others = [_matching(need, claim, case, facts) for need in cause.needs[1:]]
        against = [fact for need in cause.excludes for fact in _matching(need, claim, case, facts)]
        if all(others) and not against:
            support = [fact for need in cause.supports for fact in _matching(need, claim, case, facts)]
            yield replace(
                claim, others=tuple(fact for each in others for fact in each), support=tuple(support)
            )


def _place(cause: Cause, fact: Fact) -> tuple[object, ...]:
    """Return what facts of one fault have in common: the node to act on, and the address if any."""
    return (
        cause.blamed(fact),
        fact.about.get("address") or fact.about.get("target"),
        fact.about.get("fault"),
    )


def _matching(need: Need, claim: Claim, case: Case, facts: dict[str, list[Fact]]) -> list[Fact]:
    """Return the facts that fit and are about the claim's flows, or about no flow in particular."""
    return [
        fact
        for fact in _facts(need, case, facts)
        if not fact.flows or not claim.flows or fact.flows & claim.flows
    ]


def _facts(need: Need, case: Case, facts: dict[str, list[Fact]]) -> list[Fact]:
    """Return the facts that fit; each kind of evidence is taken once, when it is first needed."""
    for name in need.evidences:
        if name not in facts:
            facts[name] = list(_evidence()[name](case))
    return [fact for name in need.evidences for fact in facts[name] if need.fits(fact)]


@cache
def _evidence() -> dict[str, Callable[[Case], Iterator[Fact]]]:
    """Return every evidence function by its module's name."""
    names = [module.name for module in pkgutil.iter_modules(folder.__path__)]
    return {name: importlib.import_module(f"{folder.__name__}.{name}").find for name in names}


def _arbitrated(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims, strongest first, without those that another claim of the same rank explains."""
    kept = [
        claim
        for claim in claims
        if not any(
            claim.cause.id in other.cause.beats and other.overlaps(claim)
            for other in claims
            if other is not claim
        )
    ]
    strongest = sorted(kept, key=lambda claim: claim.order)
    return [claim for number, claim in enumerate(strongest) if not _taken(claim, strongest[:number])]


def _losers(winner: Claim, claims: Sequence[Claim], winners: Sequence[Claim]) -> tuple[str, ...]:
    """Return the ids of the causes that fit less well than a winner, about the same flows."""
    others = [claim for claim in claims if claim not in winners and claim.overlaps(winner)]
    return tuple(sorted({claim.cause.id for claim in others} - {winner.cause.id}))


def _taken(claim: Claim, stronger: Sequence[Claim]) -> bool:
    """Whether stronger claims about the same flows explain a loss, seen between another pair of points."""
    flows = frozenset(flow for other in stronger for flow in other.flows)
    return claim.cause.rank == "loss" and claim.explained(flows)
