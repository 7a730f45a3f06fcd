"""ARP or neighbour solicitation that stays unanswered, judged at the asker's own point only and after two tries.

`about`: asker (pod or node), target (address), target_is (gateway, pod, node, unknown), node, interface, pod, at (role), tries, same_node.
"""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.fact import Fact
from pcapcheck.topology.topology import OwnerKind, Role

REQUEST: Final = {"arp": 1, "nd": 135}
ANSWER: Final = {"arp": 2, "nd": 136}
APART: Final = 200_000_000  # ns between the first and the last try: the kernel asks once a second
GATEWAYS: Final = (OwnerKind.NODE, OwnerKind.ROUTER, OwnerKind.GROUP)


def find(case: Case) -> Iterator[Fact]:
    """Yield a fact for each asker and target that nobody answered."""
    asked = case.variants("arp", "nd")
    if asked.is_empty():
        return
    requests = asked.filter(
        pl.col("source_port") == pl.col("kind").replace_strict(REQUEST, default=0, return_dtype=pl.Int64)
    )
    answered = _answers(asked)
    grouped = requests.filter(pl.col("source") != pl.col("destination")).sort("file", "frame1")
    for (asker, target), rows in grouped.group_by("source", "destination", maintain_order=True):
        own = _own(case, str(asker), rows)
        if own.is_empty() or (asker, target) in answered or _tries(own) < 2:
            continue
        yield _fact(case, str(asker), str(target), own)


def _answers(asked: pl.DataFrame) -> set[tuple[Any, Any]]:
    """Return (asker, target) of all answers; a neighbour advertisement names the target only."""
    answers = asked.filter(
        pl.col("source_port") == pl.col("kind").replace_strict(ANSWER, default=0, return_dtype=pl.Int64)
    )
    arp = answers.filter(pl.col("kind") == "arp")
    found = set(arp.select("destination", "source").iter_rows())
    targets = set(answers.filter(pl.col("kind") == "nd")["destination"].to_list())
    return found | {(asker, target) for asker in asked["source"].unique().to_list() for target in targets}


def _own(case: Case, asker: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the requests seen where the asker itself sends: inside it, at its veth, or at its node's uplink."""
    owner = case.network.owners.of(asker)
    numbers = [
        number
        for number, point in enumerate(case.network.points)
        if point
        and (
            (owner.kind == OwnerKind.POD and point.pod == owner.name)
            or (owner.kind == OwnerKind.NODE and point.node == owner.node and point.role != Role.POD)
        )
    ]
    own = rows.filter(pl.col("point").is_in(numbers))
    first = own["point"].min()
    return own.filter(pl.col("point") == first) if first is not None else own


def _tries(own: pl.DataFrame) -> int:
    """Return the number of tries: packets that are far enough apart."""
    span = int(own["last"].max() or 0) - int(own["first"].min() or 0)  # type: ignore[arg-type]  # integer columns
    return int(own["packets"].sum()) if span > APART else 1


def _fact(case: Case, asker: str, target: str, own: pl.DataFrame) -> Fact:
    point = case.point(own["point"][0])
    owner, wanted = case.network.owners.of(asker), case.network.owners.of(target)
    gateway = owner.kind == OwnerKind.POD and (
        wanted.kind in GATEWAYS and (wanted.node in (None, owner.node))
    )
    target_is = "gateway" if gateway else str(wanted.kind)
    tries = _tries(own)
    return Fact(
        evidence="arp_unanswered",
        says=f"{owner.name or asker} asks {tries} times who has {target}, and nobody answers",
        flows=frozenset(_flows(case, asker, target, gateway=gateway)),
        frames=case.frames(own),
        packets=tries,
        about={
            "asker": owner.name or asker,
            "asker_is": str(owner.kind),
            "target": target,
            "target_is": target_is,
            "target_name": wanted.name,
            "node": point.node or owner.node,
            "interface": point.interface,
            "pod": point.pod,
            "at": str(point.role),
            "sender": owner.node,
            "receiver": wanted.node,
            "same_node": owner.node == wanted.node,
            "tries": tries,
        },
        filter=f"arp.dst.proto_ipv4 == {target}"
        if ":" not in target
        else f"icmpv6.nd.ns.target_address == {target}",
    )


def _flows(case: Case, asker: str, target: str, *, gateway: bool) -> Iterator[int]:
    """Yield the flows that wait for the answer: those of the asker to the target, or all of it through a gateway."""
    owner = case.network.owners.of(asker)
    node = owner.node if owner.kind == OwnerKind.NODE else None
    wanted = case.network.owners.of(target)
    for row in case.directions:
        if row["source"] == asker and (gateway or row["destination"] == target):
            yield row["flow"]
        elif node and row["source_node"] == node and wanted.node and row["destination_node"] == wanted.node:
            yield row["flow"]
