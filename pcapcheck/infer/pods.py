"""Pods: the local endpoints of pods and veths, those that bridges hear, and the node of each.

A veth's pod is on the veth's node. Otherwise the pod is where its exchanges enter the network (`HomeNodes`),
or behind the bridge that hears it. MAC and address tell which captures are of the same pod.
"""

from collections.abc import Iterable
from typing import Final

from pcapcheck.infer.draft import PodDraft, TopologyDraft
from pcapcheck.infer.localendpoint import NO_ENDPOINT, LocalEndpoint, local_endpoint
from pcapcheck.infer.maclessness import is_macless, pods_here
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.infer.stations import Station, is_host
from pcapcheck.topology.topology import Role

BY_VETH: Final = 100  # weights of the evidence for a pod's node: a veth settles it
BY_ORDER: Final = 4
BY_BRIDGE: Final = 2
BY_UPLINK: Final = 1


def find_pods(draft: TopologyDraft, observations: Observations) -> None:
    """Add the pods that were captured, or heard on a bridge."""
    _find_inside(draft, observations)
    for place in observations.of_role(Role.VETH):
        _at_veth(draft, place, _endpoint(place, observations))
    for place in observations.of_role(Role.BRIDGE):
        if place.node:
            _on_bridge(draft, place, observations)
    for pod in draft.pods.values():
        for address in pod.addresses:
            votes = observations.home_nodes.of(address)
            pod.votes.update({node: BY_ORDER * count for node, count in votes.items()})
        node = observations.only_uplink(pod.mac) if pod.mac and not pod.votes else None
        if node:
            pod.votes[node] += BY_UPLINK


def _find_inside(draft: TopologyDraft, observations: Observations) -> None:
    """Add the pods inside which captures were made, first those with traffic and a MAC of their own."""
    inside = [each for each in observations.of_role(Role.POD) if each.inside]
    for place in sorted(inside, key=lambda each: not observations.stations(each).unicast):
        found = _endpoint(place, observations)
        taken = not observations.stations(place).unicast and draft.with_mac(found.mac)
        _inside(draft, place, NO_ENDPOINT if taken else found)


def _endpoint(place: LocatedPoint, observations: Observations) -> LocalEndpoint:
    """Return the local endpoint of a place, without a MAC where its packets have none."""
    if is_macless(place.vantage):
        return LocalEndpoint(None, pods_here(place, observations), None)
    return local_endpoint(place, observations)


def _inside(draft: TopologyDraft, place: LocatedPoint, found: LocalEndpoint) -> None:
    """Add the pod inside which a capture was made, even if it was not heard."""
    assert place.pod is not None
    pod = draft.pods.setdefault(place.pod, PodDraft(place.pod))
    pod.interface = place.interface
    pod.mac = pod.mac or found.mac
    pod.addresses += [each for each in found.addresses if each not in pod.addresses]
    if place.node:
        pod.votes[place.node] += BY_VETH


def _at_veth(draft: TopologyDraft, place: LocatedPoint, found: LocalEndpoint) -> None:
    """Add the pod at the other end of a veth, and give it the node."""
    pod = draft.pods.get(place.pod or "") or _known(draft, found) or _new(draft, found, place.pod)
    if place.node:
        interface = draft.node(place.node).interface(place.interface, Role.VETH)
        interface.mac = found.gateway
        if pod:
            interface.pod = pod.name
            pod.votes[place.node] += BY_VETH


def _on_bridge(draft: TopologyDraft, place: LocatedPoint, observations: Observations) -> None:
    """Add the pods that a bridge hears; in a bridged overlay it hears pods of other nodes too."""
    assert place.node is not None
    for address in pods_here(place, observations) if is_macless(place.vantage) else ():
        found = LocalEndpoint(None, (address,), None)
        pod = _known(draft, found) or _new(draft, found)
        if pod:
            pod.votes[place.node] += BY_BRIDGE
    for station in observations.stations(place).by_mac.values():
        if (
            not station.forwards
            and station.mac not in observations.gateways
            and any(map(is_host, station.first or station.untimed))
        ):
            found = LocalEndpoint(station.mac, _addresses(station), None)
            pod = _known(draft, found) or _new(draft, found)
            if pod:
                pod.votes[place.node] += BY_BRIDGE


def _addresses(station: Station) -> tuple[str, ...]:
    return tuple(sorted(station.own & (station.first.keys() or station.untimed)))


def _known(draft: TopologyDraft, found: LocalEndpoint) -> PodDraft | None:
    """Return the pod with this MAC and address, else with the address and no MAC, else with the MAC."""
    same = draft.with_mac(found.mac)
    both = _with_address(same, found)
    without = _with_address([each for each in draft.pods.values() if not each.mac], found) if not same else []
    only = [each for each in same if not each.addresses or not found.addresses]
    return next(iter([*both, *without, *only]), None)


def _with_address(pods: Iterable[PodDraft], found: LocalEndpoint) -> list[PodDraft]:
    return [each for each in pods if set(each.addresses) & set(found.addresses)]


def _new(draft: TopologyDraft, found: LocalEndpoint, named: str | None = None) -> PodDraft | None:
    """Return a new pod, named after its address if it has no name; None if nothing is known about it."""
    if not found.addresses:
        return None
    name = named or f"pod-{found.addresses[0]}"
    name = name if name not in draft.pods else f"{name}-{found.mac}"
    return draft.pods.setdefault(name, PodDraft(name, found.mac, list(found.addresses)))
