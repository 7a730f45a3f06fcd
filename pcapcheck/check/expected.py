"""Judges `traffic:` of a topology, the assertions of a CI pipeline on what should happen, on the flows seen.

A flow that was asserted but never seen breaks the promise only if a capture at its source saw other traffic;
otherwise the assertion stays open.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from pcapcheck.check.checker import frames_of
from pcapcheck.check.finding import Finding, Hop, Severity
from pcapcheck.collect.counts import FRAMES_KEPT
from pcapcheck.correlate.network import Network
from pcapcheck.decode.stack import PORTED
from pcapcheck.topology.topology import Expectation, Topology

RULE: Final = "topology/traffic"
TITLE: Final = "What the topology expects of its traffic happens"


@dataclass(frozen=True, slots=True)
class Expected:
    """The results for all entries of `traffic:`.

    Attributes:
        findings: expectations that were not met.
        met: packets of flows that were judged.
        unknown: sentences about expectations for which no capture could tell.
        blocked: numbers of flows that are meant to be blocked, and are.
    """

    findings: tuple[Finding, ...]
    met: int
    unknown: tuple[str, ...]
    blocked: frozenset[int]


def check_traffic(network: Network) -> Expected:
    """Judge every entry of `traffic:`."""
    findings: list[Finding] = []
    unknown: list[str] = []
    blocked: set[int] = set()
    packets = 0
    for entry in network.topology.traffic:
        flows = _flows(network, entry)
        packets += int(flows["packets"].sum()) if len(flows) else 0
        answered = set(flows.filter("answered")["flow"].to_list())
        if entry.expect == "blocked":
            blocked |= set(flows["flow"].to_list()) - answered
            findings += (
                [_finding(network, entry, flows.filter("answered"), "is answered but should be blocked")]
                if answered
                else []
            )
        elif flows.is_empty() and _watched(network, entry):
            findings.append(
                _finding(network, entry, flows, "was never seen, although its source was captured")
            )
        elif flows.is_empty():
            unknown.append(f"traffic {_text(entry)} was not seen, and its source was not captured then")
        elif not answered:
            findings.append(_finding(network, entry, flows, "gets no answer but should"))
    return Expected(tuple(findings), packets, tuple(unknown), frozenset(blocked))


def without(network: Network, flows: frozenset[int]) -> Network:
    """Return the network without some flows, since a flow that is blocked on purpose is no fault."""
    if not flows:
        return network
    numbers = sorted(flows)
    directions = network.directions.filter(pl.col("flow").is_in(numbers)).select("direction")

    def rest(frame: pl.DataFrame) -> pl.DataFrame:
        return (
            frame.join(directions, on="direction", how="anti", maintain_order="left")
            if "direction" in frame.columns
            else frame
        )

    kept = network.variants.filter(~pl.col("flow").is_in(numbers) | pl.col("flow").is_null())
    return replace(
        network,
        variants=kept,
        hops=rest(network.hops),
        losses=rest(network.losses),
        passes=rest(network.passes),
        late=rest(network.late),
        damaged=rest(network.damaged),
        pending=rest(network.pending),
        resets=rest(network.resets),
        outcomes=network.outcomes.filter(~pl.col("flow").is_in(numbers)),
    )


def _flows(network: Network, entry: Expectation) -> pl.DataFrame:
    """Return the flows of an entry, with direction, packets, whether answered, and the first frames."""
    columns = [
        "flow",
        "direction",
        "packets",
        "answered",
        "point",
        "file",
        *(f"frame{k + 1}" for k in range(FRAMES_KEPT)),
    ]
    if network.variants.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.Int64) | {"answered": pl.Boolean})
    sources, destinations = (
        _addresses(network.topology, entry.source),
        _addresses(network.topology, entry.destination),
    )
    seen = network.variants.filter(
        pl.col("source").is_in(sources) & pl.col("destination").is_in(destinations)
    )
    seen = seen.filter(pl.col("kind").is_in((*PORTED, "echo")) & pl.col("client"))
    if entry.protocol:
        seen = seen.filter(pl.col("kind") == {"icmp": "echo"}.get(entry.protocol, entry.protocol))
    if entry.port:
        seen = seen.filter(pl.col("destination_port") == entry.port)
    proof = [pl.col(name).first() for name in ("direction", "point", *columns[5:])]
    grouped = (
        seen.sort("file", "frame1").group_by("flow", maintain_order=True).agg(pl.col("packets").sum(), *proof)
    )
    return (
        grouped.join(_answers(network), on="flow", how="left")
        .with_columns(pl.col("answered").fill_null(value=False))
        .select(columns)
    )


def _answers(network: Network) -> pl.DataFrame:
    """Return the flows whose answer is more than a reset."""
    back = network.variants.filter(~pl.col("client") & pl.col("kind").is_in((*PORTED, "echo")))
    real = (pl.col("kind") != "tcp") | (pl.col("inner.tcp.flags.syn") == 1)
    return back.group_by("flow").agg(real.any().alias("answered"))


def _addresses(topology: Topology, name: str) -> list[str]:
    """Return the addresses of a pod or service (its own and its endpoints'), or the address itself."""
    pod, service = topology.pods.get(name), topology.services.get(name)
    if pod:
        return list(pod.addresses)
    return [*service.addresses, *service.external_ips] if service else [name]


def _watched(network: Network, entry: Expectation) -> bool:
    """Whether a capture in the source pod, or at its veth, saw anything."""
    numbers = network.points_where(lambda point: point.pod == entry.source)
    return bool(network.variants["point"].is_in(numbers).any()) if len(network.variants) else False


def _finding(network: Network, entry: Expectation, flows: pl.DataFrame, what: str) -> Finding:
    first: dict[str, Any] = flows.row(0, named=True) if len(flows) else {}
    point = network.capture_points[first["point"]] if first.get("point") is not None else None
    hop = (
        Hop(point.node, point.interface, str(point.role), "plain", "source", 1, point.pod)
        if point
        else Hop(None, "", "any", "plain")
    )
    return Finding(
        rule=RULE,
        severity=Severity.ERROR,
        hop=hop,
        flow=str(network.directions["flow_text"][first["direction"]]) if first else "",
        frames=frames_of([first], network) if first else (),
        packets=int(flows["packets"].sum()) if len(flows) else 0,
        judged=int(flows["packets"].sum()) if len(flows) else 0,
        expected={"traffic": entry.expect},
        actual={"traffic": what},
        message=f"{_text(entry)} {what}",
    )


def _text(entry: Expectation) -> str:
    port = f":{entry.port}" if entry.port else ""
    return f"{entry.protocol or 'any'} {entry.source} to {entry.destination}{port}"
