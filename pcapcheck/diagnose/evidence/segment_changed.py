"""Frames leave a node in one VLAN and are seen in another, so that a device in between has moved them.

`about`: sender, receiver (the node where it is seen), node and interface where it is seen, actual, expected
(the VLAN that it was sent with), same (the receiver has an interface in that VLAN).
"""

from collections.abc import Iterator

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import Role


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each sending node, place and pair of VLANs."""
    tagged = _tagged(case)
    if tagged.is_empty():
        return
    here = tagged.filter(pl.col("here") == pl.col("sender"))
    sent = here.group_by("direction").agg(pl.col("vlan.id").unique().alias("sent"))
    seen = tagged.filter(pl.col("here") != pl.col("sender")).join(sent, on="direction")
    moved = seen.filter(~pl.col("sent").list.contains(pl.col("vlan.id"))).sort("file", "frame1")
    for (sender, point, vlan), rows in moved.group_by("sender", "point", "vlan.id", maintain_order=True):
        yield _fact(case, str(sender), point if isinstance(point, int) else None, str(vlan), rows)


def _tagged(case: Case) -> pl.DataFrame:
    """Return the tagged frames at uplinks, with the node that sends them and the node where they are seen."""
    variants = case.network.variants
    if "vlan.id" not in variants.columns or "direction" not in variants.columns:
        return pl.DataFrame()
    uplink = case.network.of_point("role") == Role.UPLINK
    here = pl.when(uplink).then(case.network.of_point("node")).alias("here")
    sender = case.network.directions.select("direction", pl.col("source_node").alias("sender"))
    at = variants.with_columns(here).join(sender, on="direction", how="left", maintain_order="left")
    return at.drop_nulls(["here", "sender", "vlan.id"])


def _fact(case: Case, sender: str, point: int | None, vlan: str, rows: pl.DataFrame) -> Fact:
    place = case.point(point)
    sent = str(rows["sent"][0][0])
    node = case.network.topology.nodes.get(place.node or "")
    known = {str(each.parameters.get("vlan")) for each in node.interfaces.values()} if node else set()
    return Fact(
        evidence="segment_changed",
        says=f"packets that {sender} sends in VLAN {sent} are seen in VLAN {vlan} at {place.text}",
        flows=frozenset(rows["flow"].to_list()),
        frames=case.frames(rows),
        packets=int(rows["packets"].sum()),
        about={
            "sender": sender,
            "receiver": place.node,
            "node": place.node,
            "interface": place.interface,
            "in_pod": place.inside,
            "expected": sent,
            "actual": vlan,
            "known": vlan in known,
            "to_hop": place.text,
        },
        filter=f"vlan.id == {vlan}",
    )
