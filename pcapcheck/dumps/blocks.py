"""The pod networks of nodes and of the cluster, concluded from routes, bridges and addresses of pods.

Takes the members; gives the blocks of each node and the cluster's networks. What Kubernetes or the CNI says
counts first.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.documents import values
from pcapcheck.dumps.host import Host
from pcapcheck.dumps.members import Members
from pcapcheck.topology.topology import Node, Role

_ROUTED: Final = frozenset(each.devices[0] for each in TUNNELS if each.routed_networks)
_STEP: Final = 8  # a guessed network is widened to a multiple of this prefix length


def blocks_of(members: Members) -> dict[str, tuple[str, ...]]:
    """Return the blocks of each node.

    The first source that has any counts: Kubernetes or the CNI, Calico's blackhole routes, the node's
    bridges, the routes of other nodes to it.
    """
    routed = _routed(members)
    return {
        name: _first_of_each_family(
            node.pod_cidrs,
            _blackholes(members.hosts.get(name)),
            _bridged(node, members),
            tuple(routed.get(name, ())),
            _of_pods(members.lengths.get(name, ())),
            _of_cilium(members.hosts.get(name)),
        )
        for name, node in members.nodes.items()
    }


def cluster_networks(
    blocks: Iterable[tuple[str, ...]], told: Iterable[str], members: Members
) -> tuple[str, ...]:
    """Return the pod networks of the cluster.

    The first source that has any counts: Kubernetes or the CNI; each block, where pods are in the nodes'
    networks; the smallest route that holds all blocks; the smallest network around them.
    """
    spans = list(dict.fromkeys(values.cidr(each) for several in blocks for each in several))
    if any(pod.type and pod.mode != "l3" for pod in members.pods.values()):
        return tuple(values.cidr_text(each) for each in spans)
    wide = [values.cidr(each) for host in members.hosts.values() for each in _destinations(host)]
    guessed = []
    for bits in (32, 128):
        family = [each for each in spans if each.bits == bits]
        fitting = [
            each for each in wide if each.bits == bits and all(_holds(each, other) for other in family)
        ]
        if family:
            span = min(fitting, key=lambda each: each.high - each.low) if fitting else _around(family)
            guessed.append(values.cidr_text(span))
    return _first_of_each_family(tuple(told), tuple(guessed))


def _first_of_each_family(*sources: tuple[str, ...]) -> tuple[str, ...]:
    """Return the IPv4 networks of the first source that has any, and the IPv6 networks likewise."""
    found: dict[bool, tuple[str, ...]] = {}
    for source in sources:
        for six in (False, True):
            networks = tuple(dict.fromkeys(each for each in source if (":" in each) == six))
            if networks:
                found.setdefault(six, networks)
    return found.get(False, ()) + found.get(True, ())


def _of_cilium(host: Host | None) -> tuple[str, ...]:
    """Return the block around Cilium's own address: /24 is its default (cluster-pool-ipv4-mask-size)."""
    link = host.links.get("cilium_host") if host else None
    return tuple(
        values.cidr_text(values.cidr(f"{each.partition('/')[0]}/24"))
        for each in (link.addresses if link else ())
        if ":" not in each
    )


def _blackholes(host: Host | None) -> tuple[str, ...]:
    rows = host.routes if host else ()
    return tuple(
        dict.fromkeys(
            str(row["dst"]) for row in rows if row.get("type") == "blackhole" and "/" in str(row["dst"])
        )
    )


def _bridged(node: Node, members: Members) -> tuple[str, ...]:
    """Return the networks of bridges to which pods are connected."""
    ports = {each.bridge for each in node.of_role(Role.VETH)}
    bridges = [each for each in node.of_role(Role.BRIDGE) if each.name in ports]
    return tuple(
        dict.fromkeys(values.cidr_text(values.cidr(each)) for at in bridges for each in at.addresses)
    )


def _routed(members: Members) -> dict[str, list[str]]:
    """Return for each node the networks that other nodes route to it."""
    owners = {
        address.partition("/")[0]: name
        for name, node in members.nodes.items()
        for interface in node.interfaces.values()
        if interface.role in (Role.UPLINK, Role.VLAN, Role.VTEP, Role.TUNNEL)
        for address in interface.addresses
    }
    found: dict[str, dict[str, None]] = {}
    for name, host in members.hosts.items():
        for row in host.routes:
            network, owner = str(row.get("dst")), owners.get(str(row.get("gateway")))
            if owner and owner != name and "/" in network:
                found.setdefault(owner, {})[network] = None
    return {name: list(networks) for name, networks in found.items()}


def _of_pods(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the networks of the pods' own prefix lengths, unless these are host routes."""
    spans = (values.cidr(each) for each in addresses)
    return tuple(dict.fromkeys(values.cidr_text(each) for each in spans if each.high > each.low))


def _destinations(host: Host) -> Iterator[str]:
    """Yield the networks that a host routes into a tunnel as a whole (flannel's and Calico's)."""
    for row in host.routes:
        link = host.links.get(str(row.get("dev")))
        if "/" in str(row["dst"]) and link and link.kind in _ROUTED:
            yield str(row["dst"])


def _holds(outer: values.Span, inner: values.Span) -> bool:
    return outer.low <= inner.low and inner.high <= outer.high


def _around(spans: list[values.Span]) -> values.Span:
    """Return the network around all spans, widened to a whole byte; one span is its own network."""
    low, high, bits = min(each.low for each in spans), max(each.high for each in spans), spans[0].bits
    if all(each == spans[0] for each in spans):
        return spans[0]
    host = -(-(low ^ high).bit_length() // _STEP) * _STEP
    host = max(host, 16 if bits == 32 else 64)
    return values.Span(low >> host << host, low | (1 << host) - 1, bits)


def apply_blocks(nodes: Mapping[str, Node], blocks: Mapping[str, tuple[str, ...]]) -> dict[str, Node]:
    """Return the nodes with their blocks."""
    return {
        name: Node(name, node.addresses, blocks.get(name, ()), node.interfaces, node.routes)
        for name, node in nodes.items()
    }
