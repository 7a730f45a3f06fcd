"""Contradictions among the addresses of a topology: duplicates, pods outside their node's block, overlaps."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pcapcheck.documents import values
from pcapcheck.topology.devices import DEVICE_KINDS
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import Interface, Node, OwnerKind, Pod, Role, Topology


class Contradiction(NamedTuple):
    """Two statements of a topology that cannot both be true.

    Attributes:
        keys: where the statement stands in the topology file, as keys from its top.
        what: the statement, and what it contradicts.
        fix: what to do about it.
    """

    keys: tuple[str | int, ...]
    what: str
    fix: str


_MOVE = "give each its own, or correct the one that is wrong"
_SHARING = frozenset(each.kind for each in DEVICE_KINDS.values() if each.shares_mac)
_UNDERLAY = (Role.UPLINK, Role.VLAN)


def addressing(topology: Topology) -> Iterator[Contradiction]:
    """Yield the contradictions among addresses, MACs and networks."""
    yield from _duplicates(_pod_addresses(topology))
    yield from _duplicates(_pod_macs(topology))
    yield from _duplicates(_node_addresses(topology))
    yield from _duplicates(_node_macs(topology))
    for name, pod in topology.pods.items():
        yield from _pod_blocks(topology, name, pod)
    yield from _blocks(topology)
    yield from _networks(topology)
    yield from _services(topology)


AddressClaim = tuple[str, tuple[str | int, ...], str]  # what is claimed, where, by whom


def _duplicates(claims: Iterable[AddressClaim]) -> Iterator[Contradiction]:
    first: dict[str, str] = {}
    for claim, keys, owner in claims:
        other = first.setdefault(claim, owner)
        if other != owner:
            yield Contradiction(keys, f"`{claim.split(' ')[0]}` is of {owner} and of {other}", _MOVE)


def _pod_addresses(topology: Topology) -> Iterator[AddressClaim]:
    """Yield addresses of nodes first, then of pods; pods of two tenants may have one address."""
    for name, node in topology.nodes.items():
        for address, keys in _interface_addresses(name, node.interfaces.values()):
            if node.interfaces[str(keys[3])].role != Role.BRIDGE or _in_any(address, node.pod_cidrs):
                yield address, keys, f"node {name}"
    for name, pod in topology.pods.items():
        for address in () if pod.host_network else pod.addresses:
            tenant = f" {pod.vni}" if pod.vni is not None else ""
            yield address + tenant, ("pods", name), f"pod {name}"


def _pod_macs(topology: Topology) -> Iterator[AddressClaim]:
    """Yield the MACs of pods; ipvlan shares its parent's, and passthru takes it over."""
    for name, pod in topology.pods.items():
        if pod.mac and not pod.host_network and pod.type not in _SHARING:
            yield pod.mac, ("pods", name, "mac"), f"pod {name}"


def _node_addresses(topology: Topology) -> Iterator[AddressClaim]:
    for name, node in topology.nodes.items():
        for address in node.addresses:
            yield address, ("nodes", name, "addresses"), f"node {name}"


def _node_macs(topology: Topology) -> Iterator[AddressClaim]:
    """Yield the MACs that must be unique in the underlay or the overlay: those of uplinks and VTEPs."""
    for name, node in topology.nodes.items():
        for each in (*node.of_role(Role.UPLINK), *node.of_role(Role.VTEP)):
            if each.mac:
                yield each.mac, ("nodes", name, "interfaces", each.name, "mac"), f"node {name}"


def _pod_blocks(topology: Topology, name: str, pod: Pod) -> Iterator[Contradiction]:
    """Yield the addresses of a pod that lie outside its node's blocks, or outside the cluster's."""
    node = topology.nodes[pod.node] if pod.node in topology.nodes else Node(pod.node)
    for address in () if pod.host_network else pod.addresses:
        blocks = _of_family(address, node.pod_cidrs) or _of_family(address, topology.pod_cidrs)
        if blocks and not _in_any(address, blocks):
            what = f"pod {name} has `{address}`, which is outside {', '.join(blocks)}"
            yield Contradiction(
                ("pods", name, "address"), what, "correct the address, the node, or `pod_cidr:`"
            )


def _blocks(topology: Topology) -> Iterator[Contradiction]:
    """Yield blocks of two nodes that overlap; bridged pods may share one block between nodes."""
    blocks = [(values.cidr(block), name) for name, node in topology.nodes.items() for block in node.pod_cidrs]
    blocks.sort(key=lambda each: (each[0].bits, each[0].low, -each[0].high))
    widest = blocks[:1]
    for span, name in blocks[1:]:
        other, owner = widest[-1]
        if not _overlap(span, other):
            widest.append((span, name))
        elif name != owner and (
            other != span or (_routed(topology.nodes[name]) and _routed(topology.nodes[owner]))
        ):
            what = (
                f"the block {values.cidr_text(span)} of {name} overlaps {values.cidr_text(other)} of {owner}"
            )
            yield Contradiction(("nodes", name, "pod_cidr"), what, "give each node its own block")


def _routed(node: Node) -> bool:
    """Return whether a node routes to its pods: its tunnel has an address, or its pods have no bridge."""
    tunnels = (*node.of_role(Role.VTEP), *node.of_role(Role.TUNNEL))
    on_bridge = not node.of_role(Role.VETH) or node.of_role(Role.BRIDGE)
    return any(each.addresses for each in tunnels) or not on_bridge


def _networks(topology: Topology) -> Iterator[Contradiction]:
    """Yield blocks outside the pod networks, and pod networks that contain services or nodes."""
    pods = [(each, values.cidr(each)) for each in topology.pod_cidrs]
    for name, node in topology.nodes.items():
        for block in node.pod_cidrs:
            around = [span for _, span in pods if span.bits == values.cidr(block).bits]
            if around and not any(_within(values.cidr(block), span) for span in around):
                what = f"the block {block} of {name} is outside every pod network"
                yield Contradiction(
                    ("nodes", name, "pod_cidr"), what, "correct it, or `pod_cidr:` of the cluster"
                )
    for text, span in pods:
        for service in topology.service_cidrs:
            if _overlap(span, values.cidr(service)):
                what = f"the pod network {text} overlaps the service network {service}"
                yield Contradiction(("cluster", "pod_cidr"), what, "choose networks that do not overlap")
        if not any(pod.type for pod in topology.pods.values()):
            yield from _underlay(topology, text, span)


def _underlay(topology: Topology, text: str, span: values.Span) -> Iterator[Contradiction]:
    """Yield node subnets that overlap a pod network, which is right for macvlan and ipvlan only."""
    for name, node in topology.nodes.items():
        for role in _UNDERLAY:
            for address, keys in _interface_addresses(name, node.of_role(role), whole=True):
                if _overlap(span, values.cidr(address)):
                    what = f"the pod network {text} overlaps the subnet of node {name}, {address}"
                    yield Contradiction(keys, what, "choose networks that do not overlap")


def _services(topology: Topology) -> Iterator[Contradiction]:
    owners = Owners(topology)
    for name, service in topology.services.items():
        for address in service.addresses:
            blocks = _of_family(address, topology.service_cidrs)
            if blocks and not _in_any(address, blocks):
                what = f"service {name} has `{address}`, which is outside {', '.join(blocks)}"
                yield Contradiction(("services", name, "address"), what, "correct it, or `service_cidr:`")
        for number, endpoint in enumerate(service.endpoints or () if topology.pods else ()):
            address = endpoint.rpartition(":")[0].strip("[]")
            if owners.of(address).kind == OwnerKind.POD_NETWORK:
                what = f"service {name} has the endpoint `{endpoint}`, but no pod has {address}"
                yield Contradiction(
                    ("services", name, "endpoints", number), what, "correct it, or add the pod"
                )


def _interface_addresses(
    node: str, interfaces: Iterable[Interface], *, whole: bool = False
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for each in interfaces:
        keys = ("nodes", node, "interfaces", each.name, "addresses")
        yield from ((address if whole else address.partition("/")[0], keys) for address in each.addresses)


def _of_family(address: str, networks: Iterable[str]) -> list[str]:
    return [each for each in networks if (":" in each) == (":" in address)]


def _in_any(address: str, networks: Iterable[str]) -> bool:
    return any(_within(values.cidr(address), values.cidr(each)) for each in networks)


def _within(inner: values.Span, outer: values.Span) -> bool:
    return inner.bits == outer.bits and outer.low <= inner.low and inner.high <= outer.high


def _overlap(one: values.Span, other: values.Span) -> bool:
    return one.bits == other.bits and one.low <= other.high and other.low <= one.high
