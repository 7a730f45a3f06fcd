"""Inferring the intended network from what was captured, where there is no topology.

The question is what the network is meant to be, when all that is known is how it behaves, and part of that
may be a fault.

Believing what was seen is not the answer: if node2 sends VNI 7 by mistake, a topology that says "node2 uses
VNI 7" makes the mistake the intention, and nothing is left to report. Believing conventions is no answer
either: 10.244.0.0/16 is the pod network of some clusters and the node network of others, and the capture
`web-1_eth0.pcap` may be of a pod's interface or of a node's.

The rules:

1. What is intended is what most nodes do. Values are counted by the node that sends them, not by packet, so
   that one busy node is no majority (`votes`). A profile's default stands if any node uses it.
2. Of a node or pod is believed what it says itself: its source MAC and address, what it claims by ARP, the
   outer source of its tunnels. What others send to it is where faults show, and is no evidence.
3. Position comes from round trips: of two captures that saw both ways of an exchange, the one nearer to the
   asker waits longer for the answer. The difference of the two directions is free of clocks (`nearness`).
4. Names are believed first where they say something: of files, of interfaces, of devices called after a VNI.
5. What nothing speaks for is left out. Of a topology that says too little, rules say that they cannot be
   judged; from one that says something wrong, they report faults that are none.

The steps depend on each other, and their order is that of `infer`: where each capture was made (`places`);
which pods live there; what the nodes' uplinks are; which nodes and devices are known only from tunnels; which
address is a service's, since one packet had both it and a pod's address; which pods are hidden behind nodes,
after which services are looked for again; and last subnets and networks, which take the addresses together.
Each step adds to a `TopologyDraft` and decides nothing that a later one could decide better.

An example: three captures, node1_eth0, node2_eth0 and web-1_eth0. VXLAN at the two uplinks makes them nodes'.
web-1_eth0 shows plain frames of one station and is nearer to 10.244.1.5 than both uplinks, so it is the pod
that has this address; its exchanges enter the network at node1, so it is on node1. node1 uses VNI 42, and so
does a third node, which was not captured but sends tunnels to both; node2 uses VNI 7. Two votes to one: VNI
42 is intended, and the rule about VNIs reports node2.

What breaks it: two nodes that differ are no majority; then the profile's default decides if one of them uses
it, and else the smaller value. A fault that most nodes share is the norm. Captures at a single point have no
order, nor have captures whose times are whole seconds, and of a pod without traffic nothing is known. Which
endpoints a service should have, and how long the prefix of a subnet is, cannot be seen.

`infer` takes the vantage points of a run (`watching`) and gives a topology with source `inferred`, a binding
for each of them, and the votes.
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
