"""One packet passes one uplink again with a lower TTL, because routers send it to each other.

A router that forwards a packet gets it once and sends it once, which is no loop. In a loop, a node gets back
what it has sent, sends a packet twice, or sends away what is addressed to itself. NodePort traffic, which may
pass an uplink twice, changes its addresses or its form.

`about`: node (that should not have sent it), peer, interface (where it was seen), ttls, times, owner (the
node of the destination), sender.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import CapturePoint, Role

SAME: Final = ("direction", "point", "packet", "form", "source", "destination")
OUTGOING: Final = 4  # sll.pkttype: sent by the host that captures


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each flow and uplink where a packet comes again."""
    if case.network.passes.is_empty():
        return
    wire = case.network.points_where(lambda point: point.role in (Role.UPLINK, Role.VLAN))
    looping = case.network.passes.filter(pl.col("point").is_in(wire)).join(_headers(case), on="variant")
    looping = looping.filter(pl.col("ttl").n_unique().over(SAME) > 1).sort("file", "frame")
    for (direction, point), rows in looping.group_by("direction", "point", maintain_order=True):
        found = [
            _looped(case, rows.filter(pl.col("packet") == each)) for each in rows["packet"].unique().sort()
        ]
        node = next((each for each in found if each), None)
        if node and isinstance(direction, int) and isinstance(point, int):
            yield _fact(case, direction, case.point(point), node, rows)


def _headers(case: Case) -> pl.DataFrame:
    """Return the columns that distinguish the passes of one packet."""
    names = ["variant", "form", "source", "destination", "eth.src", "ip.src", "sll.pkttype"]
    ttl = pl.coalesce("inner.ip.ttl", "inner.ipv6.hlim").cast(pl.Int64).alias("ttl")
    return case.network.variants.select(*names, ttl)


def _looped(case: Case, packet: pl.DataFrame) -> str | None:
    """Return the node that should not have sent this packet, None if it is no loop."""
    passes = packet.sort("ttl", descending=True).rows(named=True)
    here = case.point(packet["point"][0]).node
    senders = [_sender(case, row) for row in passes]
    owner = case.network.owners.node_of(passes[0]["destination"])
    if owner in senders:
        return owner  # it sends away what is addressed to itself
    mine = [number for number, sender in enumerate(senders) if sender == here]
    if len(mine) > 1 or (mine and mine[0] == 0):
        return here
    return None


def _sender(case: Case, row: dict[str, Any]) -> str | None:
    """Return the node that sent a packet at one pass."""
    if row["form"] == "plain" and row["sll.pkttype"] == OUTGOING:
        return case.point(row["point"]).node
    return case.sent_by(row)


def _fact(case: Case, direction: int, point: CapturePoint, node: str, rows: pl.DataFrame) -> Fact:
    ttls = rows["ttl"].unique().sort(descending=True).to_list()
    ends = case.ends(direction)
    others = [each for each in (point.node, ends["sender"], ends["receiver"]) if each != node]
    proof = rows.select("file", *(pl.col("frame").alias(f"frame{k}") for k in (1, 2, 3, 4, 5)))
    return Fact(
        evidence="passes",
        says=f"a packet passes {point.text} again, TTL {', '.join(map(str, ttls[:6]))}",
        flows=frozenset([case.directions[direction]["flow"]]),
        frames=case.frames(proof),
        packets=len(rows),
        about={
            **ends,
            "node": node,
            "peer": next(iter(others), None),
            "interface": point.interface,
            "in_pod": point.inside,
            "ttls": ", ".join(map(str, ttls)),
            "times": len(ttls),
            "owner": case.network.owners.node_of(case.directions[direction]["destination"] or "0.0.0.0"),
        },
        filter=None,
    )
