"""Observations: all located vantage points of a run, and the questions that guesses ask about them."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from pcapcheck.bind.vantagepoint import Translation
from pcapcheck.infer.nearness import Nearness
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.infer.stations import Stations, stations
from pcapcheck.topology.topology import Role


class HomeNodes:
    """Determines on which nodes addresses are, by the order of vantage points along their exchanges."""

    def __init__(self, places: Sequence[LocatedPoint], order: Nearness) -> None:
        self._nodes = {each.vantage.number: each.node for each in places if each.node and not each.inside}
        uplinks = [each for each in places if each.role == Role.UPLINK]
        self._heard = {each.vantage.number: _speaking(each) for each in uplinks}
        self._order = order

    def of(self, address: str) -> Counter[str]:
        """Return node -> the number of exchanges that speak for the address being on it."""
        votes: Counter[str] = Counter()
        for peer in self._order.peers(address):
            along = [self._nodes[each] for each in self._order.along(address, peer) if each in self._nodes]
            if (along and along[0] != along[-1]) or (along and self._is_alone(address, peer)):
                votes[along[0]] += 1
        return votes

    def _is_alone(self, address: str, peer: str) -> bool:
        """Return whether a pod on the nodes' network was heard at only one of several uplinks."""
        seen = self._heard.keys() & set(self._order.along(address, peer))
        several = len({self._nodes.get(each) for each in self._heard}) > 1
        return several and any(address in self._heard[each] for each in seen)


def _speaking(place: LocatedPoint) -> frozenset[str]:
    """Return the addresses that speak for themselves at an uplink."""
    return frozenset(address for each in stations(place.vantage).by_mac.values() for address in each.own)


class Observations:
    """The places, the order of their vantage points along exchanges, and the translations."""

    def __init__(
        self, places: Sequence[LocatedPoint], order: Nearness, translations: Sequence[Translation] = ()
    ) -> None:
        self.places = tuple(places)
        self.order = order
        self.translations = tuple(translations)
        self._stations: dict[int, Stations] = {}

    def of_role(self, *roles: Role) -> list[LocatedPoint]:
        """Return the places with one of some roles."""
        return [each for each in self.places if each.role in roles]

    def stations(self, place: LocatedPoint) -> Stations:
        """Return the stations of a place."""
        number = place.vantage.number
        if number not in self._stations:
            self._stations[number] = stations(place.vantage)
        return self._stations[number]

    @cached_property
    def home_nodes(self) -> HomeNodes:
        """Tells on which node an address is."""
        return HomeNodes(self.places, self.order)

    @cached_property
    def gateways(self) -> frozenset[str]:
        """The MACs that forward at a pod, a veth or a bridge."""
        near = self.of_role(Role.POD, Role.VETH, Role.BRIDGE)
        return frozenset(
            each.mac for place in near for each in self.stations(place).by_mac.values() if each.forwards
        )

    def only_uplink(self, mac: str) -> str | None:
        """Return the node whose uplink alone heard a MAC, where several uplinks were captured."""
        heard = {place: self.stations(place).by_mac.get(mac) for place in self.of_role(Role.UPLINK)}
        nodes = {
            place.node for place, station in heard.items() if station and (station.sent or station.claims)
        }
        return nodes.pop() if len(nodes) == 1 and len({place.node for place in heard}) > 1 else None

    def is_nearest(self, place: LocatedPoint, address: str) -> bool | None:
        """Return whether no other place is as near to an address; a veth is not compared with pods."""
        others = [each.vantage.number for each in self._beside(place)]
        return self.order.is_nearest(address, place.vantage.number, others)

    def heard_first(self, place: LocatedPoint, mac: str) -> bool | None:
        """Return whether the claims of a MAC were heard here before anywhere else.

        None if they were heard nowhere else.
        """
        here = self.stations(place).by_mac[mac].asked
        there = [
            self.stations(each).by_mac[mac].asked
            for each in self._beside(place)
            if mac in self.stations(each).by_mac
        ]
        times = [(here[claim], asked[claim]) for asked in there for claim in here.keys() & asked.keys()]
        return all(mine < theirs for mine, theirs in times) if times else None

    def _beside(self, place: LocatedPoint) -> list[LocatedPoint]:
        return [
            each for each in self.places if each is not place and (place.role == Role.POD or not each.inside)
        ]
