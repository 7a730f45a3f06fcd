"""Sides: on which node an address is, by where its exchanges enter the network between nodes.

Of the captures along an exchange, those before the first node's last one are on its side. Needs captures of
two nodes: what lies on which side of a single uplink cannot be told.
"""

from collections import Counter
from collections.abc import Sequence

from pcapcheck.topology.inferring.order import Order
from pcapcheck.topology.inferring.places import Place
from pcapcheck.topology.inferring.stations import stations
from pcapcheck.topology.topology import Role


class Sides:
    """Answers for the places of one run."""

    def __init__(self, places: Sequence[Place], order: Order) -> None:
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


def _speaking(place: Place) -> frozenset[str]:
    """Return the addresses that speak for themselves at an uplink."""
    return frozenset(address for each in stations(place.watch).by_mac.values() for address in each.own)
