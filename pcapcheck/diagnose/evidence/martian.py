"""A packet comes in from outside with a source address of the node itself, or of one of its own pods.

The kernel drops it as martian, or by reverse path filtering (Linux net/ipv4/fib_frontend.c:
fib_validate_source). An external load balancer, or the router of an external address, sends it back like
that. Only flows that failed are looked at: a node that accepts its own addresses serves them.

Where the captures do not show whose address it is, it must come back from the MAC to which it was sent.

`about`: actual (the source), owner, sent_to, back_from (who sends it back, by MAC), node, interface, sender,
receiver, source, destination, flow.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.documents import values
from pcapcheck.topology.topology import CapturePoint, OwnerKind, Role

WIRES: Final = (Role.UPLINK, Role.VLAN)
OWN: Final = (OwnerKind.NODE, OwnerKind.POD)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each node and source address."""
    failed = case.network.outcomes.filter("failed")["flow"]
    wires = case.network.points_where(lambda point: point.role in WIRES)
    seen = case.variants("tcp", "udp", "echo", "sctp").filter(
        pl.col("point").is_in(wires),
        pl.col("form") == "plain",
        pl.col("flow").is_in(failed.implode()),
        pl.col("eth.src").is_not_null(),
    )
    for (point, source), rows in seen.sort("file", "frame1").group_by("point", "source", maintain_order=True):
        here = case.point(point if isinstance(point, int) else None)
        owner = case.network.owners.of(str(source))
        ours = owner.kind in OWN and owner.node is not None and owner.node == here.node
        back = _sent_back(rows) if not ours else _came_in(case, here, rows)
        if back is not None:
            yield _fact(case, str(source), back, rows)


def _came_in(case: Case, here: CapturePoint, rows: pl.DataFrame) -> int | None:
    """Return the MAC that sends packets with a source of the node to the node, None if none does."""
    for sender, to in rows.select("eth.src", "eth.dst").unique(maintain_order=True).drop_nulls().iter_rows():
        stranger = case.mac_is(values.mac_text(sender), here.node) in ("unknown", "another node")
        if stranger and case.mac_is(values.mac_text(to), here.node) == "this node":
            return int(sender)
    return None


def _sent_back(rows: pl.DataFrame) -> int | None:
    """Return the MAC that sends packets of one source back to the MAC that they come from, if one does."""
    pairs = rows.sort("first").select("eth.src", "eth.dst").unique(maintain_order=True).drop_nulls().rows()
    return next((sender for sender, to in pairs[1:] if (to, sender) == pairs[0]), None)


def _fact(case: Case, source: str, sender: int, rows: pl.DataFrame) -> Fact:
    came = rows.filter(pl.col("eth.src") == sender)
    row = came.row(0, named=True)
    here = case.point(row["point"])
    mac = values.mac_text(sender)
    return Fact(
        evidence="martian",
        says=f"{here.text} receives packets from {mac} whose source address {source} is its own",
        flows=frozenset(came["flow"].to_list()),
        frames=case.frames(came),
        packets=int(came["packets"].sum()),
        about={
            **case.ends(row["direction"]),
            "actual": source,
            "owner": case.network.owners.of(source).name,
            "sent_to": row["destination"],
            "back_from": mac,
            "node": here.node,
            "interface": here.interface,
        },
        filter=f"ip.src == {source} && eth.src == {mac}" if ":" not in source else None,
    )
