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
from dataclasses import dataclass, replace

from pcapcheck.bind.filename import merged_by
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
    """The inferred network.

    Attributes:
        topology: the network.
        bindings: (file, interface, interface index) -> where that is.
        votes: parameter -> value -> how many nodes use it.
    """

    topology: Topology
    bindings: Mapping[InterfaceKey, Binding]
    votes: ParameterVotes


def infer(
    vantages: Sequence[VantagePoint], nearer: Sequence[Nearer], translations: Sequence[Translation]
) -> InferredTopology:
    """Infer the network.

    Args:
        vantages: what was seen, capture by capture.
        nearer: which of two vantage points is nearer to an address.
        translations: packets with two pairs of ends.
    """
    order = Nearness(nearer)
    observations = Observations(taken(find_places(vantages, order)), order, translations)
    draft = _drafted(observations)
    find_pods(draft, observations)
    find_uplinks(draft, observations)
    find_routed_pods(draft, observations)
    find_remote_nodes(draft, observations)
    find_devices(draft, observations)
    find_bridges(draft, observations)
    find_services(draft, observations)
    find_hidden_pods(draft, observations, hidden_behind(draft, translations))
    find_services(draft, observations)  # again, for services of the pods that were just found
    _find_plain_pods(draft, observations)
    find_parents(draft, observations)
    find_subnets(draft)
    _find_networks(draft, observations)
    draft.says = statements(draft, observations.places)
    topology = replace(
        draft.topology(entry for place in observations.places if (entry := _entry(place))),
        unplaced=not any(each.point or each.candidates or merged_by(each.path) for each in vantages),
    )
    bindings = {each.vantage.key: _binding(each, topology) for each in observations.places}
    return InferredTopology(topology, bindings, count_votes(draft))


def _drafted(observations: Observations) -> TopologyDraft:
    """Return a draft with the interfaces of nodes that were captured."""
    draft = TopologyDraft()
    for place in observations.places:
        if place.node and not place.inside and place.role:
            draft.node(place.node).interface(place.interface, place.role).place = place
    return draft


def _find_plain_pods(draft: TopologyDraft, observations: Observations) -> None:
    """Add the addresses that send plain packets and are as near to known pods as pods are to each other."""
    known = {address for pod in draft.pods.values() for address in pod.addresses}
    underlay = {address for node in draft.nodes.values() for address in node.addresses}
    owned = {address for node in draft.nodes.values() for address in node.owned} | set(draft.routers)
    owned |= {address for service in draft.services.values() for address in service.addresses}
    speaking = {
        each.source
        for place in observations.places
        for each in place.vantage.seen
        if each.is_data and each.form == "plain" and each.source and is_host(each.source)
    }
    near_nodes = set(neighbours(speaking, underlay))
    macs = _speakers(observations)
    for address in sorted(set(neighbours(speaking - known - owned, known)) - near_nodes):
        name = f"pod-{address}"
        draft.pods.setdefault(name, PodDraft(name, macs.get(address), addresses=[address]))


def _speakers(observations: Observations) -> dict[str, str]:
    """Return address -> MAC of the pods on the nodes' network: they speak for themselves at an uplink."""
    found = [
        each
        for place in observations.of_role(Role.UPLINK)
        for each in observations.stations(place).by_mac.values()
    ]
    return {address: each.mac for each in found if not each.forwards for address in each.own}


def _find_networks(draft: TopologyDraft, observations: Observations) -> None:
    """Name the networks of pods, which include similar addresses that pods send to.

    Networks of macvlan and ipvlan are left out: they are the nodes' own, and hold more than pods.
    """
    parented = [address for pod in draft.pods.values() if pod.type for address in pod.addresses]
    every = [address for pod in draft.pods.values() for address in pod.addresses]
    pods = [each for each in every if each not in set(neighbours(every, parented))]
    owned = {address for node in draft.nodes.values() for address in node.owned} | set(draft.routers)
    services = {address for each in draft.services.values() for address in each.addresses}
    asked = {
        each.destination
        for place in observations.places
        for each in place.vantage.seen
        if each.is_data and each.destination and each.source in pods and is_host(each.destination)
    }
    underlay = {address for node in draft.nodes.values() for address in node.addresses}
    others = [*underlay, *services, *(each for each in draft.routers if "/" not in each)]
    near = neighbours(asked - owned - services, pods)
    draft.pod_networks = networks(pods + near, others) or networks(pods, others)


def _entry(place: LocatedPoint) -> CaptureEntry | None:
    """Return the topology's entry for a file with one interface."""
    if place.vantage.index is not None or place.role is None or not place.vantage.path:
        return None
    owner = None if place.pod else place.node
    return CaptureEntry(place.vantage.path, owner, place.pod, place.interface)


def _binding(place: LocatedPoint, topology: Topology) -> Binding:
    """Return where a vantage point is in the inferred topology."""
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
