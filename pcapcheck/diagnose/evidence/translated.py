"""A flow is translated on its way: to an endpoint of a service, to its own sender, to another source.

`about`: what (endpoint: DNAT of a service address or a node port; source: another source address), service,
expected, actual, actual_node, is_endpoint (the service has it; None: its endpoints are not known), itself
(the endpoint is the sender), answered (the client got something else than resets), policy
(externalTrafficPolicy), who, sender, receiver, node.
"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from pcapcheck.decode.stack import PORTED
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import OwnerKind, Service


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each translation of each flow's requests."""
    variants = case.network.variants
    if "direction" not in variants.columns:
        return
    changed = case.network.directions.filter(pl.col("translated")).select("direction")
    asked = variants.join(changed, on="direction", how="semi", maintain_order="left").filter(
        pl.col("client") & pl.col("point").is_not_null() & pl.col("kind").is_in(PORTED)
    )
    for (direction,), rows in asked.sort("file", "frame1").group_by("direction", maintain_order=True):
        row = case.directions[int(str(direction))]
        if row["destination"] is not None:
            yield from _endpoint(case, row, rows)
            yield from _source(case, row, rows)


def _endpoint(case: Case, row: dict[str, Any], rows: pl.DataFrame) -> Iterator[Fact]:
    """Yield the translation of a service's address, as seen after it."""
    service = _service(case, rows)
    after = rows.filter((pl.col("destination") == row["destination"]) & (pl.col("destination_port") != 0))
    if service is None or after.is_empty() or row["destination_kind"] == OwnerKind.SERVICE:
        return
    port = after["destination_port"][0]
    endpoints = service.endpoints
    known = None if endpoints is None else {each.rpartition(":")[0].strip("[]") for each in endpoints}
    actual = f"{row['destination']}:{port}"
    yield Fact(
        evidence="translated",
        says=f"{service.name} is translated to {actual}",
        flows=frozenset([row["flow"]]),
        frames=case.frames(after),
        packets=int(after["packets"].max() or 0),  # type: ignore[arg-type]  # a column of integers
        about={
            **_about(case, row, after),
            "what": "endpoint",
            "service": service.name,
            "expected": ", ".join(endpoints or ()) or "none",
            "actual": actual,
            "is_endpoint": None if not known else row["destination"] in known,
            "itself": row["destination"] == row["source"],
            "fault": f"{service.name} {actual}",
        },
        filter=f"ip.dst == {row['destination']}" if ":" not in row["destination"] else None,
    )


def _source(case: Case, row: dict[str, Any], rows: pl.DataFrame) -> Iterator[Fact]:
    """Yield the translation of the client's address, at the first point that shows it."""
    after = rows.filter((pl.col("source") != row["source"]) & (pl.col("destination") == row["destination"]))
    before = rows.filter(pl.col("source") == row["source"])
    if after.is_empty() or before.is_empty():
        return
    service = _service(case, rows)
    actual = after["source"][0]
    yield Fact(
        evidence="translated",
        says=f"the source {row['source']} becomes {actual}",
        flows=frozenset([row["flow"]]),
        frames=(*case.frames(before.head(1))[:1], *case.frames(after)[:4]),
        packets=int(after["packets"].max() or 0),  # type: ignore[arg-type]  # a column of integers
        about={
            **_about(case, row, after),
            "what": "source",
            "service": service.name if service else None,
            "policy": service.external_traffic_policy if service else None,
            "expected": row["source"],
            "actual": actual,
            "actual_is": case.address_is(actual, row["destination_node"]),
            "actual_node": case.network.owners.node_of(actual),
        },
        filter=f"ip.src == {actual}" if ":" not in actual else None,
    )


def _about(case: Case, row: dict[str, Any], after: pl.DataFrame) -> dict[str, Any]:
    """Return the words about a flow, and about the place where its translation shows."""
    point = case.point(after["point"][0])
    return {
        **case.ends(row["direction"]),
        "who": row["who"],
        "where": row["where"],
        "answered": _answered(case, row),
        "node": row["via"] or row["source_node"] or point.node,
        "interface": point.interface,
        "in_pod": point.inside,
    }


def _answered(case: Case, row: dict[str, Any]) -> bool:
    """Whether the client got an answer that is no reset."""
    back = case.network.variants.filter((pl.col("flow") == row["flow"]) & ~pl.col("client"))
    return bool((back["inner.tcp.flags.reset"].fill_null(0) == 0).any()) if len(back) else False


def _service(case: Case, rows: pl.DataFrame) -> Service | None:
    """Return the service that a client asked: by its address, or by a port of a node."""
    asked = rows.select("destination", "destination_port").unique(maintain_order=True).rows()
    for service in case.network.topology.services.values():
        ports = {each.port for each in service.ports}
        node_ports = {each.node_port for each in service.ports if each.node_port}
        for address, port in asked:
            if address in (*service.addresses, *service.external_ips) and (not ports or port in ports):
                return service
            if port in node_ports and case.network.owners.of(address).kind == OwnerKind.NODE:
                return service
    return None
