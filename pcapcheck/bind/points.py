"""The capture points of a topology.

Takes names of nodes, pods and interfaces, and gives points. An interface that the topology does not have
gets the role that its name suggests.
"""

from dataclasses import dataclass
from typing import Final

from pcapcheck.topology.roles import HOST_SIDE, role_of
from pcapcheck.topology.topology import CaptureEntry, CapturePoint, Role, Topology

_EVERYWHERE: Final = frozenset({Role.ANY, Role.LO})
_UNKNOWN: Final = (Role.UPLINK, Role.VETH, Role.BRIDGE, Role.VTEP, Role.TUNNEL)


@dataclass(frozen=True, slots=True)
class Binding:
    """A capture point, or the points that are possible. With neither, the file may be from anywhere.

    Attributes:
        by: what told it: topology, metadata, name, content or nothing.
        reason: why, as the end of a sentence that begins with the file.
        entry: the topology's entry for the file: when it started and ended, what was dropped.
    """

    point: CapturePoint | None
    by: str
    reason: str
    candidates: tuple[CapturePoint, ...] = ()
    entry: CaptureEntry | None = None


class Points:
    """Makes the capture points of one topology, also for nodes and pods that it does not have."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._on: dict[str, list[str]] = {}
        for node in topology.nodes.values():
            for interface in node.interfaces:
                self._on.setdefault(interface, []).append(node.name)

    def of_node(self, node: str | None, interface: str) -> CapturePoint | None:
        """Return the point at a node's interface, or None if its role is not known."""
        known = self._topology.nodes.get(node or "")
        if known and interface in known.interfaces:
            found = known.interfaces[interface]
            return CapturePoint(node, interface, found.role, found.pod)
        role = role_of(interface)
        return (
            None if role is None else CapturePoint(node, interface, Role.UPLINK if role == Role.POD else role)
        )

    def of_pod(self, pod: str, interface: str) -> CapturePoint:
        """Return the point at a pod's interface; a `cali…` interface of a pod is on its node."""
        known = self._topology.pods.get(pod)
        node = known.node if known else None
        inside = known is not None and (interface == known.interface or interface in known.interfaces)
        if not inside and self.has(node, interface):
            return CapturePoint(
                node, interface, self._topology.nodes[node or ""].interfaces[interface].role, pod
            )
        role = role_of(interface)
        if not inside and role in HOST_SIDE | _EVERYWHERE:
            return CapturePoint(node, interface, Role(role), pod)
        return CapturePoint(node, interface, Role.POD, pod)

    def has(self, node: str | None, interface: str) -> bool:
        """Return whether the topology knows this interface of this node."""
        known = self._topology.nodes.get(node or "")
        return known is not None and interface in known.interfaces

    def knows(self, owner: str, interface: str) -> bool:
        """Return whether the topology knows this interface of the pod `owner`, or of its node."""
        pod = self._topology.pods.get(owner)
        return pod is not None and (
            interface in (pod.interface, *pod.interfaces) or self.has(pod.node, interface)
        )

    def nodes_with(self, interface: str) -> list[str]:
        """Return the nodes that have an interface of this name."""
        return self._on.get(interface, [])

    def all_of_node(self, node: str) -> tuple[CapturePoint, ...]:
        """Return every point of a node."""
        known = self._topology.nodes.get(node)
        names = known.interfaces if known else ()
        return tuple(point for name in names if (point := self.of_node(node, name)))

    def possible(self, node: str | None, interface: str) -> tuple[CapturePoint, ...]:
        """Return what an interface can be whose name does not tell."""
        return tuple(CapturePoint(node, interface, role) for role in _UNKNOWN)
