"""Places whose packets have no MACs: text that was printed without `-e`, and raw captures.

A node's own address at its uplink is told by the packets that the node's other interfaces show before or
after they are in a tunnel: one clock timed both. A pod's address is the end of its packets that ARP is about
at its interface, since ARP crosses no router.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint
from pcapcheck.capture.printednames import address
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.infer.stations import ends_of, is_host
from pcapcheck.topology.topology import Role

Exchange: TypeAlias = tuple[str, str | None, str | None]  # kind, source, destination
BEHIND: Final = (Role.VETH, Role.BRIDGE, Role.VTEP, Role.TUNNEL)
OF_NEIGHBOURS: Final = ("arp", "nd")


def is_macless(vantage: VantagePoint) -> bool:
    """Whether a vantage point saw packets, and no MAC of any."""
    return bool(vantage.seen) and not any(each.mac_from or each.mac_to for each in vantage.seen)


def own_outer_addresses(place: LocatedPoint, observations: Observations) -> list[str]:
    """Return the address under which a node sends tunnels at an uplink without MACs, if it can be told."""
    tunnels = [each for each in place.vantage.seen if each.outer_from and each.outer_to]
    named = address(place.node or "")
    if named and any(named in (each.outer_from, each.outer_to) for each in tunnels):
        return [named]  # who printed names instead of numbers called the node so
    votes = _by_direction(tunnels) or _by_own_clock(place, tunnels, observations)
    votes = (
        votes or _by_homes(place, tunnels, observations) or _by_other_uplinks(place, tunnels, observations)
    )
    best = votes.most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return []
    return [best[0][0]] if is_host(best[0][0]) else []


def _by_direction(tunnels: list[TrafficSeen]) -> Counter[str]:
    votes: Counter[str] = Counter()
    for each in tunnels:
        if each.out is not None:
            votes[str(each.outer_from if each.out else each.outer_to)] += each.packets
    return votes


def _by_own_clock(
    place: LocatedPoint, tunnels: list[TrafficSeen], observations: Observations
) -> Counter[str]:
    """Count by what the node's other interfaces saw before it was in the tunnel, or after."""
    behind: dict[Exchange, int] = {}
    for other in observations.of_role(*BEHIND):
        if other.node == place.node:
            for key, first in _plain(other):
                behind[key] = min(first, behind.get(key, first))
    return _counted(tunnels, behind)


def _by_other_uplinks(
    place: LocatedPoint, tunnels: list[TrafficSeen], observations: Observations
) -> Counter[str]:
    """Count by which of two nodes saw a packet first; their clocks count in both directions."""
    there: dict[Exchange, int] = {}
    for other in observations.of_role(Role.UPLINK):
        if other.node != place.node:
            for each in other.vantage.seen:
                if each.outer_from:
                    there[_exchange(each)] = min(each.first, there.get(_exchange(each), each.first))
    here = {_exchange(each) for each in tunnels}
    both = {key for key in here if key in there and (key[0], key[2], key[1]) in there}
    earlier = _counted([each for each in tunnels if _exchange(each) in both], there)
    return (
        Counter({each: -count for each, count in earlier.items()}) if len(earlier) == 1 else Counter(earlier)
    )


def _counted(tunnels: list[TrafficSeen], first: Mapping[Exchange, int]) -> Counter[str]:
    """Count the outer source of what was seen elsewhere first, and the outer destination of the rest."""
    own: dict[Exchange, int] = {}
    for each in tunnels:
        own[_exchange(each)] = min(each.first, own.get(_exchange(each), each.first))
    votes: Counter[str] = Counter()
    for each in tunnels:
        key = _exchange(each)
        if key in first:
            votes[str(each.outer_from if first[key] <= own[key] else each.outer_to)] += each.packets
    return votes


def _by_homes(place: LocatedPoint, tunnels: list[TrafficSeen], observations: Observations) -> Counter[str]:
    """Count the outer sources of packets whose senders are on the node, as round trips tell."""
    votes: Counter[str] = Counter()
    for each in tunnels:
        homes = observations.home_nodes.of(each.source or "").most_common(2)
        if len(homes) == 1 or (homes and homes[0][1] > homes[1][1]):
            votes[str(each.outer_from if homes[0][0] == place.node else each.outer_to)] += each.packets
    return votes


def _plain(place: LocatedPoint) -> Iterator[tuple[Exchange, int]]:
    for each in place.vantage.seen:
        if each.form == "plain" and each.is_data:
            yield _exchange(each), each.first


def _exchange(each: TrafficSeen) -> Exchange:
    return each.kind, each.source, each.destination


def pods_here(place: LocatedPoint, observations: Observations) -> tuple[str, ...]:
    """Return the addresses of the pods at a pod's interface, a veth or a bridge without MACs.

    At a pod and a veth there is one of each version, or none can be told.
    """
    asked = {
        end
        for each in place.vantage.seen
        if each.kind in OF_NEIGHBOURS
        for end in (each.source, each.destination)
        if end and is_host(end)
    }
    if place.role == Role.BRIDGE:
        data = {end for each in place.vantage.seen if each.is_data for end in (each.source, each.destination)}
        return tuple(sorted(each for each in asked & {end for end in data if end} if not _is_gateway(each)))
    ends = {each for each in ends_of(place.vantage) if is_host(each)}
    found = ends & asked
    if not found or len(found) == len(ends) > 1:
        found = {each for each in ends if observations.is_nearest(place, each)}
    return tuple(sorted(found)) if len({":" in each for each in found}) == len(found) else ()


def _is_gateway(each: str) -> bool:
    """Whether an address is the first of a network, as those of bridges are."""
    return each.endswith((".1", "::1"))
