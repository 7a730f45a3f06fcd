"""Network -> FlowSummary: what a report says of each flow, both directions, step by step."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Any, Final, TypeAlias

import polars as pl

from pcapcheck import values
from pcapcheck.check.finding import Hop
from pcapcheck.correlate.flowlist import counted, totals, translations
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.variants import LOW
from pcapcheck.report.losstime import LossTime, loss_times
from pcapcheck.report.result import FlowSummary, PathStep

# Fields of the first packet at a step that a trace shows, with how they are written.
SHOWN: Final = {
    "eth.src": "mac",
    "eth.dst": "mac",
    "vlan.id": "integer",
    "ip.src": "ipv4",
    "ip.dst": "ipv4",
    "ipv6.src": "ipv6",
    "ipv6.dst": "ipv6",
    "ip.ttl": "integer",
    "udp.srcport": "integer",
    "udp.dstport": "integer",
    "vxlan.vni": "integer",
    "geneve.vni": "integer",
    "gre.key": "integer",
    "inner.eth.src": "mac",
    "inner.eth.dst": "mac",
    "inner.ip.src": "ipv4",
    "inner.ip.dst": "ipv4",
    "inner.ipv6.src": "ipv6",
    "inner.ipv6.dst": "ipv6",
    "inner.ip.ttl": "integer",
    "inner.ipv6.hlim": "integer",
    "inner.tcp.srcport": "integer",
    "inner.tcp.dstport": "integer",
    "inner.udp.srcport": "integer",
    "inner.udp.dstport": "integer",
}
# What is told of a direction.
WAY: Final = [
    "direction",
    "flow",
    "flow_text",
    "client",
    "path",
    "who",
    "where",
    "source_name",
    "destination_name",
]
NONE: Final[Mapping[str, Any]] = {}
INNER: Final = "inner."
FATES: Final = ("lost", "unknown", "gap")
Rows: TypeAlias = Mapping[tuple[int, int], Mapping[str, Any]]  # by direction and step


def summaries(network: Network) -> tuple[FlowSummary, ...]:
    """Return every flow, in order of its first packet."""
    rows = counted(network)
    if rows.is_empty():
        return ()
    steps = _steps(rows)
    counts = {(row["direction"], row["step"]): row for row in network.hops.iter_rows(named=True)}
    captured = set(network.steps.select("path", "step").unique().iter_rows())
    hops = cache(partial(_hops, network=network, captured=captured))
    nat = dict(translations(network).iter_rows())
    every = totals(rows)
    times = loss_times(network.losses)
    paths: dict[int, list[Mapping[str, Any]]] = {}
    ways_of = network.directions.join(every.select("flow"), on="flow", how="semi").select(WAY)
    for row in ways_of.iter_rows(named=True):
        paths.setdefault(row["flow"], []).append(row)
    found = []
    for total in every.iter_rows(named=True):
        directions = sorted(paths[total["flow"]], key=lambda row: (not row["client"], row["direction"]))
        ways = [_way(row["direction"], hops(row["path"]), steps, counts) for row in directions]
        lost = next((times[row["direction"]] for row in directions if row["direction"] in times), None)
        found.append(_summary(total, directions, ways, nat.get(total["flow"]), lost))
    return tuple(found)


def _steps(rows: pl.DataFrame) -> dict[tuple[int, int], Mapping[str, Any]]:
    """Return for each direction and step: packets, stack, and the fields of its first variant."""
    at = rows.filter(pl.col("step").is_not_null()).sort("first")
    absent = at.null_count().row(0, named=True)
    columns = {name for name in at.columns if absent[name] < len(at)}
    shown = [column for name in SHOWN for column in (name, name + LOW) if column in columns]
    grouped = at.group_by("direction", "step", maintain_order=True).agg(
        pl.col("packets").sum(),
        pl.col("stack").first(),
        pl.col("form").first(),
        *(pl.col(name).first() for name in shown),
    )
    return {(row["direction"], row["step"]): row for row in grouped.iter_rows(named=True)}


def _hops(path: int, network: Network, captured: Set[tuple[int, int]]) -> list[tuple[Hop, bool]]:
    """Return the hops of a path, and which of them were captured."""
    return [
        (
            Hop(
                step.node,
                step.interfaces[0],
                step.role,
                step.form,
                step.side if step.side in ("source", "destination") else None,
                step.number,
                step.pod,
            ),
            (path, position) in captured,
        )
        for position, step in enumerate(network.paths[path])
    ]


def _way(direction: int, hops: Sequence[tuple[Hop, bool]], steps: Rows, counts: Rows) -> tuple[PathStep, ...]:
    """Return the path of one direction."""
    return tuple(
        _path_step(
            hop, captured, steps.get((direction, position), NONE), counts.get((direction, position), NONE)
        )
        for position, (hop, captured) in enumerate(hops)
    )


def _path_step(hop: Hop, captured: bool, seen: Mapping[str, Any], count: Mapping[str, Any]) -> PathStep:
    form = seen.get("form") or hop.form
    return PathStep(
        hop=hop if form == hop.form else replace(hop, form=form),
        captured=captured,
        seen=count.get("seen") or seen.get("packets") or 0,
        missing=count.get("missing") or 0,
        fate=next((word for word in FATES if count.get(word)), ""),
        latency_ns=count.get("latency"),
        stack=seen.get("stack") or "",
        headers=headers_of(seen),
    )


def headers_of(seen: Mapping[str, Any]) -> dict[str, str]:
    """Return the shown fields of a row as text, in the row's order.

    An inner field that is also the outermost is not repeated.
    """
    plain = seen.get("form") == "plain"
    found = {}
    for name, value in seen.items():
        if value is None or name not in SHOWN:
            continue
        if plain and name.startswith(INNER) and seen.get(name.removeprefix(INNER)) == value:
            continue
        kind = SHOWN[name]
        found[name] = _text(kind, value << 64 | seen[name + LOW] if kind == "ipv6" else value)
    return found


@lru_cache(maxsize=10_000)
def _text(kind: str, value: int) -> str:
    return values.written(kind, value) if kind in values.BITS else str(value)


def _summary(
    total: Mapping[str, Any],
    directions: list[Mapping[str, Any]],
    ways: list[tuple[PathStep, ...]],
    nat: str | None,
    loss: LossTime | None,
) -> FlowSummary:
    client = directions[0]
    back = next((way for row, way in zip(directions[1:], ways[1:], strict=True) if not row["client"]), ())
    return FlowSummary(
        flow=client["flow_text"],
        traffic=tuple(word for word in (client["who"], client["where"]) if word),
        source=client["source_name"] or "",
        destination=client["destination_name"] or "",
        packets=total["packets"],
        bytes=total["bytes"],
        first=total["first"],
        last=total["last"],
        forward=ways[0],
        backward=back,
        nat=nat,
        points=total["points"],
        loss=loss,
    )
