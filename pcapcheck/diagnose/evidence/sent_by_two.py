"""Two nodes send from the address of one pod, so that two pods must have it.

A node that only forwards a packet does not count: it sends with a lower TTL, and what the pod's node sends
too. Nor does a node that had the pod before it moved, or has it since: the two must send in turns, or within
so short a time that no pod can have moved.

`about`: address, actual, owner, nodes (who sends), node (that should not), sender, interface.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.decode.stack import PORTED
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.diagnose.tenures import aligned, at_once
from pcapcheck.topology.topology import OwnerKind, Role

LEAST: Final = 2  # packets
RESTART: Final = 1_000_000_000  # ns: no pod is stopped, scheduled and started on another node within a second


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each address of a pod from which a node other than the pod's sends."""
    sent = _sent(case)
    if sent.is_empty():
        return
    sent = aligned(case, sent).filter(pl.col("by").n_unique().over("source") > 1)
    for (address,), rows in sent.group_by("source", maintain_order=True):
        home = rows.filter(pl.col("by") == case.network.owners.node_of(str(address)))
        foreign = rows.filter(~pl.col("by").is_in(home["by"].unique().implode()))
        foreign = foreign.filter(~pl.col("direction").is_in(home["direction"].unique().implode()))
        foreign = foreign.filter(pl.col("ttl").is_in(home["ttl"].unique().implode()))
        if len(home) and foreign["packets"].sum() >= LEAST and at_once(home, foreign, RESTART):
            yield _fact(case, str(address), home, foreign)


def _sent(case: Case) -> pl.DataFrame:
    """Return the packets from pods' addresses at uplinks, with the node that sent each."""
    variants = case.network.variants
    if "eth.src" not in variants.columns or "direction" not in variants.columns:
        return pl.DataFrame()
    wires = case.network.points_where(lambda point: point.role == Role.UPLINK)
    pods = [
        address
        for address in variants["source"].drop_nulls().unique().to_list()
        if case.network.owners.of(address).kind == OwnerKind.POD
    ]
    seen = variants.filter(
        pl.col("point").is_in(wires)
        & pl.col("source").is_in(pods)
        & pl.col("kind").is_in((*PORTED, "echo"))
        & (pl.col("who") == "pod-to-pod")
    )
    told = seen.select("form", "ip.src", "eth.src").unique()
    by = told.with_columns(
        pl.Series("by", [case.sent_by(row) for row in told.iter_rows(named=True)], pl.String)
    )
    ttl = pl.coalesce("inner.ip.ttl", "inner.ipv6.hlim").alias("ttl")
    joined = seen.join(by, on=["form", "ip.src", "eth.src"], nulls_equal=True, maintain_order="left")
    return joined.with_columns(ttl).drop_nulls("by").sort("file", "frame1")


def _fact(case: Case, address: str, home: pl.DataFrame, foreign: pl.DataFrame) -> Fact:
    owner, node = case.network.owners.of(address), foreign["by"][0]
    point = case.point(foreign["point"][0])
    return Fact(
        evidence="sent_by_two",
        says=f"{address} sends from {home['by'][0]} and from {node}",
        flows=frozenset([*home["flow"].to_list(), *foreign["flow"].to_list()]),
        frames=(*case.frames(home.head(1))[:1], *case.frames(foreign)[:4]),
        packets=int(foreign["packets"].sum()),
        about={
            "address": address,
            "actual": address,
            "owner": owner.name,
            "nodes": f"{home['by'][0]}, {node}",
            "node": node,
            "sender": node,
            "interface": point.interface,
            "in_pod": point.inside,
        },
        filter=f"ip.src == {address}" if ":" not in address else f"ipv6.src == {address}",
    )
