"""Names in rules whose values come from the topology, such as `$destination.node.vtep.mac` and `$here.mac`.

An address or a capture point and the rest of the name give the values; there are none where the topology does
not say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from pcapcheck.documents import values
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import Interface, Node, OwnerKind, Pod, Role, Topology

Values = tuple[object, ...]
_OF_POD: Final = ("mac", "vni", "identity", "name", "gateway_mac")  # the last one only where a file says it


class Names:
    """The values of names for the ends and hops of flows.

    `gateway_mac` is the MAC that the profile gives every pod for its gateway, if there is one.
    """

    def __init__(self, topology: Topology, gateway_mac: object) -> None:
        self._topology = topology
        self._owners = Owners(topology)
        self._gateway_mac = gateway_mac
        self.of_address = cache(self._of_address)
        self.of_point = cache(self._of_point)

    def _of_address(self, address: str | None, name: str) -> Values:
        """Return the values of `$source.…` or `$destination.…` for the owner of an address."""
        if address is None:
            return ()
        if name == "address":
            return (address,)
        owner = self._owners.of(address)
        part, _, rest = name.partition(".")
        node = self._topology.nodes.get(owner.node or "")
        if part == "node" and node:
            return self._of_node(node, rest)
        pod = self._topology.pods.get(owner.name or "") if owner.kind == OwnerKind.POD else None
        if pod is None:
            return ()
        return (
            self._of_pod(pod, rest)
            if part == "pod"
            else self._gateway(pod, rest)
            if part == "gateway"
            else ()
        )

    def of_cluster(self, name: str) -> Values:
        """Return the values of `$cluster.<name>`: networks as spans, addresses, MACs."""
        read = OF_CLUSTER.get(name)
        return tuple(dict.fromkeys(read(self._topology))) if read else ()

    def _of_point(self, point: tuple[str | None, str] | None, name: str) -> Values:
        """Return the values of `$here.…` for an interface of a node."""
        node = self._topology.nodes.get(point[0] or "") if point else None
        if node is None or point is None:
            return ()
        part, _, rest = name.partition(".")
        interface = node.interfaces.get(point[1])
        if part == "node":
            return self._of_node(node, rest)
        if part == "pod":
            pod = self._topology.pods.get((interface.pod if interface else None) or "")
            return self._of_pod(pod, rest) if pod else ()
        return _of_interface(interface, name) if interface else ()

    @staticmethod
    def _of_node(node: Node, name: str) -> Values:
        """Return `addresses`, `underlay_addresses`, or `ROLE.attribute` of every interface of that role.

        The underlay's addresses are those of the node and of its uplinks and VLANs: where no address is set,
        the kernel chooses one of them by the route.
        """
        if name == "addresses":
            return node.addresses
        if name == "underlay_addresses":
            wires = (*node.of_role(Role.UPLINK), *node.of_role(Role.VLAN))
            return (*node.addresses, *_all(each.addresses for each in wires))
        if name == "name":
            return (node.name,)
        role, _, attribute = name.partition(".")
        return _all(_of_interface(each, attribute) for each in node.of_role(role))

    def _of_pod(self, pod: Pod, name: str) -> Values:
        """Return an attribute of a pod; `uplink_mac` is the MAC of the interface that it leaves by."""
        if name in ("address", "addresses"):
            return pod.addresses
        if name == "uplink_mac":
            node = self._topology.nodes.get(pod.node)
            uplink = node.interfaces.get(pod.leaves_by or "") if node else None
            return _of_interface(uplink, "mac") if uplink else ()
        value = getattr(pod, name, None) if name in _OF_POD else None
        return () if value is None else (value,)

    def _gateway(self, pod: Pod, name: str) -> Values:
        """Return the gateway of a pod: its own, else the profile's, its bridge's or its veth's."""
        if name == "ip":
            return (pod.gateway_ip,) if pod.gateway_ip else ()
        if pod.gateway_mac or self._gateway_mac:
            return (pod.gateway_mac or self._gateway_mac,)
        node = self._topology.nodes.get(pod.node)
        if node is None:
            return ()
        veths = [each for each in node.of_role(Role.VETH) if each.pod == pod.name]
        bridges = [
            each for each in node.of_role(Role.BRIDGE) if not veths or veths[0].bridge in (None, each.name)
        ]
        return _all(_of_interface(each, name) for each in bridges or veths)


def _pod_networks(topology: Topology) -> Iterator[object]:
    """Yield the pod networks: the cluster's, else those of the nodes, else the addresses of the pods."""
    nodes = [network for node in topology.nodes.values() for network in node.pod_cidrs]
    pods = [address for pod in topology.pods.values() if not pod.host_network for address in pod.addresses]
    return map(values.cidr, topology.pod_cidrs or nodes or pods)


def _service_networks(topology: Topology) -> Iterator[object]:
    """Yield the service networks, or without them the addresses of the services."""
    services = [address for service in topology.services.values() for address in service.addresses]
    return map(values.cidr, topology.service_cidrs or services)


def _node_addresses(topology: Topology) -> Iterator[object]:
    return (address for node in topology.nodes.values() for address in node.addresses)


def _uplink_macs(topology: Topology) -> Iterator[object]:
    uplinks = (each for node in topology.nodes.values() for each in node.of_role(Role.UPLINK))
    return (each.mac for each in uplinks if each.mac)


# What may stand behind `$cluster.`, and where the topology says it.
OF_CLUSTER: Final[Mapping[str, Callable[[Topology], Iterator[object]]]] = {
    "pod_cidr": _pod_networks,
    "service_cidr": _service_networks,
    "node_addresses": _node_addresses,
    "uplink_macs": _uplink_macs,
}


def _of_interface(interface: Interface, name: str) -> Values:
    """Return `mac`, `addresses`, `mtu`, or a parameter such as `vni`."""
    if name in ("address", "addresses"):
        return interface.addresses
    value = getattr(interface, name) if name in ("mac", "mtu", "name") else interface.parameters.get(name)
    return () if value is None else (value,)


def _all(parts: Iterable[Values]) -> Values:
    return tuple(value for part in parts for value in part)
