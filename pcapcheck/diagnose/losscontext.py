"""The context of a loss: what else passes, where plain packets were sent, and what was not captured.

Each word narrows down who drops the packets; none of them proves it alone.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.paths import Step
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Word
from pcapcheck.diagnose.losses import Pair, covered
from pcapcheck.documents import values
from pcapcheck.topology.topology import Role

WIRE: Final = (Role.UPLINK, Role.VLAN)


def around(case: Case, pair: Pair) -> dict[str, Word]:
    """Return the words that describe the context of a loss between two points."""
    skipped = _skipped(case, pair)
    alive = _alive(case, case.point(pair.point).node, pair.next_point)
    encapsulated = _encapsulated_pass(case)
    senders = sorted(set(pair.lost["source_node"].drop_nulls().to_list()))
    return {
        "alive": alive,
        "others_encapsulated": encapsulated,
        "passing": _passing(alive=alive, encapsulated=encapsulated),
        "next_hop": _next_hop(case, pair),
        "senders": len(senders),
        "silent": _silent(case, pair, senders),
        "resolved": _resolved(case, pair),
        "both_ways": _both_ways(case, pair),
        "covered": covered(case, pair.next_point, pair.lost),
        "skipped": len(skipped),
        "not_captured": ", ".join(map(_named, skipped)) or None,
        "next_capture": next((f"capture {_named(step)}" for step in skipped if not step.opaque), None),
    }


def _passing(*, alive: bool, encapsulated: bool) -> str | None:
    """Return in words what passes meanwhile, None if nothing is known to."""
    if encapsulated and alive:
        return "encapsulated packets and the node's own traffic pass"
    if encapsulated:
        return "encapsulated packets pass"
    return "the node's own traffic passes" if alive else None


def _alive(case: Case, node: str | None, next_point: int) -> bool:
    """Whether the next point saw other traffic of the sending node: its own ARP, or plain packets."""
    at = case.network.variants.filter((pl.col("point") == next_point) & (pl.col("form") == "plain"))
    senders = at["source"].drop_nulls().unique().to_list()
    return any(case.address_is(each, node) == "this node" for each in senders)


def _encapsulated_pass(case: Case) -> bool:
    """Whether some pod traffic was seen in its tunnel at an uplink, and on both its nodes."""
    wires = case.network.points_where(lambda point: point.role in WIRE)
    placed = case.network.variants.filter(pl.col("step").is_not_null())
    on_paths = placed.with_columns(case.network.of_point("node").alias("at_node")).drop_nulls("at_node")
    tunnelled = on_paths.filter(pl.col("point").is_in(wires) & (pl.col("form") != "plain"))
    both = on_paths.join(tunnelled, on="direction", how="semi")
    nodes = both.group_by("direction").agg(pl.col("at_node").n_unique())
    return bool((nodes["at_node"] > 1).any())


def _next_hop(case: Case, pair: Pair) -> str | None:
    """Return where plain packets on an uplink were sent: the peer, another node, or elsewhere (a router)."""
    here, there = case.point(pair.point), case.point(pair.next_point)
    plain = pair.lost.filter(pl.col("form") == "plain")["eth.dst"].drop_nulls().unique().to_list()
    if here.role not in WIRE or there.role not in WIRE or not plain:
        return None
    words = {case.mac_is(values.mac_text(mac), there.node) for mac in plain}
    peers = {"this node": "peer", "pod": "peer", "another node": "another node", "unknown": "elsewhere"}
    return peers[words.pop()] if len(words) == 1 else "several"


def _silent(case: Case, pair: Pair, senders: list[str]) -> bool:
    """Whether the node at which packets are lost sends nothing at all to their senders."""
    node = case.point(pair.next_point).node
    back = case.network.directions.filter(
        (pl.col("source_node") == node) & pl.col("destination_node").is_in(senders) & (pl.col("who") != "arp")
    )
    pods = back.filter(pl.col("source_kind") == "pod")
    return node is not None and pods.is_empty()


def _resolved(case: Case, pair: Pair) -> bool:
    """Whether the next point saw anything for the same destinations, even just ARP or NDP for their MAC."""
    wanted = pair.lost["destination"].unique().implode()
    at = case.network.variants.filter(pl.col("point") == pair.next_point)
    return bool(at["destination"].is_in(wanted).any())


def _both_ways(case: Case, pair: Pair) -> bool:
    """Whether the opposite way between the same two points loses packets too."""
    losses = case.network.losses
    back = (pl.col("point") == pair.next_point) & (pl.col("next_point") == pair.point)
    return len(losses.filter(back & (pl.col("fate") == "lost"))) > 0


def _skipped(case: Case, pair: Pair) -> list[Step]:
    """Return the expected hops between the two points that were not captured."""
    row = pair.lost.row(0, named=True)
    steps = case.network.paths[row["path"]][row["step"] + 1 : row["next_step"]]
    return [step for step in steps if not step.optional]


def _named(step: Step) -> str:
    return f"{step.interfaces[0]} on {step.node}"
