"""The intended network, guessed from what was seen, and what was guessed.

Takes the watches of a run (`inferring.watch`), gives a Topology with source `inferred`, a binding for each
watch, and the values that nodes use. What is intended is what most nodes do, and of a node what it sends
itself, so that a fault is a contradiction and not the norm. What nothing speaks for is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pcapcheck.bind.place import InterfaceKey, ParameterVotes
from pcapcheck.bind.points import Binding
from pcapcheck.bind.vantagepoint import Nearer, Translation, VantagePoint
from pcapcheck.infer.bridges import find_bridges, find_parents
from pcapcheck.infer.draft import PodDraft, TopologyDraft, statements
from pcapcheck.infer.nearness import Nearness
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.overlay import find_devices, find_hidden_pods, find_remote_nodes
from pcapcheck.infer.places import LocatedPoint, find_places, taken
from pcapcheck.infer.pods import find_pods
from pcapcheck.infer.routed import find_routed_pods
from pcapcheck.infer.stations import is_host
from pcapcheck.infer.subnets import find_subnets, neighbours, networks
from pcapcheck.infer.translations import find_services, hidden_behind
from pcapcheck.infer.uplinks import find_uplinks
from pcapcheck.infer.votes import count_votes
from pcapcheck.topology.topology import CaptureEntry, CapturePoint, Role, Topology


@dataclass(frozen=True)
class InferredTopology:
    """What was guessed.

    Attributes:
        topology: the network.
        bindings: (file, interface, interface index) -> where that is.
        votes: parameter -> value -> how many nodes use it.
    """

    topology: Topology
    bindings: Mapping[InterfaceKey, Binding]
    votes: ParameterVotes


def infer(
    watches: Sequence[VantagePoint], nearer: Sequence[Nearer], translations: Sequence[Translation]
) -> InferredTopology:
    """Guess the network.

    Args:
        watches: what was seen, capture by capture.
        nearer: which of two watches is nearer to an address.
        translations: packets with two pairs of ends.
    """
    order = Nearness(nearer)
    scene = Observations(taken(find_places(watches, order)), order, translations)
    draft = _drafted(scene)
    find_pods(draft, scene)
    find_uplinks(draft, scene)
    find_routed_pods(draft, scene)
    find_remote_nodes(draft, scene)
    find_devices(draft, scene)
    find_bridges(draft, scene)
    find_services(draft, scene)
    find_hidden_pods(draft, scene, hidden_behind(draft, translations))
    find_services(draft, scene)  # again: what stands for a hidden pod
    _find_plain_pods(draft, scene)
    find_parents(draft, scene)
    find_subnets(draft)
    _find_networks(draft, scene)
    draft.says = statements(draft, scene.places)
    topology = draft.topology(entry for place in scene.places if (entry := _entry(place)))
    bindings = {each.watch.key: _binding(each, topology) for each in scene.places}
    return InferredTopology(topology, bindings, count_votes(draft))


def _drafted(scene: Observations) -> TopologyDraft:
    """Return a draft with the captured interfaces of nodes."""
    draft = TopologyDraft()
    for place in scene.places:
        if place.node and not place.inside and place.role:
            draft.node(place.node).interface(place.interface, place.role).place = place
    return draft


def _find_plain_pods(draft: TopologyDraft, scene: Observations) -> None:
    """Add the addresses that send plain packets and are as near to known pods as pods are to each other."""
    known = {address for pod in draft.pods.values() for address in pod.addresses}
    underlay = {address for node in draft.nodes.values() for address in node.addresses}
    owned = {address for node in draft.nodes.values() for address in node.owned} | set(draft.routers)
    owned |= {address for service in draft.services.values() for address in service.addresses}
    speaking = {
        each.source
        for place in scene.places
        for each in place.watch.seen
        if each.is_data and each.form == "plain" and each.source and is_host(each.source)
    }
    near_nodes = set(neighbours(speaking, underlay))
    macs = _speakers(scene)
    for address in sorted(set(neighbours(speaking - known - owned, known)) - near_nodes):
        name = f"pod-{address}"
        draft.pods.setdefault(name, PodDraft(name, macs.get(address), addresses=[address]))


def _speakers(scene: Observations) -> dict[str, str]:
    """Return address -> MAC of those that speak for themselves at an uplink: pods on the nodes' network."""
    found = [each for place in scene.of_role(Role.UPLINK) for each in scene.stations(place).by_mac.values()]
    return {address: each.mac for each in found if not each.forwards for address in each.own}


def _find_networks(draft: TopologyDraft, scene: Observations) -> None:
    """Name the networks of pods, with the addresses like theirs that they ask for.

    Those of macvlan and ipvlan are the nodes' own, and hold more than pods.
    """
    parented = [address for pod in draft.pods.values() if pod.type for address in pod.addresses]
    every = [address for pod in draft.pods.values() for address in pod.addresses]
    pods = [each for each in every if each not in set(neighbours(every, parented))]
    owned = {address for node in draft.nodes.values() for address in node.owned} | set(draft.routers)
    services = {address for each in draft.services.values() for address in each.addresses}
    asked = {
        each.destination
        for place in scene.places
        for each in place.watch.seen
        if each.is_data and each.destination and each.source in pods and is_host(each.destination)
    }
    underlay = {address for node in draft.nodes.values() for address in node.addresses}
    others = [*underlay, *services, *(each for each in draft.routers if "/" not in each)]
    near = neighbours(asked - owned - services, pods)
    draft.pod_networks = networks(pods + near, others) or networks(pods, others)


def _entry(place: LocatedPoint) -> CaptureEntry | None:
    """Return a topology's entry for a file of one interface."""
    if place.watch.index is not None or place.role is None or not place.watch.path:
        return None
    owner = None if place.pod else place.node
    return CaptureEntry(place.watch.path, owner, place.pod, place.interface)


def _binding(place: LocatedPoint, topology: Topology) -> Binding:
    """Return where a watch is, as the guessed topology has it."""
    if place.role is None:
        return Binding(None, "nothing", "has packets that say neither node nor pod")
    by, reason = (
        ("content", place.guessed) if place.guessed else ("name", f"is called after {place.interface}")
    )
    if place.pod and place.role in (Role.POD, Role.LO):
        pod = topology.pods.get(place.pod)
        node = place.node or (pod.node if pod else None) or None
        return Binding(CapturePoint(node, place.interface, place.role, place.pod), by, reason)
    node = place.node
    known = topology.nodes[node].interfaces.get(place.interface) if node and node in topology.nodes else None
    pod_name = known.pod if known else place.pod
    return Binding(CapturePoint(node, place.interface, place.role, pod_name), by, reason)
