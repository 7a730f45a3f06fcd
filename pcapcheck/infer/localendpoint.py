"""Local endpoint: the pod at whose interface a capture was taken.

It is the one station at a pod or veth that speaks for itself. This finds its MAC, its addresses and its
gateway.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from pcapcheck.infer.observations import Observations
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.infer.stations import Station, ends_of, is_host
from pcapcheck.topology.topology import Role


class LocalEndpoint(NamedTuple):
    """MAC and addresses of the pod, and the MAC of the station that forwards for it."""

    mac: str | None
    addresses: tuple[str, ...]
    gateway: str | None


NO_ENDPOINT: Final = LocalEndpoint(None, (), None)


def local_endpoint(place: LocatedPoint, observations: Observations) -> LocalEndpoint:
    """Return the local endpoint of a pod or veth; none where two stations could be it."""
    found = observations.stations(place)
    points = {each.mac: _points(each, place, observations) for each in found.everywhere()}
    best = max(points, key=lambda mac: (points[mac], mac), default=None)
    if best is None or points[best] <= 0 or list(points.values()).count(points[best]) > 1:
        return NO_ENDPOINT
    if not found.unicast and (not found.by_mac[best].own or observations.heard_first(place, best) is False):
        return NO_ENDPOINT  # its broadcasts may have come from the other side
    others = [each for each in found.by_mac.values() if each.mac != best and each.forwards]
    gateway = max(others, key=lambda each: (each.frames, each.mac), default=None)
    return LocalEndpoint(
        best, _addresses(found.by_mac[best], place, observations), gateway.mac if gateway else None
    )


def _points(station: Station, place: LocatedPoint, observations: Observations) -> int:
    """Return the votes for a station being the pod; negative if more are against it."""
    towards, away = (station.out, station.come) if place.role == Role.POD else (station.come, station.out)
    asks = bool(station.claims.keys() & (station.sent.keys() | station.got.keys()))
    points = 3 * asks + 2 * bool(station.own) + (-4 if station.forwards else 1)
    near = [observations.is_nearest(place, address) for address in station.own]
    points += 4 * (True in near) - 4 * (False in near)
    return points + 5 * bool(towards) - 5 * bool(away) - 6 * (station.mac in observations.gateways)


def _addresses(station: Station, place: LocatedPoint, observations: Observations) -> tuple[str, ...]:
    """Return the station's addresses: the nearest ones, if several take part in all packets."""
    own = {each for each in station.own if is_host(each)}
    ends = own & ends_of(place.vantage)
    if len(_families(ends)) < len(ends):
        near = {each for each in ends if observations.is_nearest(place, each)}
        ends = near or {each for each in ends if each in station.claims} or ends
    return tuple(sorted(ends or own, key=lambda each: (":" in each, each)))


def _families(addresses: Iterable[str]) -> set[bool]:
    return {":" in each for each in addresses}
