"""Uplinks: the MAC and the addresses of each node's own interfaces to the network.

Both ends of an exchange are in every frame of two nodes, so a node's own MAC is the one that sends what its pods
say; its address is what it claims by ARP or sends under, and not what others believe.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from pcapcheck.topology.inferring.draft import Draft, InterfaceDraft
from pcapcheck.topology.inferring.order import Order
from pcapcheck.topology.inferring.places import Place
from pcapcheck.topology.inferring.sides import Sides
from pcapcheck.topology.inferring.stations import FIRST_TTLS, is_host, stations
from pcapcheck.topology.inferring.watch import Seen, Watch
from pcapcheck.topology.topology import Role

UNDERLAY: Final = (Role.UPLINK, Role.VLAN)
SURE: Final = 10  # how much more a packet says of which the link layer tells that it left


def find_uplinks(draft: Draft, places: Sequence[Place], order: Order) -> None:
    """Add each node's uplinks and VLAN interfaces with MAC and addresses."""
    homes = _homes(draft, places, order)
    for place in places:
        if place.role in UNDERLAY and place.node and not place.pod:
            interface = draft.node(place.node).interface(place.interface, Role(place.role))
            interface.place = place
            interface.mac = _mac(draft, place, homes)
    for node in draft.nodes.values():
        for interface in node.of_role(*UNDERLAY):
            interface.addresses = _addresses(draft, interface)
        node.addresses = [address for each in node.of_role(Role.UPLINK) for address in each.addresses] or [
            address for each in node.of_role(Role.VLAN) for address in each.addresses
        ]


def _homes(draft: Draft, places: Sequence[Place], order: Order) -> dict[str, str]:
    """Return address -> node, of pods and of all else whose exchanges show the side."""
    sides = Sides(places, order)
    votes = {address: sides.of(address).most_common(2) for address in order.addresses}
    homes = {
        address: most[0][0]
        for address, most in votes.items()
        if most and (len(most) < 2 or most[0][1] > most[1][1])
    }
    pods = {address: pod.node for pod in draft.pods.values() for address in pod.addresses}
    return homes | {address: node for address, node in pods.items() if node}


def _mac(draft: Draft, place: Place, homes: Mapping[str, str]) -> str | None:
    """Return the MAC that sends what the node's own side says, and gets what is for it."""
    votes: Counter[str] = Counter()
    for each in place.watch.seen:
        if each.tag is None or place.role == Role.VLAN:
            _vote(votes, each, place.node, homes)
    if not any(votes.values()):
        everywhere = stations(place.watch).everywhere()
        votes = Counter({everywhere[0].mac: 1}) if len(everywhere) == 1 else Counter()
    best = [(mac, points) for mac, points in votes.most_common() if not _is_a_pods(draft, mac)][:2]
    if not best or best[0][1] <= 0 or (len(best) == 2 and best[1][1] == best[0][1]):
        return None
    return best[0][0]


def _vote(votes: Counter[str], each: Seen, node: str | None, homes: Mapping[str, str]) -> None:
    if each.mac_from and each.out is not None:
        votes[each.mac_from] += SURE * each.packets if each.out else -SURE * each.packets
    if not each.is_data:
        return
    for mac, address in (
        (each.mac_from, each.source),
        (each.mac_to if each.unicast else None, each.destination),
    ):
        home = homes.get(address or "")
        if mac and home:
            votes[mac] += each.packets if home == node else -each.packets


def _is_a_pods(draft: Draft, mac: str) -> bool:
    """Whether a MAC is that of one pod (macvlan); of several it is the interface under them (ipvlan)."""
    return len(draft.with_mac(mac)) == 1


def _addresses(draft: Draft, interface: InterfaceDraft) -> list[str]:
    """Return what an interface claims, gets tunnels under or sends them from; else the only one it speaks under."""
    if interface.place is None or interface.mac is None:
        return []
    pods = {address for pod in draft.pods.values() for address in pod.addresses}
    found = _Addresses(interface.place.watch, interface.mac)
    sure = [each for each in (found.claimed | found.got) if is_host(each) and each not in pods]
    for version in (False, True):
        if not any((":" in each) == version for each in sure):
            more = [each for each in found.sent if (":" in each) == version] or [
                each for each in found.spoke if (":" in each) == version
            ]
            sure += [each for each in more if is_host(each) and each not in pods] if len(more) == 1 else []
    return sorted(sure, key=lambda each: (":" in each, each))


class _Addresses:
    """The addresses that go with a MAC at its own interface."""

    def __init__(self, watch: Watch, mac: str) -> None:
        self.claimed: set[str] = set()
        self.got: set[str] = set()
        self.sent: set[str] = set()
        self.spoke: set[str] = set()
        for each in watch.seen:
            self._add(each, mac)

    def _add(self, each: Seen, mac: str) -> None:
        if each.mac_from == mac and each.claim and each.claim_mac == mac:
            self.claimed.add(each.claim)
        if each.mac_from == mac and each.outer_from:
            self.sent.add(each.outer_from)
        if each.mac_from == mac and each.form == "plain" and each.is_data and each.ttl in FIRST_TTLS:
            self.spoke.add(each.source or "")
        if each.mac_to == mac and each.outer_to:
            self.got.add(each.outer_to)
