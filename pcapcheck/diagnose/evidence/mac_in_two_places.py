"""Frames with one source MAC come from two nodes in turns, so that switches keep learning another port.

A frame that two uplinks saw was sent by the node that saw it first, if the other saw it as late as frames
between the two nodes usually are. Frames of a third host reach both at the same time. A MAC that comes from
one node and later from the other has moved, such as that of a live-migrated virtual machine, and is healthy.

`about`: address (the MAC), actual, nodes, node (the one that began later), sender, interface.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.diagnose.tenures import BIT_OF_GROUPS, aligned
from pcapcheck.documents import values
from pcapcheck.topology.topology import Role

FEWEST: Final = 2  # packets from each place
SAME: Final = (
    *("inner.eth.src", "inner.eth.dst", "kind", "source", "destination", "source_port", "destination_port"),
    *("inner.ip.ttl", "packets"),
)
SURELY_LATER: Final = 0.5  # of the usual time from node to node


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each MAC that two nodes send from."""
    wires = case.network.points_where(lambda point: point.role in (Role.UPLINK, Role.VLAN))
    seen = case.network.variants.filter((pl.col("form") == "plain") & pl.col("point").is_in(wires))
    if seen.is_empty() or "inner.eth.src" not in seen.columns:
        return
    seen = aligned(case, seen.filter(pl.col("inner.eth.src") // BIT_OF_GROUPS % 2 == 0))
    told: set[int] = set()
    for here, there in combinations(sorted(seen["point"].unique().to_list()), 2):
        if case.point(here).node == case.point(there).node:
            continue
        both = _later(seen.filter(point=here), seen.filter(point=there))
        for (mac,), rows in both.group_by("inner.eth.src", maintain_order=True):
            if isinstance(mac, int) and mac not in told and not _is_known_elsewhere(case, mac, (here, there)):
                first, second = (rows.filter(pl.col("from_here") == way) for way in (True, False))
                if _in_turns(first, second) and _troubled(case, mac):
                    told.add(mac)
                    yield _fact(case, values.mac_text(mac), first, second)


def _later(here: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """Return the variants that two points saw alike, with `from_here`: whether the first point sent them."""
    both = here.join(there, on=SAME, nulls_equal=True, suffix="_there", maintain_order="left")
    later = pl.min_horizontal(
        (pl.col("begin_there") - pl.col("begin")).abs(), (pl.col("end_there") - pl.col("end")).abs()
    )
    one_way = (pl.col("begin_there") > pl.col("begin")) == (pl.col("end_there") > pl.col("end"))
    both = both.with_columns(
        later.alias("later"), (pl.col("begin_there") > pl.col("begin")).alias("from_here")
    )
    usual = both["later"].median()
    if not isinstance(usual, int | float) or usual <= 0:
        return both.clear()
    return both.filter(one_way & (pl.col("later") >= usual * SURELY_LATER)).sort("begin")


def _is_known_elsewhere(case: Case, mac: int, points: tuple[int, int]) -> bool:
    """Whether a MAC is of a router, of one node only, or of a node that is neither of two points'."""
    text = values.mac_text(mac)
    nodes = {case.point(point).node for point in points}
    owners = case.network.owners.mac_owner(text)
    own = len(owners) == 1 and owners[0].pod is None  # a node's, and of no other
    routers = case.network.topology.routers.values()
    return own or text in routers or any(each.node not in nodes for each in owners)


def _troubled(case: Case, mac: int) -> bool:
    """Whether a conversation with a MAC failed, or lost packets: the order of times alone proves little."""
    with_it = case.network.variants.filter(
        (pl.col("inner.eth.src") == mac) | (pl.col("inner.eth.dst") == mac)
    ).select("flow", "direction")
    failed = case.network.outcomes.filter("failed").select("flow")
    lost = case.network.losses.filter(pl.col("fate") == "lost").select("direction")
    return any(len(with_it.join(each, on=each.columns, how="semi")) for each in (failed, lost))


def _in_turns(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether neither place has stopped to send before the other begins."""
    if min(one["packets"].sum(), other["packets"].sum()) < FEWEST:
        return False
    spans = [
        (int(each["begin"].to_numpy().min()), int(each["end"].to_numpy().max())) for each in (one, other)
    ]
    return spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]


def _fact(case: Case, mac: str, here: pl.DataFrame, there: pl.DataFrame) -> Fact:
    points = [case.point(here["point"][0]), case.point(there["point_there"][0])]
    begun = [int(each["begin"].to_numpy().min()) for each in (here, there)]
    place = points[begun.index(max(begun))]
    number = values.mac_number(mac)
    touched = case.network.variants.filter(
        (pl.col("inner.eth.src") == number) | (pl.col("inner.eth.dst") == number)
    )
    return Fact(
        evidence="mac_in_two_places",
        says=f"{points[0].node} and {points[1].node} both send frames from {mac}, in turns",
        flows=frozenset(touched["flow"].drop_nulls().to_list()),
        frames=(*case.frames(here)[:2], *case.frames(there)[:2]),
        packets=int(here["packets"].sum()) + int(there["packets"].sum()),
        about={
            "address": mac,
            "actual": mac,
            "nodes": f"{points[0].node}, {points[1].node}",
            "node": place.node,
            "sender": place.node,
            "interface": place.interface,
            "in_pod": place.inside,
        },
        filter=f"eth.src == {mac}",
    )
