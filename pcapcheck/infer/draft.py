"""Topology draft: the topology while it is being guessed.

It is mutable; `topology` gives the finished Topology, and `statements` says in words what was guessed. It
decides nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pcapcheck.infer.places import LocatedPoint
from pcapcheck.topology.topology import CaptureEntry, Interface, Node, Pod, Role, Service, Topology

IDENTITIES: Final = 1 << 24  # VNIs, and the identities that Cilium puts there, are smaller


@dataclass
class InterfaceDraft:
    """An interface of a node. `place` is where it was captured, None if it was not."""

    name: str
    role: Role
    place: LocatedPoint | None = None
    mac: str | None = None
    addresses: list[str] = field(default_factory=list)
    pod: str | None = None
    bridge: str | None = None
    parent: str | None = None
    parameters: dict[str, object] = field(default_factory=dict)

    def finished(self) -> Interface:
        """Return the finished part of a topology."""
        return Interface(
            self.name,
            self.role,
            self.mac,
            tuple(self.addresses),
            pod=self.pod,
            bridge=self.bridge,
            parent=self.parent,
            parameters=self.parameters,
        )


@dataclass
class NodeDraft:
    """A node."""

    name: str
    addresses: list[str] = field(default_factory=list)
    interfaces: dict[str, InterfaceDraft] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)

    @property
    def owned(self) -> set[str]:
        """All addresses of the node, without prefix lengths."""
        at = (address.partition("/")[0] for each in self.interfaces.values() for address in each.addresses)
        return {*self.addresses, *at}

    def of_role(self, *roles: Role) -> list[InterfaceDraft]:
        """Return the interfaces of some roles."""
        return [each for each in self.interfaces.values() if each.role in roles]

    def interface(self, name: str, role: Role) -> InterfaceDraft:
        """Return the interface of this name, a new one if there is none."""
        return self.interfaces.setdefault(name, InterfaceDraft(name, role))

    def finished(self) -> Node:
        """Return the finished part of a topology."""
        interfaces = {name: each.finished() for name, each in self.interfaces.items()}
        return Node(self.name, tuple(self.addresses), tuple(self.blocks), interfaces)


@dataclass
class PodDraft:
    """A pod. `votes` has the votes for each node, `numbers` counts the VNIs of its packets."""

    name: str
    mac: str | None = None
    addresses: list[str] = field(default_factory=list)
    interface: str = "eth0"
    votes: Counter[str] = field(default_factory=Counter)
    numbers: Counter[int] = field(default_factory=Counter)
    type: str | None = None
    parent: str | None = None

    @property
    def node(self) -> str | None:
        """The node with the most votes; None if there is none, or another has as many."""
        first = self.votes.most_common(2)
        if not first or (len(first) == 2 and first[0][1] == first[1][1]):
            return None
        return first[0][0]


@dataclass
class TopologyDraft:
    """The topology as far as it is guessed. `bridged`: an overlay connects the pods as a bridge does."""

    nodes: dict[str, NodeDraft] = field(default_factory=dict)
    pods: dict[str, PodDraft] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    routers: dict[str, str] = field(default_factory=dict)
    pod_networks: list[str] = field(default_factory=list)
    bridged: bool = False
    says: list[str] = field(default_factory=list)

    def node(self, name: str) -> NodeDraft:
        """Return a node, a new one if there is none of that name."""
        return self.nodes.setdefault(name, NodeDraft(name))

    def node_of(self, address: str | None) -> NodeDraft | None:
        """Return the node that has an address at any of its interfaces."""
        return next((each for each in self.nodes.values() if address in each.owned), None)

    def pod_of(self, address: str | None) -> PodDraft | None:
        """Return the first pod that has an address."""
        return next((each for each in self.pods.values() if address in each.addresses), None)

    def with_mac(self, mac: str | None) -> list[PodDraft]:
        """Return the pods that have a MAC."""
        return [each for each in self.pods.values() if mac and each.mac == mac]

    def local(self, node: str) -> frozenset[str]:
        """Return the addresses of the pods of a node."""
        return frozenset(
            address for each in self.pods.values() if each.node == node for address in each.addresses
        )

    def topology(self, captures: Iterable[CaptureEntry]) -> Topology:
        """Return what was guessed. A pod whose node is not known is on a node without a name."""
        return Topology(
            pod_cidrs=tuple(self.pod_networks),
            nodes={name: each.finished() for name, each in self.nodes.items()},
            pods={name: self._pod(each) for name, each in self.pods.items()},
            services=self.services,
            routers=self.routers,
            captures=tuple(captures),
            source="inferred",
            inferred=tuple(self.says),
        )

    def _pod(self, pod: PodDraft) -> Pod:
        number = next((each for each, _ in pod.numbers.most_common(1) if each < IDENTITIES), None)
        return Pod(
            pod.name,
            pod.node or "",
            tuple(pod.addresses),
            pod.mac,
            pod.interface,
            type=pod.type,
            parent=pod.parent,
            identity=None if self.bridged else number,
            vni=number if self.bridged else None,
        )


def statements(draft: TopologyDraft, places: Sequence[LocatedPoint]) -> list[str]:
    """Return a sentence for each fact that no name told."""
    return [*_places(places), *_nodes(draft), *_pods(draft), *_networks(draft)]


def _places(places: Sequence[LocatedPoint]) -> Iterator[str]:
    for each in places:
        if each.guessed:
            yield f"{each.vantage.path} {each.guessed}"


def _nodes(draft: TopologyDraft) -> Iterator[str]:
    for node in draft.nodes.values():
        for each in node.interfaces.values():
            if each.mac and each.role in (Role.UPLINK, Role.VLAN, Role.VTEP, Role.BRIDGE):
                addresses = " and ".join(each.addresses)
                yield f"{each.name} of {node.name} has MAC {each.mac}" + (
                    f", {addresses}" if addresses else ""
                )
        if not any(each.place for each in node.interfaces.values()):
            yield f"{node.name} is a node: it sends tunnel packets"


def _pods(draft: TopologyDraft) -> Iterator[str]:
    for pod in draft.pods.values():
        where = f"on {pod.node}" if pod.node else "on an unknown node"
        if pod.addresses:
            yield f"{pod.name} has {' and '.join(pod.addresses)} and is {where}"
    for service in draft.services.values():
        yield f"{service.addresses[0]} is a service: it is translated to pods"


def _networks(draft: TopologyDraft) -> Iterator[str]:
    if draft.pod_networks:
        yield f"pods have addresses in {' and '.join(draft.pod_networks)}"
