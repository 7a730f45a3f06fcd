"""Places: for each watch whose it is, which interface, and which role.

By name where that says it, else from its packets.

`web-1_eth0.pcap` may be of a pod or of a node: a node's uplink shows tunnels, tags or several stations, and
lies between the ends of what it shows; a pod is the nearest watch to its own address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from pcapcheck.bind.filename import called_like_a_node, owner_said, stems
from pcapcheck.bind.vantagepoint import VantagePoint
from pcapcheck.infer.nearness import Nearness
from pcapcheck.infer.rolesbyframes import Pairs, role_seen
from pcapcheck.infer.stations import FIRST_TTLS, ends_of, stations
from pcapcheck.topology.devices import LOOPBACK
from pcapcheck.topology.roles import role_of
from pcapcheck.topology.topology import CapturePoint, Role

FileOwners: TypeAlias = Mapping[str, tuple[Role, str]]  # name -> a node's uplink or a pod, and why
INSIDE: Final = frozenset({Role.POD, Role.LO})


@dataclass(frozen=True, slots=True)
class LocatedPoint:
    """Where a watch is. `pod` is the pod inside which it lies, or whose name its veth has.

    Attributes:
        watch: the facts.
        node, pod, interface, role: as far as they are known.
        guessed: why, where the name did not say it; the end of a sentence that begins with the file.
    """

    watch: VantagePoint
    node: str | None
    pod: str | None
    interface: str
    role: Role | None
    guessed: str = ""

    @property
    def inside(self) -> bool:
        """Whether it lies inside a pod."""
        return self.role in INSIDE and self.pod is not None


def find_places(watches: Sequence[VantagePoint], order: Nearness) -> list[LocatedPoint]:
    """Return the place of each watch, in their order."""
    unsure = [each for each in watches if len(each.candidates) > 1 and not _lacks_role_only(each)]
    owners = _owners(unsure, watches, order)
    tunnelled = frozenset(
        (seen.inner_from, seen.inner_to) for each in watches for seen in each.seen if seen.inner_from
    )
    return [_place(each, owners, tunnelled, order, watches) for each in watches]


def _place(
    watch: VantagePoint,
    owners: FileOwners,
    tunnelled: Pairs,
    order: Nearness,
    watches: Sequence[VantagePoint],
) -> LocatedPoint:
    point, why = watch.point, ""
    if _lacks_role_only(watch):
        one = watch.candidates[0]
        role = role_seen(
            watch, tunnelled, lambda address: order.is_nearest(address, watch.number, _others(watch, watches))
        )
        return LocatedPoint(
            watch,
            one.node,
            None,
            one.interface,
            role,
            f"is taken for {_a(role)} from its packets" if role else "",
        )
    if len(watch.candidates) > 1 and (found := owners.get(_name(watch))):
        inside, why = found[0] == Role.POD, found[1]
        point = next((each for each in watch.candidates if (each.pod is not None) == inside), None)
    if point and point.role != Role.ANY:
        return _at(watch, point, why)
    if point and point.pod:
        loop = watch.hatype == LOOPBACK
        return LocatedPoint(
            watch, None, point.pod, "lo" if loop else "eth0", Role.LO if loop else Role.POD, why
        )
    if not (point and called_like_a_node(str(point.node))) and _is_alone(watch, watches):
        why = "has one interface, on which a single host speaks"
        return LocatedPoint(watch, None, _of_file(watch), "eth0", Role.POD, why)
    others = [each.number for each in watches if each.file == watch.file or watch.index is None]
    role = role_seen(watch, tunnelled, lambda address: order.is_nearest(address, watch.number, others))
    return _of_any(watch, point, role) if point else _nameless(watch, role)


def _lacks_role_only(watch: VantagePoint) -> bool:
    """Whether it is known which interface of which node it is, and only not what that is."""
    return (
        len(watch.candidates) > 1
        and len({(each.node, each.interface, each.pod) for each in watch.candidates}) == 1
    )


def _of_any(watch: VantagePoint, point: CapturePoint, role: Role | None) -> LocatedPoint:
    """Return the place of one interface index of a node's `any` capture, which has no name."""
    interface = "lo" if role == Role.LO else f"if{watch.index}"
    why = f"has a packet type and an index ({watch.index}) that speak for {_a(role)}" if role else ""
    return LocatedPoint(watch, point.node, None, interface, role, why)


def _nameless(watch: VantagePoint, role: Role | None) -> LocatedPoint:
    """Return the place of a watch whose name does not say whose it is: it has the name of its file."""
    name = _of_file(watch)
    interface = name if role_of(name) else str(role or "")
    why = f"is taken for {_a(role)} from its packets" if role else ""
    if role in INSIDE:
        return LocatedPoint(watch, None, name, interface, role, why)
    return LocatedPoint(watch, name, None, interface, role, why)


def _of_file(watch: VantagePoint) -> str:
    """Return the name of a file that no interface is called in.

    Its owner's, as far as a tool writes it so.
    """
    if not watch.path:
        return f"capture {watch.number + 1}"
    said = owner_said(watch.path)
    return (said.node if said else None) or stems(watch.path)[-1]


def _is_alone(watch: VantagePoint, watches: Sequence[VantagePoint]) -> bool:
    """Whether a capture of `any` was taken inside a pod.

    One interface, and who speaks there only for itself leaves.
    """
    if watch.index is None or watch.hatype == LOOPBACK or len(_interfaces(watch, watches)) > 1:
        return False
    if any(each.form != "plain" or each.tag is not None for each in watch.seen):
        return False
    leaving = [each for each in stations(watch).by_mac.values() if each.out]
    return len(leaving) == 1 and bool(leaving[0].own) and not leaving[0].forwards


def _a(role: Role | None) -> str:
    return (
        f"an {role}"
        if str(role)[:1] in "aeiou" and role != Role.UPLINK
        else f"a {role}"
        if role != Role.UPLINK
        else "an uplink"
    )


def _at(watch: VantagePoint, point: CapturePoint, why: str = "") -> LocatedPoint:
    return LocatedPoint(watch, point.node, point.pod, point.interface, point.role, why)


def _name(watch: VantagePoint) -> str:
    """Return the name that may be a node's or a pod's."""
    return next((each.node for each in watch.candidates if each.node and not each.pod), "") or ""


def _others(watch: VantagePoint, watches: Sequence[VantagePoint]) -> list[int]:
    return [each.number for each in watches if each.number != watch.number]


def _owners(
    unsure: Sequence[VantagePoint], watches: Sequence[VantagePoint], order: Nearness
) -> dict[str, tuple[Role, str]]:
    """Return for each name that may be a node's or a pod's which of the two it is, and why."""
    votes: dict[str, list[tuple[Role, str] | None]] = {}
    for each in unsure:
        votes.setdefault(_name(each), []).append(_vote(each, watches, order))
    return {name: _elected(name, [each for each in told if each]) for name, told in votes.items()}


def _elected(name: str, votes: Sequence[tuple[Role, str]]) -> tuple[Role, str]:
    """Return what most say; where nothing does, what the name looks like."""
    nodes = [each for each in votes if each[0] == Role.UPLINK]
    if nodes or not votes:
        like = called_like_a_node(name)
        by_name = (Role.UPLINK if like else Role.POD, f"is called like a {'node' if like else 'pod'}")
        return nodes[0] if nodes else by_name
    return votes[0]


def _vote(watch: VantagePoint, watches: Sequence[VantagePoint], order: Nearness) -> tuple[Role, str] | None:
    """Return whether a watch is a node's uplink or inside a pod, as far as what was seen there says so."""
    if any(each.role in INSIDE for each in watch.candidates if each.role == Role.LO):
        return None
    if watch.index is not None and len(_interfaces(watch, watches)) > 1:
        return Role.UPLINK, "has packets of more interfaces than a pod has"
    if any(each.form != "plain" or each.tag is not None for each in watch.seen):
        return Role.UPLINK, "shows tunnels or VLAN tags, as an uplink does"
    found = stations(watch)
    everywhere = found.everywhere()
    if not found.by_mac:
        return None
    if found.unicast and not everywhere:
        return Role.UPLINK, "shows the traffic of several stations"
    if found.unicast and all(each.forwards for each in everywhere):
        return Role.UPLINK, "shows packets that were routed on both sides"
    return _by_order(watch, watches, order)


def _interfaces(watch: VantagePoint, watches: Sequence[VantagePoint]) -> list[VantagePoint]:
    """Return the interface indices of a file that are no loopback."""
    return [each for each in watches if each.file == watch.file and each.hatype != LOOPBACK]


def _by_order(
    watch: VantagePoint, watches: Sequence[VantagePoint], order: Nearness
) -> tuple[Role, str] | None:
    """Tell a pod, which is the nearest to its address, from an uplink, which lies on the way.

    Of one exchange alone both ends may be the nearest to something: then it is not told.
    """
    nearest = [
        order.is_nearest(each, watch.number, _others(watch, watches)) for each in sorted(ends_of(watch))
    ]
    if nearest and set(nearest) <= {True}:
        return Role.POD, "is nearer to its address than all other captures"
    if nearest and set(nearest) <= {False}:
        return Role.UPLINK, "lies between the ends of what it shows"
    return None


def taken(places: Sequence[LocatedPoint]) -> list[LocatedPoint]:
    """Return the places.

    One lone uplink between two nodes, of which nothing tells whose it is, is taken for the first's.

    Both nodes are called by their addresses then, so that what is said of them is true whosever it is.
    """
    if len(places) != 1 or places[0].role != Role.UPLINK:
        return list(places)
    place = places[0]
    senders = {each.outer_from for each in place.watch.seen if each.outer_from}
    both = {each.outer_to for each in place.watch.seen if each.outer_from} == senders
    if len(senders) != 2 or not both or any(each.out is not None for each in place.watch.seen):
        return [place]
    fresh = {str(each.outer_from) for each in place.watch.seen if each.outer_from and each.ttl in FIRST_TTLS}
    first, second = sorted(map(str, senders))
    own = fresh.pop() if len(fresh) == 1 else None
    why = (
        f"is of {own}, whose packets no router had yet"
        if own
        else f"shows {first} and {second}, and nothing tells whose it is: it is taken for that of {first}"
    )
    return [replace(place, node=own or first, guessed=why)]
