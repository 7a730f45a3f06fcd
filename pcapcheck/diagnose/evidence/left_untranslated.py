"""A pod's address leaves the cluster untranslated, and nothing comes back.

External networks have no route to pods. It is looked for wherever packets leave in plain, so also at an
egress gateway on another node. A network that routes pod addresses on purpose answers some of them.

`about`: actual (the address), node (whose uplink it leaves by), interface, sender, receiver, source,
destination, flow.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import PODS_OR_THEIR_NETWORK, Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.outcome.exchange import CONVERSATIONS
from pcapcheck.outcome.outcome import Outcome
from pcapcheck.topology.topology import Role

WIRES: Final = (Role.UPLINK, Role.VLAN)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each address that leaves by an uplink."""
    if case.profile.value(case.profile.traits.masquerade) is False:
        return
    left = _left(case)
    if left.is_empty() or (left["outcome"] == Outcome.ANSWERED).any():  # the network routes addresses of pods
        return
    failed = left.filter(pl.col("outcome") == Outcome.UNANSWERED)
    last = failed.sort("first").group_by("flow", maintain_order=True).agg(pl.col("point").last())
    seen = failed.join(last, on=["flow", "point"], how="semi").sort("file", "frame1")
    for (source, point), rows in seen.group_by("source", "point", maintain_order=True):
        here = case.point(point if isinstance(point, int) else None)
        row = rows.row(0, named=True)
        yield Fact(
            evidence="left_untranslated",
            says=f"{here.text} sends packets with the pod's address {source} to {row['destination']}, "
            "and nothing comes back",
            flows=frozenset(rows["flow"].to_list()),
            frames=case.frames(rows),
            packets=max(2, int(rows["packets"].sum())),
            about={
                **case.ends(row["direction"]),
                "actual": str(source),
                "node": here.node,
                "interface": here.interface,
            },
            filter=f"ip.src == {source}" if ":" not in str(source) else None,
        )


def _left(case: Case) -> pl.DataFrame:
    """Return the requests of pods to the outside that leave on the wire with the pod's address."""
    outside = case.network.outcomes.filter(pl.col("outside") == pl.col("asked_destination")).select(
        "flow", "outcome", pl.col("asked_destination").alias("destination")
    )
    wires = case.network.points_where(lambda point: point.role in WIRES)
    plain = case.variants(*CONVERSATIONS).filter(pl.col("form") == "plain", pl.col("point").is_in(wires))
    if outside.is_empty() or plain.is_empty():
        return pl.DataFrame()
    asked = plain.join(outside, on=["flow", "destination"])
    sources = asked["source"].drop_nulls().unique().to_list()
    pods = [each for each in sources if case.network.owners.of(each).kind in PODS_OR_THEIR_NETWORK]
    return asked.filter(pl.col("source").is_in(pods))
