"""Promises about whole flows (delivered, symmetric, in order, once), judged on what correlation counted.

A flow exercises such a rule if it was captured at two steps of its path or more. Why packets are missing is
for `diagnose`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import polars as pl

from pcapcheck.check.checker import MIN_BROKEN_PACKETS, Judged, flow_text, frames_of
from pcapcheck.check.finding import Finding, Frame, Hop
from pcapcheck.check.rule import Rule
from pcapcheck.collect.counts import FRAMES_KEPT
from pcapcheck.correlate.network import Network
from pcapcheck.topology.bonds import slaves
from pcapcheck.topology.topology import CapturePoint

NODE_EXIT_ROLES: Final = ("uplink", "vlan", "vtep", "tunnel")  # where the way between nodes shows


def check_assertion(rule: Rule, network: Network) -> Judged:
    """Judge one assertion on all flows that it is about."""
    directions = (
        network.directions.filter(pl.col("who") != "arp") if len(network.directions) else network.directions
    )
    for column, wanted in (("who", rule.who), ("where", rule.where)):
        directions = (
            directions.filter(pl.col(column).is_in(wanted)) if wanted and len(directions) else directions
        )
    if directions.is_empty() or network.hops.is_empty():
        return Judged(rule, (), (), 0, (), 0)
    packets, findings = _JUDGES[rule.assertion or ""](rule, network, directions)
    found = sorted(findings, key=lambda each: (each[1], str(each[0].hop)))
    return Judged(
        rule,
        tuple(each for each, _ in found),
        tuple(number for _, number in found),
        packets,
        (),
        len(directions),
    )


Judgement = tuple[int, Iterator[tuple[Finding, int]]]


def _delivered(rule: Rule, network: Network, directions: pl.DataFrame) -> Judgement:
    """Judge that what was seen at one captured step is seen at the next; a loss needs proof."""
    rows = _steps(network, directions)
    return int(rows["sent"].sum()), _each(
        rule, network, rows, "lost", _lost_frames, "packets that were sent did not arrive here"
    )


def _in_order(rule: Rule, network: Network, directions: pl.DataFrame) -> Judgement:
    """Judge that what was sent once arrives in the order in which it was sent."""
    rows = _steps(network, directions)
    if "late" not in rows.columns:
        return 0, iter(())
    return int(rows["sent"].sum()), _each(
        rule, network, rows, "late", _no_frames, "packets arrived after others that were sent later"
    )


def _once(rule: Rule, network: Network, directions: pl.DataFrame) -> Judgement:
    """Judge that what was sent once arrives once."""
    rows = _steps(network, directions)
    if "doubled" not in rows.columns:
        return 0, iter(())
    return int(rows["sent"].sum()), _each(
        rule, network, rows, "doubled", _no_frames, "packets that were sent once arrived twice"
    )


def _symmetric(rule: Rule, network: Network, directions: pl.DataFrame) -> Judgement:
    """Judge that answers cross the same interfaces of a node, in the same form, as the requests did."""
    seen = network.variants.filter(
        pl.col("role").is_in(NODE_EXIT_ROLES) & pl.col("point").is_not_null() & pl.col("flow").is_not_null()
    )
    seen = seen.join(directions.select("direction"), on="direction", how="semi").filter(
        pl.col("kind") != "icmp-error"
    )
    under = network.points_where(lambda point: _is_slave(point, network))
    told = seen.filter(~pl.col("point").is_in(under)).with_columns(network.of_point("node").alias("at_node"))
    ways = told.group_by("flow", "at_node", "role", "client", maintain_order=True).agg(
        pl.format("{} {}", "point", "form").unique().sort().alias("ways"),
        pl.col("packets").sum(),
        pl.col("direction", "point", "form", "file", *(f"frame{k + 1}" for k in range(FRAMES_KEPT))).first(),
    )
    there = ways.filter("client").select("flow", "at_node", "role", pl.col("ways").alias("asked"))
    both = ways.filter(~pl.col("client")).join(there, on=["flow", "at_node", "role"], nulls_equal=True)
    bad = both.filter((pl.col("ways") != pl.col("asked")) & (pl.col("packets") >= MIN_BROKEN_PACKETS))
    return int(both["packets"].sum()), (_otherwise(rule, network, row) for row in bad.iter_rows(named=True))


_JUDGES: Final[Mapping[str, Callable[[Rule, Network, pl.DataFrame], Judgement]]] = {
    "delivered": _delivered,
    "in_order": _in_order,
    "once": _once,
    "symmetric": _symmetric,
}


def _steps(network: Network, directions: pl.DataFrame) -> pl.DataFrame:
    """Return the captured steps that have one before, with `sent`: the packets seen at that step before."""
    watched = network.watched.select("direction", "step", "rank")
    rows = network.hops.join(watched, on=["direction", "step"])
    before = rows.select("direction", (pl.col("rank") + 1).alias("rank"), pl.col("seen").alias("sent"))
    paths = directions.select("direction", "path")
    return rows.join(before, on=["direction", "rank"]).join(paths, on="direction").sort("direction", "step")


def _each(
    rule: Rule,
    network: Network,
    rows: pl.DataFrame,
    column: str,
    frames: Callable[[Network, Mapping[str, Any]], tuple[Frame, ...]],
    says: str,
) -> Iterator[tuple[Finding, int]]:
    """Yield a finding for each step where enough packets broke the promise."""
    enough = (pl.col(column) >= MIN_BROKEN_PACKETS) | (pl.col(column) * 2 > pl.col("sent"))
    for row in rows.filter((pl.col(column) > 0) & enough).iter_rows(named=True):
        step = network.paths[row["path"]][row["step"]]
        side = step.side if step.side in ("source", "destination") else None
        yield (
            Finding(
                rule=rule.id,
                severity=rule.severity,
                hop=Hop(step.node, step.interfaces[0], step.role, step.form, side, step.number, step.pod),
                flow=flow_text(row["direction"], network),
                frames=frames(network, row),
                packets=row[column],
                judged=row["sent"],
                expected={str(rule.assertion): "true"},
                actual={str(rule.assertion): says},
                message=f"{rule.title}: {says}",
            ),
            row["direction"],
        )


def _lost_frames(network: Network, row: Mapping[str, Any]) -> tuple[Frame, ...]:
    """Return the first lost packets, where they were last seen."""
    mine = (
        (pl.col("direction") == row["direction"])
        & (pl.col("next_step") == row["step"])
        & (pl.col("fate") == "lost")
    )
    lost = network.losses.filter(mine).sort("file", "frame").head(FRAMES_KEPT)
    return tuple(
        Frame(network.files[file], frame) for file, frame in lost.select("file", "frame").iter_rows()
    )


def _no_frames(network: Network, row: Mapping[str, Any]) -> tuple[Frame, ...]:
    return ()


def _is_slave(point: CapturePoint, network: Network) -> bool:
    """Whether a point is a bond's slave: each direction chooses its own."""
    node = network.topology.nodes.get(point.node or "")
    return node is not None and point.interface in slaves(node)


def _otherwise(rule: Rule, network: Network, row: Mapping[str, Any]) -> tuple[Finding, int]:
    """Return the finding for answers that take another way than the requests."""
    expected, actual = _way(network, row["asked"]), _way(network, row["ways"])
    point = network.capture_points[row["point"]]
    assert point is not None
    finding = Finding(
        rule=rule.id,
        severity=rule.severity,
        hop=Hop(point.node, point.interface, str(point.role), row["form"], None, 1, point.pod),
        flow=flow_text(row["direction"], network),
        frames=frames_of([row], network),
        packets=row["packets"],
        judged=row["packets"],
        expected={"symmetric": expected},
        actual={"symmetric": actual},
        message=f"{rule.title}: the answers go by {actual}, the requests by {expected}",
    )
    return finding, row["direction"]


def _way(network: Network, ways: list[str]) -> str:
    """Return the interfaces and forms of a way as text."""
    said = []
    for number, form in (way.split(" ", 1) for way in ways):
        point = network.capture_points[int(number)]
        said.append(f"{point.interface} ({form})" if point else form)
    return " and ".join(said)
