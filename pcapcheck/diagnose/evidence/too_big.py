"""Packets of a pod are reported as too big ("fragmentation needed"), which the pod learns or not.

If a router reports it and the pod learns it, it is path MTU discovery at work (RFC 1191, RFC 8201).

`about`: by, by_node (who says it), inside (the pod's own node), mtu, threshold, learnt (seen at the pod's
points), watched (somebody looked there at that time), times, from_hop (where it was last seen), to_hop,
sender, receiver, node and interface (of from_hop), in_pod, pod.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.outcome.quotes import TOO_BIG, quotes
from pcapcheck.topology.topology import OwnerKind, Role

SECOND: Final = 1_000_000_000


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each flow and each node or router that reports it."""
    errors = quotes(case.network)
    if errors.is_empty():
        return
    told = errors.filter(pl.col("says") == TOO_BIG).drop_nulls("quoted_direction").sort("file", "frame1")
    for (number, source), rows in told.group_by("quoted_direction", "source", maintain_order=True):
        direction = case.directions[int(str(number))]
        if direction["source_kind"] == OwnerKind.POD:
            yield _fact(case, direction, str(source), rows)


def _fact(case: Case, direction: dict[str, Any], source: str, rows: pl.DataFrame) -> Fact:
    by, node = case.network.owners.of(source), direction["source_node"]
    own = _own_points(case, direction)
    at = rows.group_by("point").agg(pl.col("packets").sum())
    times = int(at["packets"].max() or 0)  # type: ignore[arg-type]  # a column of integers
    point = case.point(_last_seen(case, node, rows, own))
    mtu = min(rows["mtu"].drop_nulls().to_list(), default=None)
    return Fact(
        evidence="too_big",
        says=f"{by.name or source} reports {times} times that packets over {mtu} bytes are too big",
        flows=frozenset([direction["flow"]]),
        frames=case.frames(rows),
        packets=times,
        about={
            **case.ends(direction["direction"]),
            "by": source,
            "by_node": by.node,
            "inside": by.kind == OwnerKind.NODE and by.node == node,
            "mtu": mtu,
            "threshold": mtu,
            "learnt": bool(rows["point"].is_in(own).any()),
            "watched": _watched(case, own, rows),
            "times": times,
            "from_hop": point.text,
            "to_hop": case.point(own[0]).text if own else None,
            "node": point.node if _captured_before(case, node, own) else node,
            "interface": point.interface,
            "in_pod": point.inside,
            "pod": direction["source_name"],
        },
        filter="icmp.type == 3 && icmp.code == 4" if ":" not in source else "icmpv6.type == 2",
    )


def _last_seen(case: Case, node: str | None, rows: pl.DataFrame, own: list[int]) -> int:
    """Return the point before those of the pod where the messages were last seen, on its node if any."""
    before = rows.filter(~pl.col("point").is_in(own))
    seen = before if len(before) else rows
    at_its_node = seen.filter(
        pl.col("point").is_in(case.network.points_where(lambda each: each.node == node))
    )
    return int((at_its_node if len(at_its_node) else seen)["point"][0])


def _captured_before(case: Case, node: str | None, own: list[int]) -> bool:
    """Whether the pod's node was captured at a point before its own, which would have shown the messages."""
    before = case.network.points_where(lambda each: each.node == node)
    captured = case.network.windows["point"].to_list() if len(case.network.windows) else []
    return not set(before).difference(own).isdisjoint(captured)


def _own_points(case: Case, direction: dict[str, Any]) -> list[int]:
    """Return the points of the pod: inside it, at its veth; else the bridge before it."""
    own = case.network.points_where(lambda point: point.pod == direction["source_name"])
    return own or case.network.points_where(
        lambda point: point.node == direction["source_node"] and point.role == Role.BRIDGE
    )


def _watched(case: Case, own: list[int], rows: pl.DataFrame) -> bool:
    """Whether the pod's points were captured when the messages came, by aligned clocks."""
    if case.network.windows.is_empty() or not own:
        return False
    ahead = case.network.offsets.get(case.point(rows["point"][0]).node or "", 0)
    first, last = (
        int(each) - ahead for each in (rows["first"].to_numpy().min(), rows["last"].to_numpy().max())
    )
    looked = case.network.windows.filter(pl.col("point").is_in(own))
    # Nothing need follow the pod's last packet at its point: an error about it may come after the last
    # packet that was captured there, although the capture went on.
    until = max(first, last - SECOND)
    return bool(((looked["from"] <= first) & (looked["to"] >= until)).any())
