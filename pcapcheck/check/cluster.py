"""`$cluster.…`: what the topology says of the whole network, as matchers compare it.

Takes a topology and the name behind `$cluster.`, gives numbers and networks; none where the topology does not say.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pcapcheck.topology.topology import Role, Topology
from pcapcheck.values import Span, cidr, mac_number


def cluster_values(topology: Topology, name: str) -> tuple[int | Span, ...]:
    """Return the values of `$cluster.<name>`; none if there is no such name. Networks and addresses are spans."""
    read = _NAMES.get(name)
    return tuple(dict.fromkeys(read(topology))) if read else ()


def cluster_names() -> tuple[str, ...]:
    """Return the names that may stand behind `$cluster.`."""
    return tuple(_NAMES)


def _pod_networks(topology: Topology) -> Iterator[Span]:
    """The pods' networks, the nodes' parts of them, and addresses of pods: whichever are known."""
    yield from map(cidr, topology.pod_cidrs)
    for node in topology.nodes.values():
        yield from map(cidr, node.pod_cidrs)
    for pod in topology.pods.values():
        yield from map(cidr, () if pod.host_network else pod.addresses)


def _service_networks(topology: Topology) -> Iterator[Span]:
    yield from map(cidr, topology.service_cidrs)
    for service in topology.services.values():
        yield from map(cidr, service.addresses)


def _node_addresses(topology: Topology) -> Iterator[Span]:
    for node in topology.nodes.values():
        yield from map(cidr, node.addresses)


def _uplink_macs(topology: Topology) -> Iterator[int]:
    for node in topology.nodes.values():
        yield from (mac_number(each.mac) for each in node.of_role(Role.UPLINK) if each.mac)


_NAMES: Final[Mapping[str, Callable[[Topology], Iterator[int | Span]]]] = {
    "pod_cidr": _pod_networks,
    "service_cidr": _service_networks,
    "node_addresses": _node_addresses,
    "uplink_macs": _uplink_macs,
}
