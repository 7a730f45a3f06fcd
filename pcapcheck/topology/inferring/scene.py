"""Scene: all places of a run with what was seen there, and the questions that several guesses ask of it."""

from collections.abc import Sequence
from functools import cached_property

from pcapcheck.topology.inferring.order import Order
from pcapcheck.topology.inferring.places import Place
from pcapcheck.topology.inferring.sides import Sides
from pcapcheck.topology.inferring.stations import Stations, stations
from pcapcheck.topology.inferring.watch import Translation
from pcapcheck.topology.topology import Role


class Scene:
    """The places, the order of their watches along exchanges, and what was translated."""

    def __init__(
        self, places: Sequence[Place], order: Order, translations: Sequence[Translation] = ()
    ) -> None:
        self.places = tuple(places)
        self.order = order
        self.translations = tuple(translations)
        self._stations: dict[int, Stations] = {}

    def of_role(self, *roles: Role) -> list[Place]:
        """Return the places of some roles."""
        return [each for each in self.places if each.role in roles]

    def stations(self, place: Place) -> Stations:
        """Return the stations of a place."""
        number = place.watch.number
        if number not in self._stations:
            self._stations[number] = stations(place.watch)
        return self._stations[number]

    @cached_property
    def sides(self) -> Sides:
        """On which node addresses are, by the order of captures."""
        return Sides(self.places, self.order)

    @cached_property
    def gateways(self) -> frozenset[str]:
        """The MACs that forward at a pod, a veth or a bridge."""
        near = self.of_role(Role.POD, Role.VETH, Role.BRIDGE)
        return frozenset(
            each.mac for place in near for each in self.stations(place).by_mac.values() if each.forwards
        )

    def is_nearest(self, place: Place, address: str) -> bool | None:
        """Return whether no other capture is as near to an address; a veth is not compared with pods."""
        others = [each.watch.number for each in self._beside(place)]
        return self.order.is_nearest(address, place.watch.number, others)

    def heard_first(self, place: Place, mac: str) -> bool | None:
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

    def _beside(self, place: Place) -> list[Place]:
        return [
            each for each in self.places if each is not place and (place.role == Role.POD or not each.inside)
        ]
