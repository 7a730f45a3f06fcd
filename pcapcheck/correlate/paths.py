"""Expected paths: the hops that a direction of a flow should cross, by a profile's templates and a topology.

It knows neither which hops were captured nor what was seen there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.topology.bonds import slaves
from pcapcheck.topology.topology import Interface, Node, Topology

Decrement: TypeAlias = tuple[int, int | None]  # fewest and most; None: any number
DEVICES = ("vtep", "tunnel")  # interfaces that only encapsulated traffic crosses
OPAQUE = tuple(each.name for each in TUNNELS if each.opaque)


class PathHop(NamedTuple):
    """One hop of a path template.

    Attributes:
        role: the role of the interface. A node that has no interface of that role has no such hop.
        side: the end of the path on whose node, or in whose pod, the hop lies: source, destination, or via
            (the node that a client outside asked).
        form: how the packet travels there.
        routed: by how much the TTL falls since the hop before.
        optional: packets may pass here, and need not.
    """

    role: str
    side: str
    form: str = "plain"
    routed: Decrement = (0, 0)
    optional: bool = False


Path: TypeAlias = tuple[PathHop, ...]


def reverse(path: Path) -> Path:
    """Return the way back: the hops in reverse order, with the TTL falling between the same two hops."""
    routed = [hop.routed for hop in path[1:]][::-1]
    sides = {"source": "destination", "destination": "source"}
    hops = [hop._replace(side=sides.get(hop.side, hop.side)) for hop in reversed(path)]
    return tuple(hop._replace(routed=mark) for hop, mark in zip(hops, [(0, 0), *routed], strict=False))


@dataclass(frozen=True, slots=True)
class Ends:
    """The ends of one direction, as far as its path depends on them; pods and nodes by name.

    `who` and `where` are the traffic kinds of the flow; `back` says that this is the direction of its
    answers.
    """

    source_pod: str | None
    source_node: str | None
    destination_pod: str | None
    destination_node: str | None
    via: str | None
    who: str
    where: str
    back: bool
    version: int  # of IP: devices may carry one of them only


@dataclass(frozen=True, slots=True)
class Step:
    """One expected hop.

    Attributes:
        node, role, form: where it is, and how the packet travels there.
        side: source or destination, as this direction sees it; via for neither.
        number: the pass over this point, from 1.
        routed: by how much the TTL falls since the step before.
        interfaces: the names of the interfaces that the step may be.
        pod: the pod of a step inside one or at its veth.
        optional: packets may pass here, and need not.
    """

    node: str | None
    role: str
    form: str
    side: str
    number: int
    routed: Decrement
    interfaces: tuple[str, ...]
    pod: str | None
    optional: bool

    @property
    def opaque(self) -> bool:
        """Whether packets are encrypted here, and cannot be recognised."""
        return self.form in OPAQUE


class Paths:
    """Expected paths of one profile in one topology."""

    def __init__(self, template: Callable[[str, str], Path], topology: Topology) -> None:
        """`template(who, where)` gives the hops of these traffic kinds in the client's direction, or ()."""
        self._template = template
        self._topology = topology
        self._known: dict[Ends, tuple[Step, ...]] = {}

    def expected(self, ends: Ends) -> tuple[Step, ...]:
        """Return the steps from source to destination; () if profile or topology say too little."""
        if ends not in self._known:
            hops = () if _detour(ends) else self._template(ends.who, ends.where)
            steps = [self._step(hop, ends) for hop in (reverse(hops) if ends.back else hops)]
            self._known[ends] = _numbered(_merged(self._stacked(steps)))
        return self._known[ends]

    def _stacked(self, steps: list[Step]) -> Iterator[Step]:
        """Yield the steps, those at a bond as two: the bond is behind its slaves, as the wire sees it."""
        for position, step in enumerate(steps):
            node = self._topology.nodes.get(step.node or "") if step.role == "uplink" else None
            below = slaves(node) if node else {}
            above = tuple(name for name in step.interfaces if name not in below)
            if len(above) in (0, len(step.interfaces)):
                yield step
                continue
            under = tuple(name for name in step.interfaces if name in below)
            outer, inner = replace(step, interfaces=under), replace(step, interfaces=above)
            leaves = position + 1 == len(steps) or steps[position + 1].node != step.node
            first, second = (inner, outer) if leaves else (outer, inner)
            yield first
            yield replace(second, routed=(0, 0))

    def _step(self, hop: PathHop, ends: Ends) -> Step:
        place = {
            "source": (ends.source_node, ends.source_pod),
            "destination": (ends.destination_node, ends.destination_pod),
            "via": (ends.via, None),
        }
        node, pod = place[hop.side]
        names = self._interfaces(hop.role, node, pod, ends)
        served = pod if hop.role in ("pod", "veth", "lo", "macvlan", "ipvlan") else None
        return Step(node, hop.role, hop.form, hop.side, 1, hop.routed, names, served, hop.optional)

    def _interfaces(self, role: str, node: str | None, pod: str | None, ends: Ends) -> tuple[str, ...]:
        if role in ("pod", "lo"):
            known = self._topology.pods.get(pod or "")
            return () if known is None else (known.interface if role == "pod" else "lo",)
        place = self._topology.nodes.get(node or "")
        if place is None:
            return ()
        serving = (one for one in place.of_role(role) if self._serves(place, one, pod, ends))
        return tuple(interface.name for interface in serving)

    def _serves(self, node: Node, interface: Interface, pod: str | None, ends: Ends) -> bool:
        """Whether an interface may carry this direction.

        A pod's packets cross its own veth, bridge or parent interface, and a tunnel device carries the IP
        versions of its addresses.
        """
        if interface.role == "veth":
            return interface.pod == pod and pod is not None
        if interface.role in DEVICES:  # flannel.1 carries IPv4, flannel-v6.1 IPv6
            mark = ":" if ends.version == 6 else "."
            return not interface.addresses or any(mark in address for address in interface.addresses)
        known = self._topology.pods.get(pod or "")
        if interface.role == "bridge" and known:
            ports = [port.bridge for port in node.of_role("veth") if port.pod == known.name and port.bridge]
            return not ports or interface.name in ports
        if interface.role in ("uplink", "vlan") and known and known.parent:
            parent = node.interfaces.get(known.parent)
            return interface.name in (known.parent, parent.parent if parent else None)
        return True


def _detour(ends: Ends) -> bool:
    """Whether a pod asked another node's NodePort: who translates, and where it goes on, is not known."""
    client = ends.destination_node if ends.back else ends.source_node
    return ends.who == "pod-to-service" and ends.via not in (None, client)


def _merged(steps: Iterable[Step]) -> list[Step]:
    """Leave out steps that no interface can be; the TTL falls at the next step instead."""
    kept: list[Step] = []
    least, most = 0, 0
    unbounded = False
    for step in steps:
        least, most = least + step.routed[0], most + (step.routed[1] or 0)
        unbounded |= step.routed[1] is None
        if step.interfaces:
            kept.append(replace(step, routed=(least, None if unbounded else most)))
            least, most, unbounded = 0, 0, False
    return kept


def _numbered(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Count the passes over each point."""
    passes: dict[tuple[str | None, str, str | None, tuple[str, ...]], int] = {}
    numbered = []
    for step in steps:
        point = (step.node, step.role, step.pod, step.interfaces)
        passes[point] = passes.get(point, 0) + 1
        numbered.append(replace(step, number=passes[point]))
    return tuple(numbered)
