"""Contradictions among the interfaces of a topology: MTUs that do not fit, parameters that differ, veths."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.topology.addressing import Contradiction, addressing
from pcapcheck.topology.interfacenames import cni_names, kind_of
from pcapcheck.topology.roles import role_of
from pcapcheck.topology.topology import Interface, Node, Role, Topology

# Bytes that a tunnel adds to a packet over IPv4, by the type of its device and by words in names.
_OVERHEAD: Final = {
    device: each.overhead for each in TUNNELS if each.overhead is not None for device in each.devices
}
_BY_WORD: Final = sorted(
    ((word, each.overhead) for each in TUNNELS for word in each.device_words),
    key=lambda pair: (-len(pair[0]), pair[0]),  # the longest first: `gre` is in `gretap`
)
_SAME: Final = ("vni", "vsid", "key", "flow_id")
_PORTS: Final = {
    role: [each.port_parameter for each in TUNNELS if each.port_parameter and each.frames == frames]
    for role, frames in ((Role.VTEP, True), (Role.TUNNEL, False))
}


def fitting(topology: Topology) -> Iterator[Contradiction]:
    """Yield the contradictions among the interfaces of nodes."""
    for node in topology.nodes.values():
        yield from _mtus(topology, node)
        yield from _veths(topology, node)
        for interface in node.interfaces.values():
            yield from _numbers(topology, node, interface)
    for entry in topology.captures:
        node = topology.nodes.get(entry.node or "", Node(""))
        if (
            entry.interface
            and entry.node
            and entry.interface not in node.interfaces
            and not role_of(entry.interface)
        ):
            what = f"node {entry.node} has no `{entry.interface}`, and this name does not reveal a role"
            fix = f"add it under `nodes:` with its `kind:`, or correct the entry of {entry.pattern}"
            yield Contradiction(("captures", entry.pattern), what, fix)


def _mtus(topology: Topology, node: Node) -> Iterator[Contradiction]:
    """Yield tunnels whose MTU does not fit the uplink, and pods' MTUs that do not fit the tunnel."""
    uplink = _smallest(node.of_role(Role.UPLINK))
    tunnels = (*node.of_role(Role.VTEP), *node.of_role(Role.TUNNEL))
    for each in tunnels:
        room = uplink - (_overhead(topology, node, each) or 0) if uplink else None
        if room and each.mtu and each.mtu > room:
            what = f"the MTU {each.mtu} of {each.name} and its headers exceed the uplink's {uplink}"
            yield Contradiction(_at(node, each, "mtu"), what, f"make it {room} or less")
    smallest = _smallest(tunnels)
    for each in (*node.of_role(Role.BRIDGE), *node.of_role(Role.VETH)):
        if smallest and each.mtu and each.mtu > smallest:
            what = f"the MTU {each.mtu} of {each.name} exceeds the tunnel's {smallest}"
            yield Contradiction(_at(node, each, "mtu"), what, f"make it {smallest} or less")


def _smallest(interfaces: Iterable[Interface]) -> int | None:
    return min((each.mtu for each in interfaces if each.mtu), default=None)


def _overhead(topology: Topology, node: Node, interface: Interface) -> int | None:
    """Return the bytes that a tunnel adds, by its type, its name or the profile; None if that is not known.

    A VTEP in metadata mode (no VNI of its own) keeps the uplink's MTU; the routes of its pods have the true
    one.
    """
    named_kind = kind_of(interface.name, cni_names())
    words = (str(interface.parameters.get("type", "")), named_kind, interface.name, topology.profile or "")
    named = (overhead for word in words for part, overhead in _BY_WORD if part in word)
    found = _OVERHEAD[words[0]] if words[0] in _OVERHEAD else next(named, None)
    metadata = interface.role == Role.VTEP and not interface.parameters.keys() & {"vni", "vsid", "key"}
    if found is None or metadata:
        return None
    only_ipv6 = bool(node.addresses) and all(":" in each for each in node.addresses)
    return found + (20 if only_ipv6 else 0)


def _veths(topology: Topology, node: Node) -> Iterator[Contradiction]:
    first: dict[str, str] = {}
    for each in node.of_role(Role.VETH):
        pod = topology.pods.get(each.pod or "")
        if pod is None:
            continue
        if pod.node and pod.node != node.name:
            what = f"{each.name} of node {node.name} is of pod {pod.name}, but that lives on {pod.node}"
            yield Contradiction(_at(node, each, "pod"), what, "correct the pod's node, or the veth's pod")
        other = first.setdefault(pod.name, each.name)
        if other != each.name and len(pod.interfaces) < 2:
            what = f"{each.name} and {other} are both of pod {pod.name}, which has one interface"
            yield Contradiction(_at(node, each, "pod"), what, "correct one, or list the pod's `interfaces:`")


def _numbers(topology: Topology, node: Node, interface: Interface) -> Iterator[Contradiction]:
    """Yield parameters of an interface that differ from the cluster's."""
    wanted = {name: topology.parameters[name] for name in _SAME if name in topology.parameters}
    ports = [name for name in _PORTS.get(interface.role, ()) if name in topology.parameters]
    if len(ports) == 1:
        wanted["port"] = topology.parameters[ports[0]]
    for name, intended in wanted.items():
        found = interface.parameters.get(name)
        if found is not None and found != intended:
            what = f"{interface.name} has {name} {found}, the cluster's parameters say {intended}"
            yield Contradiction(_at(node, interface, name), what, "correct one of the two")


def _at(node: Node, interface: Interface, key: str) -> tuple[str | int, ...]:
    return ("nodes", node.name, "interfaces", interface.name, key)


def contradictions(topology: Topology) -> list[Contradiction]:
    """Return everything in a topology that cannot be true together."""
    return list(dict.fromkeys(chain(addressing(topology), fitting(topology))))
