"""Uplinks: the MAC and the addresses of each node's own interfaces to the network.

A frame between two nodes shows both of them. A node's own MAC is the one that sends the packets of its pods;
its address is the one that it claims by ARP or sends under, and not the one that others believe.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint
from pcapcheck.infer.draft import InterfaceDraft, NodeDraft, TopologyDraft
from pcapcheck.infer.maclessness import is_macless, own_outer_addresses
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.infer.stations import FIRST_TTLS, is_host
from pcapcheck.topology.topology import Role

UNDERLAY: Final = (Role.UPLINK, Role.VLAN)
SURE: Final = 10  # votes of a packet that the link layer marks as sent here; others have one


def find_uplinks(draft: TopologyDraft, observations: Observations) -> None:
    """Give each node's uplinks and VLAN interfaces their MACs and addresses."""
    homes = _homes(draft, observations)
    places = [each for each in observations.of_role(*UNDERLAY) if each.node and not each.pod]
    for place in places:
        _interface(draft, place).mac = _by_votes(draft, place, homes) or _by_tag(place, observations)
    for place in places:
        interface = _interface(draft, place)
        interface.mac = interface.mac or _left(draft, place, observations)
    for node in draft.nodes.values():
        for interface in node.of_role(*UNDERLAY):
            interface.addresses = _addresses(draft, interface) or _without_macs(interface, observations)
        if not node.of_role(Role.UPLINK):
            _from_afar(draft, node, observations)
        node.addresses = [address for each in node.of_role(Role.UPLINK) for address in each.addresses] or [
            address for each in node.of_role(Role.VLAN) for address in each.addresses
        ]


def _without_macs(interface: InterfaceDraft, observations: Observations) -> list[str]:
    place = interface.place
    if place is None or not is_macless(place.vantage):
        return []
    return own_outer_addresses(place, observations)


def _from_afar(draft: TopologyDraft, node: NodeDraft, observations: Observations) -> None:
    """Give a node whose uplink was not captured one.

    It has the MAC and the address that packets of its pods have elsewhere.
    """
    local = draft.local(node.name)
    seen = [each for place in observations.of_role(Role.UPLINK) for each in place.vantage.seen]
    claims = {each.claim: each.claim_mac for each in seen if each.claim and each.claim_mac}
    addresses: Counter[str] = Counter()
    macs: Counter[str] = Counter()
    for each in seen:
        if each.is_data and each.source in local and each.outer_from:
            addresses[each.outer_from] += each.packets
        elif each.is_data and each.source in local and each.mac_from and (each.ttl or 0) + 1 in FIRST_TTLS:
            macs[each.mac_from] += each.packets
    found = [_most(addresses, version) for version in (False, True)]
    known = [each for each in found if each]
    mac = next((claims[each] for each in known if each in claims), None) or _most(macs)
    own = [each for each in claims if is_host(each) and claims[each] == mac] if mac else []
    if known or mac:
        uplink = node.interface("uplink", Role.UPLINK)
        uplink.mac, uplink.addresses = mac, known or own[:1]


def _most(counts: Counter[str], six: bool | None = None) -> str | None:
    """Return the most frequent address; of IPv4 or IPv6 (True) only, if that is given."""
    return next((each for each, _ in counts.most_common() if six is None or (":" in each) == six), None)


def _interface(draft: TopologyDraft, place: LocatedPoint) -> InterfaceDraft:
    return draft.node(place.node or "").interface(place.interface, Role(place.role or Role.UPLINK))


def _homes(draft: TopologyDraft, observations: Observations) -> dict[str, str]:
    """Return address -> node, of pods, of addresses that stand for them, and of all with a home node."""
    votes = {
        address: observations.home_nodes.of(address).most_common(2)
        for address in observations.order.addresses
    }
    homes = {
        address: most[0][0]
        for address, most in votes.items()
        if most and (len(most) < 2 or most[0][1] > most[1][1])
    }
    pods = {address: pod.node for pod in draft.pods.values() for address in pod.addresses if pod.node}
    hidden = {
        stands: pods[own]
        for each in observations.translations
        if each.destination == each.other_destination
        for stands, own in ((each.source, each.other_source), (each.other_source, each.source))
        if own in pods and stands not in pods
    }
    named = {name: name for name in draft.nodes}  # a node may be called by its address
    return homes | hidden | named | pods


def _by_votes(draft: TopologyDraft, place: LocatedPoint, homes: Mapping[str, str]) -> str | None:
    """Return the MAC that sends for the node's own side, and receives for it."""
    votes: Counter[str] = Counter()
    seen = [each for each in place.vantage.seen if each.tag is None and each.kind != "icmp-error"]
    speakers = {each.mac_from for each in seen if each.mac_from}
    pods_speak = any(_is_a_pods(draft, mac, place) for mac in speakers)  # then most MACs are pods'
    freshest: dict[str | None, int] = {}
    for each in seen:
        freshest[each.source] = max(each.inner_ttl or 0, freshest.get(each.source, 0))
    for each in seen:
        if (each.inner_ttl or 0) == freshest[each.source]:  # with less it may have come back
            _vote(votes, each, place.node, {} if pods_speak else homes)
    best = [(mac, points) for mac, points in votes.most_common() if not _is_a_pods(draft, mac, place)][:2]
    if not best or best[0][1] <= 0 or (len(best) == 2 and best[1][1] == best[0][1]):
        return None
    return best[0][0]


def _vote(votes: Counter[str], each: TrafficSeen, node: str | None, homes: Mapping[str, str]) -> None:
    if each.mac_from and each.out is not None:
        votes[each.mac_from] += SURE * each.packets if each.out else -SURE * each.packets
    for mac, address in _speaks(each):
        home = homes.get(address or "")
        if mac and home:
            votes[mac] += each.packets if home == node else -each.packets


def _speaks(each: TrafficSeen) -> Iterator[tuple[str | None, str | None]]:
    """Yield which MAC sends and receives for which address; a broadcast question has no receiver."""
    yield each.mac_from, each.source
    yield each.mac_from, each.outer_from
    if each.unicast and each.is_data:
        yield each.mac_to, each.destination
        yield each.mac_to, each.outer_to


def _by_tag(place: LocatedPoint, observations: Observations) -> str | None:
    """Return the MAC that claims an address at a VLAN interface before it does at the uplink below."""
    if place.role != Role.VLAN:
        return None
    tagged: dict[tuple[str | None, str | None], int] = {}
    for uplink in observations.of_role(Role.UPLINK):
        for each in uplink.vantage.seen if uplink.node == place.node else ():
            if each.tag is not None and each.claim:
                key = (each.claim_mac, each.claim)
                tagged[key] = min(each.first, tagged.get(key, each.first))
    own = {
        each.claim_mac
        for each in place.vantage.seen
        if each.first < tagged.get((each.claim_mac, each.claim), 0)
    }
    return own.pop() if len(own) == 1 else None


def _left(draft: TopologyDraft, place: LocatedPoint, observations: Observations) -> str | None:
    """Return the only MAC of all unicast frames that is no pod's or other node's and does not forward."""
    found = observations.stations(place)
    if not found.unicast or any(draft.with_mac(each.mac) for each in found.everywhere()):
        return None  # pods are on this network themselves: the others need not be the node
    taken = {each.mac for node in draft.nodes.values() for each in node.of_role(*UNDERLAY)}
    own = [each.mac for each in found.everywhere() if each.mac not in taken and not each.forwards]
    return own[0] if len(own) == 1 else None


def _is_a_pods(draft: TopologyDraft, mac: str, place: LocatedPoint) -> bool:
    """Return whether a MAC is one pod's own (macvlan).

    If it claims others' addresses too, it is the node's, and the pod shares it (ipvlan).
    """
    pods = draft.with_mac(mac)
    if len(pods) != 1:
        return False
    claims = {each.claim for each in place.vantage.seen if each.claim_mac == mac and each.claim}
    return not {each for each in claims if is_host(each)} - set(pods[0].addresses)


def _addresses(draft: TopologyDraft, interface: InterfaceDraft) -> list[str]:
    """Return the addresses that an interface claims or receives tunnels under.

    Without any, the only one that it sends or speaks under.
    """
    if interface.place is None or interface.mac is None:
        return []
    pods = {address for pod in draft.pods.values() for address in pod.addresses}
    found = _Addresses(interface.place.vantage, interface.mac)
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

    def __init__(self, vantage: VantagePoint, mac: str) -> None:
        self.claimed: set[str] = set()
        self.got: set[str] = set()
        self.sent: set[str] = set()
        self.spoke: set[str] = set()
        for each in vantage.seen:
            self._add(each, mac)

    def _add(self, each: TrafficSeen, mac: str) -> None:
        if each.mac_from == mac and each.claim and each.claim_mac == mac:
            self.claimed.add(each.claim)
        if each.mac_from == mac and each.outer_from:
            self.sent.add(each.outer_from)
        if each.mac_from == mac and each.form == "plain" and each.is_data and each.ttl in FIRST_TTLS:
            self.spoke.add(each.source or "")
        if each.mac_to == mac and each.outer_to:
            self.got.add(each.outer_to)
