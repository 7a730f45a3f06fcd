"""Leases: which way the messages between a DHCP client and its servers go.

A client that has no address yet sends to everybody, and bridges and switches flood its messages, so neither
addresses nor routes say which way the answers must take. What is known is the client's side: its own
interface, the veth that serves it, and the bridge, VLAN device and uplink at which a message of either
direction was seen. If a server is itself a pod, where its answers were seen first, its interface and veth
are the other end. The answers take the same way back (RFC 2131, 4.1). Other ports, which merely got a copy
of what was flooded, are no steps.

It takes directions, and the variants of the messages with their capture points. It judges nothing.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import polars as pl

from pcapcheck.correlate.addresses import DHCP_CLIENT
from pcapcheck.correlate.flowtable import END, RANK
from pcapcheck.correlate.paths import Step
from pcapcheck.documents import values
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, OwnerKind, Role

DOORS: Final = (Role.POD, Role.VETH)  # of one pod each, from the inside out
SHARED_ROLES: Final = (
    Role.BRIDGE,
    Role.VTEP,
    Role.TUNNEL,
    Role.VLAN,
    Role.UPLINK,
)  # from the pods to the network
ON_NODE: Final = (Role.BRIDGE,)  # of these, what two pods of one node need to reach each other

Times = Mapping[int, int]  # capture point -> when it saw the first message, ns by the reference clock


class _Place(NamedTuple):
    """Where a client or server is; `pod` is null for a node itself, and where it is not known."""

    node: str | None
    doors: tuple[int, ...]  # capture points at its own interface and veth, from the inside out


def of_clients(tuples: pl.DataFrame, owners: Owners) -> pl.DataFrame:
    """Return the tuples; the client's end of those of DHCP has the owner of its MAC (`flowtable.owned`)."""
    if tuples.filter(pl.col("kind") == "dhcp").is_empty():
        return tuples
    for end in END:
        mine = (pl.col("kind") == "dhcp") & (pl.col(end) == DHCP_CLIENT)
        numbers = tuples.filter(mine)[f"{end}_port"].unique().to_list()
        known = {number: _owner(owners, values.mac_text(number)) for number in numbers}
        places = {number: place for number, place in known.items() if place}
        pods = {number: place for number, place in places.items() if place[0]}
        told: dict[str, dict[int, str | int]] = {
            "kind": {
                number: str(OwnerKind.POD if place[0] else OwnerKind.NODE) for number, place in places.items()
            },
            "name": {number: place[0] or place[1] for number, place in places.items()},
            "node": {number: place[1] for number, place in places.items()},
            "rank": dict.fromkeys(pods, RANK[OwnerKind.POD]),
        }
        tuples = tuples.with_columns(
            pl.when(mine)
            .then(
                pl.col(f"{end}_port").replace_strict(
                    words, default=pl.col(f"{end}_{name}"), return_dtype=type_
                )
            )
            .otherwise(f"{end}_{name}")
            .alias(f"{end}_{name}")
            for name, words in told.items()
            for type_ in [pl.Int64 if name == "rank" else pl.String]
        )
    return tuples


def _owner(owners: Owners, mac: str) -> tuple[str | None, str] | None:
    """Return the pod, if any, and the node that alone has a MAC."""
    found = {(each.pod, each.node) for each in owners.mac_owner(mac)}
    return found.pop() if len(found) == 1 else None


def leased(
    flows: pl.DataFrame,
    paths: list[tuple[Step, ...]],
    variants: pl.DataFrame,
    where: pl.DataFrame,
    points: tuple[CapturePoint, ...],
) -> tuple[pl.DataFrame, list[tuple[Step, ...]]]:
    """Return directions and paths; the directions of DHCP have paths of their own.

    Args:
        flows: directions, with `path`.
        paths: by number.
        variants: kind, direction, point, first.
        where: the capture points as a frame.
        points: the same as objects.
    """
    mine = flows.filter(pl.col("l4") == "dhcp")
    if mine.is_empty():
        return flows, paths
    times = _times(variants, where)
    numbers = {path: number for number, path in enumerate(paths)}
    path_of: dict[int, int] = {}
    for _, both in mine.group_by("flow", maintain_order=True):
        asking = both.filter(pl.col("source") == DHCP_CLIENT)["direction"].to_list()
        answering = both.filter(pl.col("source") != DHCP_CLIENT)["direction"].to_list()
        requests, answers = ({} if not each else times.get(each[0], {}) for each in (asking, answering))
        way = _way(both.row(0, named=True), requests, answers, points)
        for direction in asking:
            path_of[direction] = numbers.setdefault(_steps(way, points), len(numbers))
        for direction in answering:
            path_of[direction] = numbers.setdefault(_steps(way[::-1], points, back=True), len(numbers))
    path = pl.col("direction").replace_strict(path_of, default=pl.col("path"), return_dtype=pl.Int64)
    return flows.with_columns(path.alias("path")), list(numbers)


def _times(variants: pl.DataFrame, where: pl.DataFrame) -> dict[int, dict[int, int]]:
    """Return for each direction of DHCP when each capture point saw it first."""
    seen = variants.filter(pl.col("kind") == "dhcp").drop_nulls("point").join(where, on="point")
    first = seen.group_by("direction", "point").agg((pl.col("first") - pl.col("ahead")).min()).sort("point")
    found: dict[int, dict[int, int]] = {}
    for direction, point, time in first.iter_rows():
        found.setdefault(direction, {})[point] = time
    return found


def _way(
    row: Mapping[str, object], requests: Times, answers: Times, points: tuple[CapturePoint, ...]
) -> list[tuple[int, ...]]:
    """Return the capture points from the client to its server, those of one step together."""
    end = "source" if row["source"] == DHCP_CLIENT else "destination"
    name, node = row[f"{end}_name"], row[f"{end}_node"]
    client = _client(
        name if row[f"{end}_kind"] == OwnerKind.POD else None, node, {**answers, **requests}, points
    )
    if not client.doors and node is None:
        client = _first_seen(requests, points)
    server = _first_seen({at: time for at, time in answers.items() if at not in client.doors}, points)
    if client.node is None:
        return []
    shared = ON_NODE if server.doors and server.node == client.node else SHARED_ROLES
    way = [(at,) for at in client.doors] + _of_node(client.node, shared, requests, answers, points)
    if server.doors and server.node != client.node:
        way += _of_node(server.node, SHARED_ROLES, answers, answers, points)[::-1]
    return way + [(at,) for at in server.doors[::-1]]


def _client(pod: object, node: object, seen: Times, points: tuple[CapturePoint, ...]) -> _Place:
    """Return the place of a client whose MAC is known."""
    doors = [at for role in DOORS for at in seen if pod and points[at].pod == pod and points[at].role == role]
    return _Place(node if isinstance(node, str) else None, tuple(doors))


def _first_seen(seen: Times, points: tuple[CapturePoint, ...]) -> _Place:
    """Return the place of who sends what was seen first at one pod, or at a bridge; else of nobody."""
    if not seen:
        return _Place(None, ())
    first = min(seen, key=lambda at: (seen[at], at))
    point = points[first]
    if point.role == Role.BRIDGE:
        return _Place(point.node, ())
    if point.role not in DOORS:
        return _Place(None, ())
    same = [at for at in seen if at == first or (point.pod and points[at].pod == point.pod)]
    return _Place(point.node, tuple(at for role in DOORS for at in same if points[at].role == role))


def _of_node(
    node: str | None,
    roles: tuple[Role, ...],
    requests: Times,
    answers: Times,
    points: tuple[CapturePoint, ...],
) -> list[tuple[int, ...]]:
    """Return the points of a node that saw any message, by role; pods' own are left out."""
    seen = sorted({*requests, *answers})
    steps = (
        tuple(at for at in seen if points[at].node == node and points[at].role == role) for role in roles
    )
    return [step for step in steps if step]


def _steps(
    way: list[tuple[int, ...]], points: tuple[CapturePoint, ...], *, back: bool = False
) -> tuple[Step, ...]:
    """Return the steps of a way; all but the last point at a client's node count as its side."""
    home = points[way[-1 if back else 0][0]].node if way else None
    sides = ("destination", "source") if back else ("source", "destination")
    return tuple(
        Step(
            node=points[at[0]].node,
            role=str(points[at[0]].role),
            form="plain",
            side=sides[points[at[0]].node != home],
            number=1,
            routed=(0, 0),
            interfaces=tuple(points[each].interface for each in at),
            pod=points[at[0]].pod if points[at[0]].role in DOORS else None,
            optional=False,
        )
        for at in way
    )
