"""Pods: who speaks inside each pod's capture, at each veth and on each bridge; and on which node each pod is.

A veth's pod is on the veth's node; else the pod is where its exchanges enter the network (`Sides`), or behind
the bridge that hears it. Several captures of one pod are found to be of one pod by MAC and address.
"""

from collections.abc import Iterable
from typing import Final

from pcapcheck.infer.draft import PodDraft, TopologyDraft
from pcapcheck.infer.localendpoint import NO_ENDPOINT, LocalEndpoint, local_endpoint
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.places import LocatedPoint
from pcapcheck.infer.stations import Station, is_host
from pcapcheck.topology.topology import Role

BY_VETH: Final = 100  # weights of what says on which node a pod is: a veth settles it
BY_ORDER: Final = 4
BY_BRIDGE: Final = 2


def find_pods(draft: TopologyDraft, scene: Observations) -> None:
    """Add the pods that were captured, or heard on a bridge."""
    _find_inside(draft, scene)
    for place in scene.of_role(Role.VETH):
        _at_veth(draft, place, local_endpoint(place, scene))
    for place in scene.of_role(Role.BRIDGE):
        if place.node:
            _on_bridge(draft, place, scene)
    for pod in draft.pods.values():
        for address in pod.addresses:
            votes = scene.sides.of(address)
            pod.votes.update({node: BY_ORDER * count for node, count in votes.items()})


def _find_inside(draft: TopologyDraft, scene: Observations) -> None:
    """Add the pods in which captures were made; first those with traffic, whose MACs are nobody else's."""
    inside = [each for each in scene.of_role(Role.POD) if each.inside]
    for place in sorted(inside, key=lambda each: not scene.stations(each).unicast):
        found = local_endpoint(place, scene)
        taken = not scene.stations(place).unicast and draft.with_mac(found.mac)
        _inside(draft, place, NO_ENDPOINT if taken else found)


def _inside(draft: TopologyDraft, place: LocatedPoint, found: LocalEndpoint) -> None:
    """Add the pod in which a capture was made, also where nothing was heard of it."""
    assert place.pod is not None
    pod = draft.pods.setdefault(place.pod, PodDraft(place.pod))
    pod.interface = place.interface
    pod.mac = pod.mac or found.mac
    pod.addresses += [each for each in found.addresses if each not in pod.addresses]
    if place.node:
        pod.votes[place.node] += BY_VETH


def _at_veth(draft: TopologyDraft, place: LocatedPoint, found: LocalEndpoint) -> None:
    """Add the pod at the other end of a veth, and say on which node it is."""
    pod = draft.pods.get(place.pod or "") or _known(draft, found) or _new(draft, found, place.pod)
    if place.node:
        interface = draft.node(place.node).interface(place.interface, Role.VETH)
        interface.mac = found.gateway
        if pod:
            interface.pod = pod.name
            pod.votes[place.node] += BY_VETH


def _on_bridge(draft: TopologyDraft, place: LocatedPoint, scene: Observations) -> None:
    """Add the pods that a bridge hears; in a bridged overlay it hears those of other nodes too."""
    assert place.node is not None
    for station in scene.stations(place).by_mac.values():
        if not station.forwards and station.mac not in scene.gateways and any(map(is_host, station.first)):
            found = LocalEndpoint(station.mac, _addresses(station), None)
            pod = _known(draft, found) or _new(draft, found)
            if pod:
                pod.votes[place.node] += BY_BRIDGE


def _addresses(station: Station) -> tuple[str, ...]:
    return tuple(sorted(station.own & station.first.keys()))


def _known(draft: TopologyDraft, found: LocalEndpoint) -> PodDraft | None:
    """Return the pod that has this MAC and address, else this address and no MAC, else this MAC alone."""
    same = draft.with_mac(found.mac)
    both = _with_address(same, found)
    without = _with_address([each for each in draft.pods.values() if not each.mac], found) if not same else []
    only = [each for each in same if not each.addresses or not found.addresses]
    return next(iter([*both, *without, *only]), None)


def _with_address(pods: Iterable[PodDraft], found: LocalEndpoint) -> list[PodDraft]:
    return [each for each in pods if set(each.addresses) & set(found.addresses)]


def _new(draft: TopologyDraft, found: LocalEndpoint, named: str | None = None) -> PodDraft | None:
    """Return a new pod, called after its first address if it has no name; None if nothing is known of it."""
    if not found.mac or not found.addresses:
        return None
    name = named or f"pod-{found.addresses[0]}"
    name = name if name not in draft.pods else f"{name}-{found.mac}"
    return draft.pods.setdefault(name, PodDraft(name, found.mac, list(found.addresses)))
