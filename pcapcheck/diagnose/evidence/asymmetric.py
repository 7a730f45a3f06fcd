"""Requests and answers of a flow travel between two nodes in different forms, one of them not in the tunnel.

`about`: asked, answered (the forms), expected, actual (the form that is not intended), works (both arrive),
sender (of what is not intended), receiver, node, interface, back (the answers are it).
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from pcapcheck.decode.stack import PORTED
from pcapcheck.diagnose.case import PODS_OR_THEIR_NETWORK, Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import Role


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each flow of pods that travels in the tunnel one way and outside it the other way."""
    variants = case.network.variants
    if "flow" not in variants.columns:
        return
    wires = case.network.points_where(lambda point: point.role == Role.UPLINK)
    kinds = pl.col("kind").is_in((*PORTED, "echo")) & (pl.col("who") == "pod-to-pod")
    seen = variants.filter(pl.col("point").is_in(wires) & kinds & (pl.col("where") != "same-node"))
    ways = seen.group_by("flow").agg(
        pl.col("form").filter("client").unique().sort().alias("asked"),
        pl.col("form").filter(~pl.col("client")).unique().sort().alias("answered"),
    )
    both = ways.filter((pl.col("asked").list.len() == 1) & (pl.col("answered").list.len() == 1))
    differ = both.explode("asked").explode("answered").filter(pl.col("asked") != pl.col("answered"))
    for row in differ.sort("flow").iter_rows(named=True):
        if "plain" in (row["asked"], row["answered"]):
            yield _fact(case, row["flow"], row["asked"], row["answered"], seen)


def _fact(case: Case, flow: int, asked: str, answered: str, seen: pl.DataFrame) -> Fact:
    client, back = case.flows[flow][0], case.flows[flow][-1]
    intended = case.profile.traits.form(str(client["where"]))
    wrong = back if answered != intended else client
    mine = seen.filter(pl.col("direction") == wrong["direction"]).sort("file", "frame1")
    point = case.point(mine["point"][0])
    return Fact(
        evidence="asymmetric",
        says=f"requests travel as {asked}, replies as {answered}",
        flows=frozenset([flow]),
        frames=case.frames(mine),
        packets=int(mine["packets"].sum()),
        about={
            **case.ends(wrong["direction"]),
            "asked": asked,
            "answered": answered,
            "expected": asked if wrong is back else answered,
            "actual": answered if wrong is back else asked,
            "works": _arrives(case, client, back) and _arrives(case, back, client),
            "back": wrong is back,
            "node": wrong["source_node"],
            "interface": point.interface,
            "in_pod": point.inside,
        },
    )


def _arrives(case: Case, way: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether packets of one direction arrive: seen on the receiver's node, or answered."""
    if way["destination_kind"] not in [str(kind) for kind in PODS_OR_THEIR_NETWORK]:
        return False
    points = case.network.points_where(
        lambda point: point.node == way["destination_node"] and point.node != way["source_node"]
    )
    mine = case.network.variants.filter(pl.col("direction").is_in([way["direction"], other["direction"]]))
    if len(mine.filter((pl.col("direction") == way["direction"]) & pl.col("point").is_in(points))):
        return True
    talking = (pl.col("inner.tcp.flags.ack") == 1) & (pl.col("inner.tcp.flags.reset") == 0)
    return len(mine.filter((pl.col("direction") == other["direction"]) & talking.fill_null(value=False))) > 0
