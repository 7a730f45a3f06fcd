"""The losses of a case by pair of capture points, with properties in which lost and delivered may differ.

Flows that an earlier cause explains are left out. Whether a loss is worth reporting is decided elsewhere.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import polars as pl

from pcapcheck.diagnose.case import Case

OF_DIRECTIONS: Final = (
    "direction",
    "flow",
    "source",
    "destination",
    "source_kind",
    "destination_kind",
    "source_node",
    "client",
    "who",
    "where",
    "version",
    "path",
)


class Pair(NamedTuple):
    """Two consecutive captured points: `rows` can be followed from one to the other, `lost` are some of them.

    `again` counts the packets that the senders of lost packets sent in vain after the next point had stopped
    seeing anything: a sender whose packets are all lost falls silent there, whether its capture ended or not.
    """

    point: int
    next_point: int
    rows: pl.DataFrame
    lost: pl.DataFrame
    again: int = 0


def told(case: Case) -> Iterator[Pair]:
    """Yield each pair of points between which packets were lost, in order."""
    if case.network.losses.is_empty():
        return
    losses = case.network.losses
    again = losses.filter((pl.col("fate") == "unknown") & pl.col("felt"))
    every = _told(case, losses.filter(pl.col("fate").is_in(["lost", ""])))
    every = every.filter(~pl.col("flow").is_in(sorted(case.explained)))
    if case.profile.traits.same_node == "never":  # pods of one node should not reach each other
        every = every.filter(pl.col("where").ne_missing("same-node"))
    for (point, next_point), rows in every.sort("point", "next_point").group_by(
        "point", "next_point", maintain_order=True
    ):
        lost = rows.filter(pl.col("fate") == "lost")
        if len(lost) and isinstance(point, int) and isinstance(next_point, int):
            if not covered(case, next_point, lost) and _came_meanwhile(rows, lost):
                continue  # its capture began late, or ended early
            same = again.filter(pl.col("point") == point, pl.col("next_point") == next_point)
            yield Pair(point, next_point, rows, lost, len(same.join(lost, on="direction", how="semi")))


def covered(case: Case, point: int, lost: pl.DataFrame) -> bool:
    """Whether a point saw anything before and after a lost packet."""
    window = case.network.windows.filter(pl.col("point") == point).drop_nulls("from")
    if window.is_empty():
        return False
    return bool(lost["time"].is_between(window["from"][0], window["to"][0]).any())


def _came_meanwhile(rows: pl.DataFrame, lost: pl.DataFrame) -> bool:
    """Whether packets like each lost one, with the same ends and form, were delivered meanwhile."""
    like = ["source", "destination", "form"]
    delivered = rows.filter(pl.col("fate") == "")
    return lost.join(delivered, on=like, how="anti", nulls_equal=True).is_empty()


def _told(case: Case, losses: pl.DataFrame) -> pl.DataFrame:
    """Add the columns of properties in which lost and delivered packets may differ."""
    of_variants = ["variant", "form", "eth.dst", "source_port", "destination_port"]
    rows = losses.join(case.network.variants.select(of_variants), on="variant", how="left").join(
        case.network.directions.select(OF_DIRECTIONS), on="direction", how="left"
    )
    server = pl.when("client").then("destination_port").otherwise("source_port")
    by_port = pl.when(pl.col("kind").is_in(["tcp", "udp"])).then(pl.format("{} {}", "kind", server))
    return rows.with_columns(
        pl.col("kind").alias("protocol"),
        by_port.otherwise("kind").alias("port"),
        pl.when("client").then(pl.lit("requests")).otherwise(pl.lit("answers")).alias("direction_of"),
        pl.format("IPv{}", "version").alias("family"),
        pl.format("{} {}", "who", "where").alias("traffic"),
    )
