"""Effects: the flows whose further faults follow from a cause that was accepted."""

from collections.abc import Iterable

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.claim import Claim
from pcapcheck.diagnose.fact import Word


def explained_by(claims: Iterable[Claim], case: Case) -> frozenset[int]:
    """Return the flows that these claims explain."""
    found: set[int] = set()
    for claim in claims:
        if claim.cause.information:
            continue
        found |= claim.flows
        if claim.cause.explains == "pair":
            pairs = {(fact.about.get("sender"), fact.about.get("receiver")) for fact in claim.facts}
            found |= {
                row["flow"]
                for row in case.directions
                if (row["source_node"], row["destination_node"]) in _both(pairs)
            }
        if claim.cause.explains == "node":
            node = claim.node
            found |= {
                row["flow"]
                for row in case.directions
                if node in (row["source_node"], row["destination_node"])
                and row["source_node"] != row["destination_node"]
            }
    return frozenset(found)


def _both(pairs: set[tuple[Word, Word]]) -> set[tuple[Word, Word]]:
    return pairs | {(b, a) for a, b in pairs}
