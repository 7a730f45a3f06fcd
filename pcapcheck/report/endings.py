"""How conversations ended, as a report says it, and which failures it only notices."""

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.diagnose.failures import failures
from pcapcheck.outcome.unresolved import unresolved
from pcapcheck.report.quantity import count
from pcapcheck.report.report import Ending
from pcapcheck.topology.topology import CapturePoint, OwnerKind

NOTICED = 20  # sentences about conversations with the outside


def endings(network: Network) -> dict[int, Ending]:
    """Return flow -> how it ended."""

    def where(number: int | None) -> str:
        point: CapturePoint | None = network.capture_points[number] if number is not None else None
        return point.text if point else ""

    return {
        row["flow"]: Ending(
            outcome=row["outcome"],
            failed=row["failed"],
            by=row["by"] or "",
            requests=row["asked"],
            answers=row["answers"],
            requested_last=where(row["far"]),
            answered_first=where(row["answer_first"]),
            answered_last=where(row["answer_last"]),
        )
        for row in network.outcomes.iter_rows(named=True)
    }


def _asked_in_vain(network: Network) -> tuple[tuple[str, ...], bool]:
    """Return sentences about what pods ask for in vain, where no topology says what is intended."""
    if not network.topology.inferred:
        return (), False
    told = [
        f"{row['asker']} asks {row['tries']} times for the MAC of {row['target']} and gets no answer"
        for row in unresolved(network).iter_rows(named=True)
        if network.owners.of(row["asker"]).kind == OwnerKind.POD
    ]
    return tuple(told[:NOTICED]), bool(told)


def noticed(network: Network, explained: frozenset[int]) -> tuple[tuple[str, ...], bool]:
    """Return sentences about failures that no diagnosis explains, and whether they leave the verdict open.

    They do if both ends belong to the cluster, or if every conversation with an end outside failed.
    """
    rest = failures(network).filter(~pl.col("flow").is_in(sorted(explained)))
    if rest.is_empty():
        return _asked_in_vain(network)
    named = rest.with_columns(pl.coalesce("outside", "server").alias("end"))
    told = named.group_by("end", "outcome", maintain_order=True).agg(
        pl.len(), pl.col("hopeless").all(), pl.col("server").first()
    )
    sentences = [
        f"{count(row['len'], 'conversation')} with {row['end']} failed ({row['outcome']})"
        + (", and no other succeeded" if row["hopeless"] else "; others succeeded")
        for row in told.iter_rows(named=True)
    ]
    more = [f"and {len(sentences) - NOTICED:,} more"] if len(sentences) > NOTICED else []
    return (*sentences[:NOTICED], *more), bool(rest["hopeless"].any())
