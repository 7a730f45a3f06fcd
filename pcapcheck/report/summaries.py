"""Network -> FlowSummary: what a report says of each flow, both directions, step by step."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import cache, partial
from typing import Any, Final, TypeAlias

import polars as pl

from pcapcheck.check.finding import Hop
from pcapcheck.collect.variants import LOW
from pcapcheck.correlate.flowlist import counted, totals, translations
from pcapcheck.correlate.network import Network
from pcapcheck.decode.tunnels import ID_FIELDS
from pcapcheck.documents import values
from pcapcheck.report.endings import endings
from pcapcheck.report.losstime import loss_times
from pcapcheck.report.report import FlowSummary, LossTime, PathStep
from pcapcheck.report.trace import INNER_PREFIX

# Fields of the first packet at a step that a trace shows, with how they are written.
TRACED_FIELDS: Final = {
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
    **dict.fromkeys(ID_FIELDS, "integer"),
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
# The columns of a direction that a summary uses.
DIRECTION_COLUMNS: Final = [
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
NO_ROW: Final[Mapping[str, Any]] = {}  # stands for a row that does not exist
# Where packets of one flow met several fates at a step, the first of these is reported.
FATE_ORDER: Final = ("lost", "unknown", "gap")
RowsByStep: TypeAlias = Mapping[tuple[int, int], Mapping[str, Any]]  # by direction and step


def summaries(network: Network) -> tuple[FlowSummary, ...]:
    """Return every flow, in order of its first packet."""
    rows = counted(network)
    if rows.is_empty():
        return ()
    steps = _steps(rows)
    counts = {(row["direction"], row["step"]): row for row in network.hops.iter_rows(named=True)}
    captured = set(network.captured_steps.iter_rows())
    hops = cache(partial(_hops, network=network, captured=captured))
    nat = dict(translations(network).iter_rows())
    every = totals(rows)
    times = loss_times(network.losses)
    ended = endings(network)
    paths: dict[int, list[Mapping[str, Any]]] = {}
    ways_of = network.directions.join(every.select("flow"), on="flow", how="semi").select(DIRECTION_COLUMNS)
    for row in ways_of.iter_rows(named=True):
        paths.setdefault(row["flow"], []).append(row)
    found = []
    for total in every.iter_rows(named=True):
        directions = sorted(paths[total["flow"]], key=lambda row: (not row["client"], row["direction"]))
        ways = [_way(row["direction"], hops(row["path"]), steps, counts) for row in directions]
        lost = next((times[row["direction"]] for row in directions if row["direction"] in times), None)
        summary = _summary(total, directions, ways, nat.get(total["flow"]), lost)
        found.append(replace(summary, ending=ended.get(total["flow"])))
    return tuple(found)


def _steps(rows: pl.DataFrame) -> dict[tuple[int, int], Mapping[str, Any]]:
    """Return the packets, the stack and the fields of the first variant, by direction and step."""
    at = rows.filter(pl.col("step").is_not_null()).sort("first")
    shown = [column for name in TRACED_FIELDS for column in (name, name + LOW) if column in at.columns]
    grouped = at.group_by("direction", "step", maintain_order=True).agg(
        pl.col("packets").sum(), *(pl.col(name).first() for name in ("stack", "form", *shown))
    )
    told = grouped.select("direction", "step", "packets", "stack", "form").iter_rows(named=True)
    return {
        (row["direction"], row["step"]): row | {"headers": headers}
        for row, headers in zip(told, headers_of(grouped), strict=True)
    }


def _hops(path: int, network: Network, captured: Set[tuple[int, int]]) -> list[tuple[Hop, bool]]:
    """Return the hops of a path, each with whether it was captured."""
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


def _way(
    direction: int, hops: Sequence[tuple[Hop, bool]], steps: RowsByStep, counts: RowsByStep
) -> tuple[PathStep, ...]:
    """Return the path of one direction."""
    return tuple(
        _path_step(
            hop, captured, steps.get((direction, position), NO_ROW), counts.get((direction, position), NO_ROW)
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
        fate=next((word for word in FATE_ORDER if count.get(word)), ""),
        latency_ns=count.get("latency"),
        stack=seen.get("stack") or "",
        headers=seen.get("headers") or {},
    )


def headers_of(rows: pl.DataFrame) -> list[dict[str, str]]:
    """Return the traced fields of each row as text; an inner field that equals the outer one is left out."""
    texts = {
        name: _texts(rows, name, kind).to_list()
        for name, kind in TRACED_FIELDS.items()
        if name in rows.columns and rows[name].null_count() < len(rows)
    }
    if not texts:
        return [{} for _ in range(len(rows))]
    return [
        {name: text for name, text in zip(texts, row, strict=True) if text is not None}
        for row in zip(*texts.values(), strict=True)
    ]


def _texts(rows: pl.DataFrame, name: str, kind: str) -> pl.Series:
    """Return a field of each row as text; each distinct value is written once."""
    outer = name.removeprefix(INNER_PREFIX)
    again = pl.lit(value=False)
    if outer != name and outer in rows.columns:
        again = (pl.col("form") == "plain") & (pl.col(outer) == pl.col(name))
    words = [column for column in (name, name + LOW) if column in rows.columns]
    shown = rows.select(
        pl.when(again.fill_null(value=False)).then(None).otherwise(name).alias(name), *words[1:]
    )
    distinct = shown.unique().drop_nulls()
    numbers = (row[0] << 64 | row[1] if row[1:] else row[0] for row in distinct.iter_rows())
    texts = distinct.with_columns(pl.Series("text", values.written_each(kind, numbers), pl.String))
    return shown.join(texts, on=words, how="left", maintain_order="left")["text"]


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
