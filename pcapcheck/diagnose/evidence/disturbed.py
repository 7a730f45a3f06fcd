"""Packets are doubled between two captured steps, or some overtake others there.

`about`: what (doubled, late), count, sent, share (as text), part (a number), from_hop, to_hop, node,
interface, from_node, to_node, sender, receiver.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import Role

LEAST: Final = {"doubled": 3, "late": 3}  # packets; fewer may be an accident
SHARE: Final = {"doubled": 0.05, "late": 0.03}  # of those sent, on the same way
OWNER: Final = (
    pl.when(pl.col("role").is_in([Role.POD, Role.LO])).then(pl.format("pod {}", "pod")).otherwise("node")
)
# A step as sentences name it, which is what CapturePoint.text says of a point.
PLACE: Final = pl.format("{} {}", OWNER.fill_null("an unknown node"), "interface")


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each pair of points between which enough packets are disturbed."""
    if case.network.hops.is_empty():
        return
    hops = _ways(case)
    for what in ("doubled", "late"):
        for _, rows in hops.group_by("node", "interface", "from_node", "from_interface", maintain_order=True):
            bad, sent = int(rows[what].sum()), int(rows["seen"].sum())
            if bad >= LEAST[what] and bad >= SHARE[what] * sent:
                yield _fact(case, what, rows.filter(pl.col(what) > 0), bad, sent)


def _ways(case: Case) -> pl.DataFrame:
    """Return the counts of each captured step, with its place and that of the captured step before."""
    watched = case.network.watched.select("direction", "step", "rank")
    paths = case.network.directions.select("direction", "path")
    places = case.network.steps.select("path", "step", "node", "interface", PLACE.alias("place"))
    hops = case.network.hops.join(watched, on=["direction", "step"]).join(
        paths, on="direction", maintain_order="left"
    )
    here = hops.join(places, on=["path", "step"], maintain_order="left").drop("path")
    kept = here.join(_before(here), on=["direction", "rank"])
    clean = kept.filter((pl.col("doubled") > 0) | (pl.col("late") > 0)).select(
        "node", "interface", "from_node"
    )
    return kept.join(clean.unique(), on=["node", "interface", "from_node"], how="semi").sort(
        "direction", "step"
    )


def _before(here: pl.DataFrame) -> pl.DataFrame:
    """Return the place from which packets came to each step: the captured step before it.

    Order is compared across the network (`order.ways`): the step before is then the last one on another node
    that saw at least half as many packets as any step of that node.
    """
    told = here.select("direction", "rank", "node", "interface", "place", "seen")
    share = pl.col("seen") * 2 >= pl.col("seen").max().over("direction", "node")
    ends = told.filter(share).select(
        "direction",
        pl.col("rank").alias("at"),
        pl.col("node").alias("from_node"),
        pl.col("interface").alias("from_interface"),
        pl.col("place").alias("from_place"),
    )
    late = here.filter(pl.col("late") > 0).select("direction", "rank", "node").join(ends, on="direction")
    across = late.filter((pl.col("at") < pl.col("rank")) & (pl.col("from_node") != pl.col("node")))
    last = across.sort("at").unique(["direction", "rank"], keep="last").drop("at", "node")
    adjacent = told.select(
        "direction",
        pl.col("rank") + 1,
        pl.col("node").alias("from_node"),
        pl.col("interface").alias("from_interface"),
        pl.col("place").alias("from_place"),
    )
    return pl.concat([last, adjacent.join(last, on=["direction", "rank"], how="anti")])


def _fact(case: Case, what: str, rows: pl.DataFrame, bad: int, sent: int) -> Fact:
    row = rows.row(0, named=True)
    said = {"doubled": "arrive twice", "late": "arrive late"}[what]
    flows = {case.directions[each]["flow"] for each in rows["direction"].to_list()}
    return Fact(
        evidence="disturbed",
        says=f"{bad} of {sent} packets {said} at {row['place']}",
        flows=frozenset(flows),
        frames=_frames(case, what, rows),
        packets=bad,
        about={
            **case.ends(row["direction"]),
            "what": what,
            "count": bad,
            "sent": sent,
            "share": f"{bad / sent:.0%}",
            "part": bad / sent,
            "from_hop": row["from_place"],
            "to_hop": row["place"],
            "node": row["node"],
            "interface": row["interface"],
            "from_node": row["from_node"],
            "to_node": row["node"],
            "fault": f"{row['from_node']} {row['node']}",
        },
    )


def _frames(case: Case, what: str, rows: pl.DataFrame) -> Any:
    """Return the frames that came late, or came twice."""
    packets = case.network.late if what == "late" else case.network.passes
    mine = packets.join(rows.select("direction", "step"), on=["direction", "step"], how="semi").sort(
        "file", "frame"
    )
    return case.frames(mine.select("file", *(pl.col("frame").alias(f"frame{k}") for k in (1, 2, 3, 4, 5))))
