"""Places: the owner, interface and role of each vantage point.

The name of the file says it, or else its packets do. `web-1_eth0.pcap` may be of a pod or of a node. A
node's uplink shows tunnels, tags or several stations, and lies between the ends of its packets; a pod is the
nearest vantage point to its own address.
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
    """Where a vantage point is. `pod` is the pod inside which it lies, or after which its veth is named.

    Attributes:
        vantage: what is known of the vantage point.
        node, pod, interface, role: as far as they are known.
        guessed: the reason, if the place was guessed; it ends a sentence that begins with the file.
    """

    vantage: VantagePoint
    node: str | None
    pod: str | None
    interface: str
    role: Role | None
    guessed: str = ""

    @property
    def inside(self) -> bool:
        """Whether it lies inside a pod."""
        return self.role in INSIDE and self.pod is not None


def find_places(vantages: Sequence[VantagePoint], order: Nearness) -> list[LocatedPoint]:
    """Return the place of each vantage point, in their order."""
    unsure = [each for each in vantages if len(each.candidates) > 1 and not _lacks_role_only(each)]
    owners = _owners(unsure, vantages, order)
    tunnelled = frozenset(
        (seen.inner_from, seen.inner_to) for each in vantages for seen in each.seen if seen.inner_from
    )
    return [_place(each, owners, tunnelled, order, vantages) for each in vantages]


def _place(
    vantage: VantagePoint,
    owners: FileOwners,
    tunnelled: Pairs,
    order: Nearness,
    vantages: Sequence[VantagePoint],
) -> LocatedPoint:
    point, why = vantage.point, ""
    if _lacks_role_only(vantage):
        one = vantage.candidates[0]
        role = role_seen(
            vantage,
            tunnelled,
            lambda address: order.is_nearest(address, vantage.number, _others(vantage, vantages)),
        )
        return LocatedPoint(
            vantage,
            one.node,
            None,
            one.interface,
            role,
            f"is taken for {_a(role)} from its packets" if role else "",
        )
    if len(vantage.candidates) > 1 and (found := owners.get(_name(vantage))):
        inside, why = found[0] == Role.POD, found[1]
        point = next((each for each in vantage.candidates if (each.pod is not None) == inside), None)
    if point and point.role != Role.ANY:
        return _at(vantage, point, why)
    if point and point.pod:
        loop = vantage.hatype == LOOPBACK
        return LocatedPoint(
            vantage, None, point.pod, "lo" if loop else "eth0", Role.LO if loop else Role.POD, why
        )
    if not (point and called_like_a_node(str(point.node))) and _is_alone(vantage, vantages):
        why = "has one interface, on which a single host speaks"
        return LocatedPoint(vantage, None, _of_file(vantage), "eth0", Role.POD, why)
    others = [each.number for each in vantages if each.file == vantage.file or vantage.index is None]
    role = role_seen(vantage, tunnelled, lambda address: order.is_nearest(address, vantage.number, others))
    return _of_any(vantage, point, role) if point else _nameless(vantage, role)


def _lacks_role_only(vantage: VantagePoint) -> bool:
    """Return whether node and interface are known, and only the role is not."""
    return (
        len(vantage.candidates) > 1
        and len({(each.node, each.interface, each.pod) for each in vantage.candidates}) == 1
    )


def _of_any(vantage: VantagePoint, point: CapturePoint, role: Role | None) -> LocatedPoint:
    """Return the place of one interface index of a node's `any` capture, which has no interface name."""
    interface = "lo" if role == Role.LO else f"if{vantage.index}"
    why = f"has a packet type and an index ({vantage.index}) that suggest {_a(role)}" if role else ""
    return LocatedPoint(vantage, point.node, None, interface, role, why)


def _nameless(vantage: VantagePoint, role: Role | None) -> LocatedPoint:
    """Return the place of a vantage point whose owner is not named: the owner is named after the file."""
    name = _of_file(vantage)
    interface = name if role_of(name) else str(role or "")
    why = f"is taken for {_a(role)} from its packets" if role else ""
    if role in INSIDE:
        return LocatedPoint(vantage, None, name, interface, role, why)
    return LocatedPoint(vantage, name, None, interface, role, why)


def _of_file(vantage: VantagePoint) -> str:
    """Return the name of a file that contains no interface: its owner's, if a tool writes it."""
    if not vantage.path:
        return f"capture {vantage.number + 1}"
    said = owner_said(vantage.path)
    return (said.node if said else None) or stems(vantage.path)[-1]


def _is_alone(vantage: VantagePoint, vantages: Sequence[VantagePoint]) -> bool:
    """Return whether a capture of `any` was taken inside a pod.

    It then has one interface, and only one station leaves by it, which speaks for itself.
    """
    if vantage.index is None or vantage.hatype == LOOPBACK or len(_interfaces(vantage, vantages)) > 1:
        return False
    if any(each.form != "plain" or each.tag is not None for each in vantage.seen):
        return False
    leaving = [each for each in stations(vantage).by_mac.values() if each.out]
    return len(leaving) == 1 and bool(leaving[0].own) and not leaving[0].forwards


def _a(role: Role | None) -> str:
    return (
        f"an {role}"
        if str(role)[:1] in "aeiou" and role != Role.UPLINK
        else f"a {role}"
        if role != Role.UPLINK
        else "an uplink"
    )


def _at(vantage: VantagePoint, point: CapturePoint, why: str = "") -> LocatedPoint:
    return LocatedPoint(vantage, point.node, point.pod, point.interface, point.role, why)


def _name(vantage: VantagePoint) -> str:
    """Return the name that may be a node's or a pod's."""
    return next((each.node for each in vantage.candidates if each.node and not each.pod), "") or ""


def _others(vantage: VantagePoint, vantages: Sequence[VantagePoint]) -> list[int]:
    return [each.number for each in vantages if each.number != vantage.number]


def _owners(
    unsure: Sequence[VantagePoint], vantages: Sequence[VantagePoint], order: Nearness
) -> dict[str, tuple[Role, str]]:
    """Return for each ambiguous name whether it is a node's or a pod's, and why."""
    votes: dict[str, list[tuple[Role, str] | None]] = {}
    for each in unsure:
        votes.setdefault(_name(each), []).append(_vote(each, vantages, order))
    return {name: _elected(name, [each for each in told if each]) for name, told in votes.items()}


def _elected(name: str, votes: Sequence[tuple[Role, str]]) -> tuple[Role, str]:
    """Return what the votes say; without any, what the name looks like."""
    nodes = [each for each in votes if each[0] == Role.UPLINK]
    if nodes or not votes:
        like = called_like_a_node(name)
        by_name = (Role.UPLINK if like else Role.POD, f"is called like a {'node' if like else 'pod'}")
        return nodes[0] if nodes else by_name
    return votes[0]


def _vote(
    vantage: VantagePoint, vantages: Sequence[VantagePoint], order: Nearness
) -> tuple[Role, str] | None:
    """Return whether a vantage point is a node's uplink or inside a pod, if its packets tell."""
    if any(each.role in INSIDE for each in vantage.candidates if each.role == Role.LO):
        return None
    if vantage.index is not None and len(_interfaces(vantage, vantages)) > 1:
        return Role.UPLINK, "has packets of more interfaces than a pod has"
    if any(each.form != "plain" or each.tag is not None for each in vantage.seen):
        return Role.UPLINK, "shows tunnels or VLAN tags, as an uplink does"
    found = stations(vantage)
    everywhere = found.everywhere()
    if not found.by_mac:
        return None
    if found.unicast and not everywhere:
        return Role.UPLINK, "shows the traffic of several stations"
    if found.unicast and all(each.forwards for each in everywhere):
        return Role.UPLINK, "shows packets that were routed on both sides"
    return _by_order(vantage, vantages, order)


def _interfaces(vantage: VantagePoint, vantages: Sequence[VantagePoint]) -> list[VantagePoint]:
    """Return the interface indices of a file, without loopback."""
    return [each for each in vantages if each.file == vantage.file and each.hatype != LOOPBACK]


def _by_order(
    vantage: VantagePoint, vantages: Sequence[VantagePoint], order: Nearness
) -> tuple[Role, str] | None:
    """Tell a pod, which is nearest to its address, from an uplink, which lies on the way.

    A single exchange may have both ends nearest to something; then it tells nothing.
    """
    nearest = [
        order.is_nearest(each, vantage.number, _others(vantage, vantages))
        for each in sorted(ends_of(vantage))
    ]
    if nearest and set(nearest) <= {True}:
        return Role.POD, "is nearer to its address than all other captures"
    if nearest and set(nearest) <= {False}:
        return Role.UPLINK, "lies between the ends of what it shows"
    return None


def taken(places: Sequence[LocatedPoint]) -> list[LocatedPoint]:
    """Return the places; a lone uplink whose owner is unknown becomes that of the first of its two nodes.

    Both nodes are then named after their addresses, so that every statement is true whichever of them it is.
    """
    if len(places) != 1 or places[0].role != Role.UPLINK:
        return list(places)
    place = places[0]
    senders = {each.outer_from for each in place.vantage.seen if each.outer_from}
    both = {each.outer_to for each in place.vantage.seen if each.outer_from} == senders
    if len(senders) != 2 or not both or any(each.out is not None for each in place.vantage.seen):
        return [place]
    fresh = {
        str(each.outer_from) for each in place.vantage.seen if each.outer_from and each.ttl in FIRST_TTLS
    }
    first, second = sorted(map(str, senders))
    own = fresh.pop() if len(fresh) == 1 else None
    why = (
        f"is of {own}, whose packets no router had yet"
        if own
        else f"shows {first} and {second}, and nothing tells whose it is: it is taken for that of {first}"
    )
    return [replace(place, node=own or first, guessed=why)]
