"""Sayings: what was guessed, as sentences for the report."""

from collections.abc import Iterator, Sequence

from pcapcheck.topology.inferring.draft import Draft
from pcapcheck.topology.inferring.places import Place
from pcapcheck.topology.topology import Role


def say(draft: Draft, places: Sequence[Place]) -> list[str]:
    """Return a sentence for each thing that names did not say."""
    return [*_places(places), *_nodes(draft), *_pods(draft), *_networks(draft)]


def _places(places: Sequence[Place]) -> Iterator[str]:
    for each in places:
        if each.guessed:
            yield f"{each.watch.path} {each.guessed}"


def _nodes(draft: Draft) -> Iterator[str]:
    for node in draft.nodes.values():
        for each in node.interfaces.values():
            if each.mac and each.role in (Role.UPLINK, Role.VLAN, Role.VTEP, Role.BRIDGE):
                addresses = " and ".join(each.addresses)
                yield f"{each.name} of {node.name} has MAC {each.mac}" + (
                    f", {addresses}" if addresses else ""
                )
        if not any(each.place for each in node.interfaces.values()):
            yield f"{node.name} is a node: it sends tunnels"


def _pods(draft: Draft) -> Iterator[str]:
    for pod in draft.pods.values():
        where = f"on {pod.node}" if pod.node else "on a node that nothing tells"
        if pod.addresses:
            yield f"{pod.name} has {' and '.join(pod.addresses)} and is {where}"
    for service in draft.services.values():
        yield f"{service.addresses[0]} is a service: it is translated to pods"


def _networks(draft: Draft) -> Iterator[str]:
    if draft.pod_networks:
        yield f"pods have addresses in {' and '.join(draft.pod_networks)}"
