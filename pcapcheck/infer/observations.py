"""Scene: all places of a run with what was seen there, and the questions that several guesses ask of it."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from pcapcheck.bind.vantagepoint import Translation
from pcapcheck.infer.nearness import Nearness
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.infer.stations import Stations, stations
from pcapcheck.topology.topology import Role


class HomeNodes:
    """Answers for the places of one run."""

    def __init__(self, places: Sequence[LocatedPoint], order: Nearness) -> None:
        self._nodes = {each.watch.number: each.node for each in places if each.node and not each.inside}
        uplinks = [each for each in places if each.role == Role.UPLINK]
        self._heard = {each.watch.number: _speaking(each) for each in uplinks}
        self._order = order

    def of(self, address: str) -> Counter[str]:
        """Return node -> how many exchanges say that an address is on it."""
        votes: Counter[str] = Counter()
        for peer in self._order.peers(address):
            along = [self._nodes[each] for each in self._order.along(address, peer) if each in self._nodes]
            if (along and along[0] != along[-1]) or (along and self._is_alone(address, peer)):
                votes[along[0]] += 1
        return votes

    def _is_alone(self, address: str, peer: str) -> bool:
        """Whether a pod on the nodes' own network was heard at one uplink only, of several captured."""
        seen = self._heard.keys() & set(self._order.along(address, peer))
        several = len({self._nodes.get(each) for each in self._heard}) > 1
        return several and any(address in self._heard[each] for each in seen)


def _speaking(place: LocatedPoint) -> frozenset[str]:
    """Return the addresses that speak for themselves at an uplink."""
    return frozenset(address for each in stations(place.watch).by_mac.values() for address in each.own)


class Observations:
    """The places, the order of their watches along exchanges, and what was translated."""

    def __init__(
        self, places: Sequence[LocatedPoint], order: Nearness, translations: Sequence[Translation] = ()
    ) -> None:
        self.places = tuple(places)
        self.order = order
        self.translations = tuple(translations)
        self._stations: dict[int, Stations] = {}

    def of_role(self, *roles: Role) -> list[LocatedPoint]:
        """Return the places of some roles."""
        return [each for each in self.places if each.role in roles]

    def stations(self, place: LocatedPoint) -> Stations:
        """Return the stations of a place."""
        number = place.watch.number
        if number not in self._stations:
            self._stations[number] = stations(place.watch)
        return self._stations[number]

    @cached_property
    def sides(self) -> HomeNodes:
        """On which node addresses are, by the order of captures."""
        return HomeNodes(self.places, self.order)

    @cached_property
    def gateways(self) -> frozenset[str]:
        """The MACs that forward at a pod, a veth or a bridge."""
        near = self.of_role(Role.POD, Role.VETH, Role.BRIDGE)
        return frozenset(
            each.mac for place in near for each in self.stations(place).by_mac.values() if each.forwards
        )

    def is_nearest(self, place: LocatedPoint, address: str) -> bool | None:
        """Return whether no other capture is as near to an address; a veth is not compared with pods."""
        others = [each.watch.number for each in self._beside(place)]
        return self.order.is_nearest(address, place.watch.number, others)

    def heard_first(self, place: LocatedPoint, mac: str) -> bool | None:
        """Return whether what a MAC says of itself was heard here before it was anywhere else; None.

        Nowhere else.
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
