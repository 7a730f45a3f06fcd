"""Finds out who an address or a MAC belongs to, according to the topology.

A service's own address is the service's. An address of a node's interface belongs to the node even inside a
pod network (flannel.1 has 10.244.0.0). After these come the addresses of pods, services and routers, then the
longest network that contains the address.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar

from pcapcheck.documents import values
from pcapcheck.topology.topology import Interface, Node, Owner, OwnerKind, Pod, Role, Topology

T = TypeVar("T")


class Networks(Generic[T]):
    """Networks that have a value each.

    Two networks nest or are disjoint, so they divide the address space into runs of one value, and a lookup
    is a binary search.
    """

    def __init__(self, networks: Iterable[tuple[str, T]]) -> None:
        spans: dict[int, dict[tuple[int, int], T]] = {32: {}, 128: {}}
        for text, value in networks:
            low, high, bits = values.cidr(text)
            spans[bits].setdefault((low, high), value)
        self._runs = {4: _runs(spans[32]), 6: _runs(spans[128])}

    def find(self, version: int, number: int) -> T | None:
        """Return the value of the longest network that holds the address, or None."""
        starts, found = self._runs[version]
        return found[bisect_right(starts, number)]


def _runs(spans: dict[tuple[int, int], T]) -> tuple[list[int], list[T | None]]:
    """Return where the runs start, and their values, of which the first is before the first start."""
    starts: list[int] = []
    found: list[T | None] = [None]
    around: list[tuple[int, T]] = []  # (last address, value) of the networks that are open, outermost first

    def close(limit: int) -> None:
        while around and around[-1][0] < limit:
            last, _ = around.pop()
            _begin(starts, found, last + 1, around[-1][1] if around else None)

    for (low, high), value in sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1])):
        close(low)
        _begin(starts, found, low, value)
        around.append((high, value))
    close(1 << 129)
    return starts, found


def _begin(starts: list[int], found: list[T | None], start: int, value: T | None) -> None:
    if starts and starts[-1] == start:
        found[-1] = value
    else:
        starts.append(start)
        found.append(value)


GROUP_OWNER: Final = Owner(OwnerKind.GROUP)
EXTERNAL: Final = Owner(OwnerKind.EXTERNAL)
# Multicast, broadcast, link-local, loopback and unspecified: RFC 6890 and RFC 4291.
GROUPS: Final = (
    *("224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16", "127.0.0.0/8", "0.0.0.0/32"),
    *("ff00::/8", "fe80::/10", "::1/128", "::/128"),
)
_UNDERLAY: Final = frozenset({Role.UPLINK, Role.VLAN, Role.MACVLAN, Role.IPVLAN})
_MOST_CACHED: Final = 500_000


class MacOwner(NamedTuple):
    """An interface that has a MAC; `pod` is set if the interface is inside a pod."""

    node: str
    interface: str
    pod: str | None = None


class Owners:
    """The owners in one topology; answers about addresses are cached."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._known: dict[str, Owner] = {}
        sources = (_cluster_addresses, _nodes, _pods, _services, _routers, _gateways)
        for address, owner in chain.from_iterable(source(topology) for source in sources):
            self._known.setdefault(address, owner)
        for address in _broadcasts(topology):
            self._known.setdefault(address, GROUP_OWNER)
        self._networks = Networks(_networks(topology))
        self._cache = dict(self._known)
        self._macs = _macs(topology)
        self._subnets = {name: tuple(_subnets(node)) for name, node in topology.nodes.items()}

    def of(self, address: str) -> Owner:
        """Return the owner of an IPv4 or IPv6 address.

        Raises:
            ValueError: the text is no address.
        """
        owner = self._cache.get(address)
        if owner is None:
            if len(self._cache) > _MOST_CACHED:
                self._cache = dict(self._known)
            owner = self._cache[address] = self._look_up(address)
        return owner

    def node_of(self, address: str) -> str | None:
        """Return the node on which an address lives, if that is known."""
        return self.of(address).node

    def mac_owner(self, mac: str) -> tuple[MacOwner, ...]:
        """Return every interface with this MAC (lower case, colons); Calico's host ends all share one."""
        return self._macs.get(mac, ())

    def subnets(self, node: str) -> tuple[str, ...]:
        """Return the networks of a node's uplinks, or of those with its address."""
        return self._subnets.get(node, ())

    def same_subnet(self, node: str, other: str, family: int) -> bool | None:
        """Return whether two nodes share a subnet of family 4 or 6; None if either's is unknown."""
        if node == other:
            return True
        mine, theirs = (self._of_family(each, family) for each in (node, other))
        return None if not mine or not theirs else bool(mine & theirs)

    def _of_family(self, node: str, family: int) -> set[str]:
        return {each for each in self.subnets(node) if (":" in each) == (family == 6)}

    def _look_up(self, address: str) -> Owner:
        version, number = values.address_number(address)
        known = self._known.get(values.address_text(version, number))
        return known or self._networks.find(version, number) or EXTERNAL


def _bare(address: str) -> str:
    return address.partition("/")[0]


def _nodes(topology: Topology) -> Iterator[tuple[str, Owner]]:
    """Yield each address of a node; one that several nodes have (Docker's bridge) gets no node."""
    owners: dict[str, Owner] = {}
    for name, node in topology.nodes.items():
        for address in {
            *node.addresses,
            *(_bare(each) for at in node.interfaces.values() for each in at.addresses),
        }:
            shared = address in owners
            owners[address] = Owner(OwnerKind.NODE) if shared else Owner(OwnerKind.NODE, name, name)
    for pod in topology.pods.values():
        for address in pod.addresses if pod.host_network else ():
            owners.setdefault(address, Owner(OwnerKind.NODE, pod.node, pod.node))
    return iter(owners.items())


def _pods(topology: Topology) -> Iterator[tuple[str, Owner]]:
    for name, pod in topology.pods.items():
        owner = Owner(OwnerKind.POD, name, pod.node)
        for address in chain(pod.addresses, *(each.addresses for each in pod.interfaces.values())):
            yield _bare(address), owner


def _cluster_addresses(topology: Topology) -> Iterator[tuple[str, Owner]]:
    """Yield the services' own addresses: of IPVS they are on a device of every node (kube-ipvs0)."""
    for name, service in topology.services.items():
        for address in service.addresses:
            yield address, Owner(OwnerKind.SERVICE, name)


def _gateways(topology: Topology) -> Iterator[tuple[str, Owner]]:
    """Yield the gateways of pods that lie in the pod network: cilium_host, antrea-gw0 and such, of one node.

    A node also sends from there: Cilium and Antrea translate what comes by a NodePort to this address.
    """
    inside = Networks((each, True) for each in (*topology.pod_cidrs, *_node_networks(topology)))
    nodes: dict[str, set[str]] = {}
    for pod in topology.pods.values():
        if pod.parent is None and pod.gateway_ip and inside.find(*values.address_number(pod.gateway_ip)):
            nodes.setdefault(pod.gateway_ip, set()).add(pod.node)
    for address, of in nodes.items():
        if len(of) == 1:
            name = next(iter(of))
            yield address, Owner(OwnerKind.NODE, name, name)


def _node_networks(topology: Topology) -> Iterator[str]:
    return (network for node in topology.nodes.values() for network in node.pod_cidrs)


def _services(topology: Topology) -> Iterator[tuple[str, Owner]]:
    for name, service in topology.services.items():
        for address in (*service.addresses, *service.external_ips):
            yield address, Owner(OwnerKind.SERVICE, name)


def _routers(topology: Topology) -> Iterator[tuple[str, Owner]]:
    """Yield the addresses of routers and of the next hops of routes, though some of the latter are nodes."""
    hops = (route.via for node in topology.nodes.values() for route in node.routes if route.via)
    for address in (*(each for each in topology.routers if "/" not in each), *hops):
        yield address, Owner(OwnerKind.ROUTER)


def _broadcasts(topology: Topology) -> Iterator[str]:
    """Yield the broadcast address of every IPv4 subnet of more than two addresses (RFC 3021)."""
    for node in topology.nodes.values():
        for address in chain(*(each.addresses for each in node.interfaces.values())):
            span = values.cidr(address)
            if span.bits == 32 and span.high - span.low > 1:
                yield values.ipv4_text(span.high)


def _networks(topology: Topology) -> Iterator[tuple[str, Owner]]:
    """Yield networks with their owners; of two owners of the same network, the first counts."""
    yield from ((each, EXTERNAL) for each in topology.external)
    holders: dict[str, list[str]] = {}
    for name, node in topology.nodes.items():
        for network in node.pod_cidrs:
            holders.setdefault(network, []).append(name)
    for network, nodes in holders.items():
        yield network, Owner(OwnerKind.POD_NETWORK, node=nodes[0] if len(nodes) == 1 else None)
    yield from ((each, Owner(OwnerKind.POD_NETWORK)) for each in topology.pod_cidrs)
    yield from ((each, Owner(OwnerKind.SERVICE)) for each in topology.service_cidrs)
    yield from ((each, GROUP_OWNER) for each in GROUPS)


def _macs(topology: Topology) -> dict[str, tuple[MacOwner, ...]]:
    found: dict[str, list[MacOwner]] = {}
    for node in topology.nodes.values():
        for each in node.interfaces.values():
            found.setdefault(each.mac or "", []).append(MacOwner(node.name, each.name))
    for pod in topology.pods.values():
        for interface, mac in {pod.interface: pod.mac, **_interface_macs(pod)}.items():
            found.setdefault(mac or "", []).append(MacOwner(pod.node, interface, pod.name))
    found.pop("", None)
    return {mac: tuple(owners) for mac, owners in found.items()}


def _interface_macs(pod: Pod) -> dict[str, str]:
    return {name: each.mac for name, each in pod.interfaces.items() if each.mac}


def _subnets(node: Node) -> Iterator[str]:
    """Yield the networks of the interfaces with the node's addresses (OVN: breth0), else the underlay's."""
    underlay = [each for each in node.interfaces.values() if each.role in _UNDERLAY]
    ours = [each for each in node.interfaces.values() if _has(each, node.addresses)] or underlay
    networks = (values.cidr_text(values.cidr(each)) for at in ours for each in at.addresses if "/" in each)
    yield from dict.fromkeys(networks)


def _has(interface: Interface, addresses: tuple[str, ...]) -> bool:
    return any(_bare(each) in addresses for each in interface.addresses)
