"""`$cluster.…`: what the topology says of the whole network, as matchers compare it.

Takes a topology and the name behind `$cluster.`, gives numbers and networks; none where it does not say.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from pcapcheck.topology.topology import Role, Topology
from pcapcheck.values import Span, cidr, mac_number


def cluster_values(topology: Topology, name: str) -> tuple[int | Span, ...]:
    """Return the values of `$cluster.<name>`; none if there is no such name. Networks are spans."""
    read = _NAMES.get(name)
    return tuple(dict.fromkeys(read(topology))) if read else ()


def cluster_names() -> tuple[str, ...]:
    """Return the names that may stand behind `$cluster.`."""
    return tuple(_NAMES)


def _pod_networks(topology: Topology) -> Iterator[Span]:
    """Yield the pods' networks; else the nodes' parts of them, else the pods' addresses."""
    nodes = [network for node in topology.nodes.values() for network in node.pod_cidrs]
    pods = [address for pod in topology.pods.values() if not pod.host_network for address in pod.addresses]
    yield from map(cidr, topology.pod_cidrs or nodes or pods)


def _service_networks(topology: Topology) -> Iterator[Span]:
    services = [address for service in topology.services.values() for address in service.addresses]
    yield from map(cidr, topology.service_cidrs or services)


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
