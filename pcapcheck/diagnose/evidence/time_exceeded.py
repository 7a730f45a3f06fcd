"""The TTL of a packet ran out although it was sent with a high one, which excludes traceroute.

`about`: by, by_node (who says so), ttl (that it was sent with), high, sender, receiver, node, interface.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.outcome.quotes import TIME_EXCEEDED, quotes

HIGH: Final = 30  # more hops than any path in a data centre has; defaults are 64, 128 and 255


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each flow whose packets ran out of hops."""
    errors = quotes(case.network)
    if errors.is_empty():
        return
    told = (
        errors.filter(pl.col("says") == TIME_EXCEEDED).drop_nulls("quoted_direction").sort("file", "frame1")
    )
    for (direction, source), rows in told.group_by("quoted_direction", "source", maintain_order=True):
        if isinstance(direction, int):
            yield _fact(case, direction, str(source), rows)


def _fact(case: Case, direction: int, source: str, rows: pl.DataFrame) -> Fact:
    point, owner = case.point(rows["point"][0]), case.network.owners.of(source)
    mine = case.network.variants.filter((pl.col("direction") == direction) & (pl.col("form") == "plain"))
    first = mine.filter(pl.col("step") == pl.col("step").min())
    ttl = (first if len(first) else mine).select(pl.coalesce("inner.ip.ttl", "inner.ipv6.hlim").min()).item()
    return Fact(
        evidence="time_exceeded",
        says=f"{owner.name or source} drops packets of the flow because their TTL expired",
        flows=frozenset([case.directions[direction]["flow"]]),
        frames=case.frames(rows),
        packets=int(rows["packets"].sum()),
        about={
            **case.ends(direction),
            "by": source,
            "by_node": owner.node,
            "ttl": ttl,
            "high": ttl is not None and ttl >= HIGH,
            "node": owner.node or point.node,
            "interface": point.interface,
            "in_pod": point.inside,
        },
        filter="icmp.type == 11" if ":" not in source else "icmpv6.type == 3",
    )
