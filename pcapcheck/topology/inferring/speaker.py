"""Speaker: the one station of a pod's or veth's capture that speaks for itself, with its addresses; and its gateway."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pcapcheck.topology.inferring.order import Order
from pcapcheck.topology.inferring.places import Place
from pcapcheck.topology.inferring.stations import Station, ends_of, is_host, stations
from pcapcheck.topology.topology import Role


class Speaker(NamedTuple):
    """MAC and addresses of the pod, and the MAC of the station that forwards for it."""

    mac: str | None
    addresses: tuple[str, ...]
    gateway: str | None


def speaker(place: Place, gateways: frozenset[str], order: Order, places: Sequence[Place]) -> Speaker:
    """Return who speaks at a pod or veth.

    Args:
        place: the capture.
        gateways: MACs that forward anywhere.
        order: of the watches along exchanges.
        places: all captures, for comparison.
    """
    found = stations(place.watch)
    points = {each.mac: (_points(each, place, gateways), each.alone, each.mac) for each in found.everywhere()}
    best = max(points, key=lambda mac: points[mac], default=None)
    if best is None or points[best][0] <= 0:
        return Speaker(None, (), None)
    others = [each for each in found.by_mac.values() if each.mac != best and each.forwards]
    gateway = max(others, key=lambda each: (each.frames, each.mac), default=None)
    addresses = _addresses(found.by_mac[best], place, order, places)
    return Speaker(best, addresses, gateway.mac if gateway else None)


def _points(station: Station, place: Place, gateways: frozenset[str]) -> int:
    """Count what speaks for a station being the pod; negative: it speaks against it."""
    towards, away = (station.out, station.come) if place.role == Role.POD else (station.come, station.out)
    asks = bool(station.claims.keys() & (station.sent.keys() | station.got.keys()))
    points = 3 * asks + 2 * bool(station.own) + (-4 if station.forwards else 1) + bool(station.alone)
    return points + 5 * bool(towards) - 5 * bool(away) - 3 * (station.mac in gateways)


def _addresses(station: Station, place: Place, order: Order, places: Sequence[Place]) -> tuple[str, ...]:
    """Return the addresses that are the station's: of several, those that take part in everything, the nearest ones."""
    own = {each for each in station.own if is_host(each)}
    ends = own & ends_of(place.watch)
    if len(_families(ends)) < len(ends):
        near = {each for each in ends if order.is_nearest(each, place.watch.number, _others(place, places))}
        ends = near or {each for each in ends if each in station.claims} or ends
    return tuple(sorted(ends or own, key=lambda each: (":" in each, each)))


def _families(addresses: Iterable[str]) -> set[bool]:
    return {":" in each for each in addresses}


def _others(place: Place, places: Sequence[Place]) -> list[int]:
    """Return the watches that a pod, or a veth, is nearer to its address than."""
    return [
        each.watch.number
        for each in places
        if each is not place and (place.role == Role.POD or not each.inside)
    ]
