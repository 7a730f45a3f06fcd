"""Packets have a wrong checksum where they are received, but a right one (or one left to the card) before.

The sending side proves little, since network cards fill in checksums after the capture point. Only the
receiving side counts, and there the first point that shows the damage.

`about`: what (IP header, TCP checksum, outer UDP checksum, …), count, seen, share (text), part (number),
systematic (all packets of that kind), from_hop, to_hop, sender, receiver, node, interface.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from pcapcheck.correlate.paths import Step
from pcapcheck.decode.checksum import WRONG_HEADER, WRONG_OUTER
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import CapturePoint, Role

LEAST: Final = 2  # packets; a single one that arrived may have been damaged in the capturing machine
ALL: Final = 0.9  # share of the packets of a kind above which a device is at fault, not chance
KINDS: Final = {"tcp": "TCP checksum", "udp": "UDP checksum", "echo": "ICMP checksum"}


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each receiving node and kind of checksum."""
    if case.network.damaged.is_empty():
        return
    for (_, _, what), rows in _first(case).group_by("sender", "receiver", "what", maintain_order=True):
        if len(rows) >= LEAST or _lost(case, rows):
            yield _fact(case, str(what), rows)


def _first(case: Case) -> pl.DataFrame:
    """Return damaged packets at the first receiving step that shows the damage, and what is damaged."""
    ends = case.network.directions.select("direction", "path", "flow")
    received = (
        case.network.damaged.drop_nulls("step")
        .join(ends, on="direction")
        .join(_steps(case), on=["path", "step"])
    )
    sent = case.network.damaged.join(ends, on="direction").join(
        received, on=["direction", "step"], how="anti"
    )
    clean = received.join(sent.filter(pl.col("step").is_not_null()), on=["direction", "wrong"], how="anti")
    what = (
        pl.when(pl.col("wrong") & WRONG_OUTER > 0)
        .then(pl.lit("outer UDP checksum"))
        .when(pl.col("wrong") == WRONG_HEADER)
        .then(pl.lit("checksum of the IP header"))
        .otherwise(pl.col("kind").replace_strict(KINDS, default="checksum", return_dtype=pl.String))
    )
    first = clean.filter(pl.col("step") == pl.col("step").min().over("direction"))
    return first.with_columns(what.alias("what")).sort("sender", "receiver", "file", "frame")


def _lost(case: Case, rows: pl.DataFrame) -> bool:
    """Whether damaged packets were lost right behind the step: the next device found the damage, too."""
    if case.network.losses.is_empty():
        return False
    lost = case.network.losses.filter(pl.col("fate") == "lost")
    return len(rows.join(lost, on=["file", "frame"], how="semi")) > 0


def _fact(case: Case, what: str, rows: pl.DataFrame) -> Fact:
    row = rows.row(0, named=True)
    seen = max(len(rows), _seen(case, rows))
    part = len(rows) / seen
    point = case.point(row["point"])
    before = case.network.paths[row["path"]][: row["step"]]
    proof = rows.select("file", *(pl.col("frame").alias(f"frame{k}") for k in (1, 2, 3, 4, 5)))
    return Fact(
        evidence="damaged",
        says=f"{len(rows)} of {seen} packets arrive at {point.text} with a wrong {what}",
        flows=frozenset(rows["flow"].to_list()),
        frames=case.frames(proof),
        packets=len(rows),
        about={
            **case.ends(row["direction"]),
            "sender": row["sender"],
            "receiver": row["receiver"],
            "what": what,
            "count": len(rows),
            "seen": seen,
            "share": f"{part:.0%}",
            "part": part,
            "systematic": part >= ALL,
            "from_hop": _place(before[-1]) if before else row["sender"],
            "to_hop": point.text,
            "node": point.node,
            "interface": point.interface,
            "in_pod": point.inside,
        },
    )


def _place(step: Step) -> str:
    """Return how sentences name a step."""
    return CapturePoint(step.node, step.interfaces[0], Role(step.role), step.pod).text


def _steps(case: Case) -> pl.DataFrame:
    """Return the steps of the receiving side, and the node that sent what they see."""
    rows = [
        (path, position, _before(steps[:position], step.node), step.node)
        for path, steps in enumerate(case.network.paths)
        for position, step in enumerate(steps)
        if step.side == "destination"
    ]
    schema = {"path": pl.Int64, "step": pl.Int64, "sender": pl.String, "receiver": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _before(steps: Sequence[Step], node: str | None) -> str | None:
    """Return the last node on the way to a node: the translating one of a NodePort, else the node itself."""
    return next((step.node for step in reversed(steps) if step.node != node), node)


def _seen(case: Case, rows: pl.DataFrame) -> int:
    """Return how many packets of the same kinds the same step saw, on the way between the same two nodes."""
    row = rows.row(0, named=True)
    kinds = rows["kind"].unique().implode()
    like = case.network.variants.filter(pl.col("kind").is_in(kinds)).select("direction").unique()
    paths = case.network.directions.select("direction", "path")
    hops = case.network.hops.join(like, on="direction", how="semi").join(paths, on="direction")
    same_way = _steps(case).filter(pl.col("sender") == row["sender"], pl.col("receiver") == row["receiver"])
    passed = hops.join(same_way, on=["path", "step"], how="semi")
    return int(passed.filter(pl.col("step") == row["step"])["seen"].sum())
