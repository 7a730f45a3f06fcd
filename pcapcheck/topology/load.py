"""Loads a topology file: YAML in, a Topology out.

Every name that refers to another part (a pod's node, a veth's pod, a capture's node) must exist; if it does
not, an InputError gives its place and the nearest name. Whether the network makes sense is for
`contradictions`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pcapcheck.documents.cursor import Cursor
from pcapcheck.documents.document import Document
from pcapcheck.documents.values import network
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.topology.topology import (
    Accepted,
    CaptureEntry,
    Expectation,
    Interface,
    Node,
    Pod,
    Role,
    Route,
    Service,
    ServicePort,
    Topology,
)


def load_topology(path: str | Path, shown: str | None = None) -> Topology:
    """Read a topology file; `shown` is its name in reports, if that is not its path.

    Raises:
        InputError: it cannot be read, or says something that is unknown or contradicts its schema.
    """
    return read_topology(Document.load(path, shown))


def read_topology(document: Document) -> Topology:
    """Return the Topology of a YAML document.

    Raises:
        InputError: it says something that is unknown or contradicts its schema.
    """
    document.validate("topology")
    root = Cursor.top(document)
    nodes = {name: read_node(name, part) for name, part in root.at("nodes").items()}
    pods = {name: read_pod(name, part, nodes) for name, part in root.at("pods").items()}
    services = {name: read_service(name, part) for name, part in root.at("services").items()}
    _check_interfaces(root, nodes, pods)
    cluster = root.at("cluster")
    return Topology(
        profile=cluster.get("profile"),
        pod_cidrs=cluster.networks("pod_cidr"),
        service_cidrs=cluster.networks("service_cidr"),
        parameters=_parameters(cluster),
        nodes=nodes,
        pods=pods,
        services=services,
        routers=_routers(root),
        external=root.networks("external"),
        captures=tuple(_captures(root, nodes, pods)),
        traffic=tuple(_expectation(part, nodes, pods, services) for part in root.at("traffic").each()),
        accepted=tuple(
            Accepted(part.text("id"), part.text("comment", "")) for part in root.at("accepted").each()
        ),
        source=document.path,
    )


def _parameters(cluster: Cursor) -> dict[str, object]:
    """Return the profile's parameters; `nat_outgoing` is what Calico calls the parameter `masquerade`."""
    parameters = dict(cluster.get("parameters") or {})
    if cluster.get("nat_outgoing") is not None:
        parameters.setdefault("masquerade", cluster.get("nat_outgoing"))
    return parameters


def _routers(root: Cursor) -> dict[str, str]:
    routers: dict[str, str] = {}
    for name, part in root.at("routers").items():
        try:
            subnet = network(name)
        except ValueError as error:
            raise part.key_error(str(error), "give the router's subnet") from None
        names = (subnet, *(each.partition("/")[0] for each in part.addresses("addresses")))
        routers |= dict.fromkeys(names, part.mac("mac") or "")
    return routers


def _check_interfaces(root: Cursor, nodes: dict[str, Node], pods: dict[str, Pod]) -> None:
    """Check names in interfaces and routes; they may refer to pods, which are read after the nodes."""
    for node_name in nodes:
        node = root.at("nodes").at(node_name)
        interfaces = node.get("interfaces") or {}
        for interface_name in interfaces:
            interface = node.at("interfaces").at(interface_name)
            _name(interface, "pod", pods, "pod")
            for key in ("bridge", "parent"):
                _name(interface, key, interfaces, "interface")
        for route in node.at("routes").each():
            _name(route, "dev", interfaces, "interface")


def _captures(root: Cursor, nodes: dict[str, Node], pods: dict[str, Pod]) -> list[CaptureEntry]:
    return [
        _capture(pattern, part, nodes, pods)
        for pattern, entries in root.at("captures").items()
        for part in entries.one_or_each()
    ]


def _capture(pattern: str, part: Cursor, nodes: dict[str, Node], pods: dict[str, Pod]) -> CaptureEntry:
    node, pod = _name(part, "node", nodes, "node"), _name(part, "pod", pods, "pod")
    if node is None and pod is None:
        raise part.error("neither `node:` nor `pod:` says where it was captured", "add one of the two")
    start, end = part.time("start"), part.time("end")
    if start is not None and end is not None and start > end:
        raise part.at("end").error("the capture ends before it starts", "exchange `start:` and `end:`")
    interface = part.text("interface", "eth0" if node is None else "")
    return CaptureEntry(pattern, node, pod, interface, start, end, part.get("dropped"), part.get("clock"))


def _expectation(
    part: Cursor, nodes: dict[str, Node], pods: dict[str, Pod], services: dict[str, Service]
) -> Expectation:
    for key in ("from", "to"):
        _check_end(part, key, {**nodes, **pods, **services})
    protocol = part.get("protocol")
    return Expectation(
        source=part.text("from"),
        destination=part.text("to"),
        protocol=protocol and protocol.lower(),
        port=part.get("port"),
        expect=part.text("expect"),
    )


def _check_end(part: Cursor, key: str, known: dict[str, object]) -> None:
    """Check that an end of `traffic:` is a name of this topology, an address or a network."""
    found = part.text(key)
    if found in known:
        return
    try:
        network(found)
    except ValueError:
        raise _unknown(part.at(key), found, known, "pod") from None


def _name(part: Cursor, key: str, known: Mapping[str, object], what: str) -> str | None:
    """Return the name under a key, which must be one of the topology's nodes, pods or interfaces."""
    found: str | None = part.get(key)
    if found is None or found in known:
        return found
    raise _unknown(part.at(key), found, known, what)


def _unknown(part: Cursor, found: str, known: Iterable[str], what: str) -> InputError:
    """Return the error that the topology has no node, pod or interface of this name."""
    same = [each for each in known if each.endswith(f"/{found}")]  # the namespace was left out
    fix = did_you_mean(same[0] if same else found, known, f"add it under `{what}s:`")
    return part.error(f"`{found}` is not among the {what}s of this topology", fix)


PARAMETERS = ("type", "mode", "vlan", "vni", "port", "vsid", "flow_id", "key", "local", "remote", "fdb")


def read_node(name: str, part: Cursor) -> Node:
    """Return the node that `part` describes; without `addresses:` it has those of its uplinks."""
    interfaces = {each: read_interface(each, inner) for each, inner in part.at("interfaces").items()}
    addresses = part.addresses("addresses") or tuple(
        address for each in interfaces.values() if each.role == Role.UPLINK for address in each.addresses
    )
    return Node(
        name=name,
        addresses=tuple(each.partition("/")[0] for each in addresses),
        pod_cidrs=part.networks("pod_cidr"),
        interfaces=_on_bridges(interfaces),
        routes=tuple(_route(each) for each in part.at("routes").each()),
    )


def read_interface(name: str, part: Cursor, role: Role | None = None) -> Interface:
    """Return the interface that `part` describes; `role` is the default where the file need not give one."""
    return Interface(
        name=name,
        role=Role(part.get("kind")) if part.get("kind") or role is None else role,
        mac=part.mac("mac"),
        addresses=part.addresses("addresses"),
        mtu=part.get("mtu"),
        ifindex=part.get("ifindex"),
        pod=part.get("pod"),
        bridge=part.get("bridge"),
        parent=part.get("parent"),
        parameters={key: part.get(key) for key in PARAMETERS if part.get(key) is not None},
    )


def _route(part: Cursor) -> Route:
    to = part.text("to")
    return Route(
        to=to if to == "default" else "".join(part.networks("to")),
        via=part.address("via"),
        interface=part.get("dev"),
    )


def _on_bridges(interfaces: dict[str, Interface]) -> dict[str, Interface]:
    """Attach every veth that names no bridge to the node's bridge, if it has exactly one."""
    bridges = [each.name for each in interfaces.values() if each.role == Role.BRIDGE]
    if len(bridges) != 1:
        return interfaces
    return {
        name: replace(each, bridge=bridges[0]) if each.role == Role.VETH and each.bridge is None else each
        for name, each in interfaces.items()
    }


def read_pod(name: str, part: Cursor, nodes: Mapping[str, Node]) -> Pod:
    """Return the pod that `part` describes; on the host network it has its node's addresses by default.

    A pod need not name its node.
    """
    node = _name(part, "node", nodes, "node") or ""
    home = nodes.get(node) or Node(node)
    host_network = part.get("host_network") is True
    if host_network and not node:
        raise part.at("host_network").error("a pod on the host network needs its node", "add `node:`")
    addresses = _addresses(part)
    gateway = part.at("gateway")
    return Pod(
        name=name,
        node=node,
        addresses=addresses or (home.addresses if host_network else ()),
        mac=part.mac("mac"),
        interface=part.text("interface", "eth0"),
        interfaces=dict(_interfaces(part)),
        host_network=host_network,
        type=part.get("type"),
        mode=part.get("mode"),
        parent=_of_node(part, "parent", home),
        leaves_by=_of_node(part, "leaves_by", home),
        identity=part.get("identity"),
        vni=part.get("vni"),
        gateway_ip=gateway.address("ip"),
        gateway_mac=gateway.mac("mac"),
        mtu=part.get("mtu"),
    )


def _addresses(part: Cursor) -> tuple[str, ...]:
    """Return `address:` and then the others of `addresses:`, without prefix lengths."""
    listed = (each.partition("/")[0] for each in part.addresses("addresses"))
    first = part.address("address")
    return tuple(dict.fromkeys((first, *listed) if first else listed))


def _interfaces(part: Cursor) -> list[tuple[str, Interface]]:
    found = []
    for name, inner in part.at("interfaces").items():
        interface = read_interface(name, inner, Role.POD)
        address = inner.address("address")
        if address and address not in {each.partition("/")[0] for each in interface.addresses}:
            interface = replace(interface, addresses=(address, *interface.addresses))
        found.append((name, interface))
    return found


def _of_node(part: Cursor, key: str, node: Node) -> str | None:
    """Return the interface of the pod's node that a key names; it must exist if any interface is listed."""
    return _name(part, key, node.interfaces, "interface") if node.interfaces else part.get(key)


def read_service(name: str, part: Cursor) -> Service:
    """Return the service that `part` describes.

    Without `endpoints:` they are unknown, while an empty list means that no endpoint is ready.
    """
    first = part.address("address")
    others = [each.partition("/")[0] for each in part.addresses("addresses")]
    ports = tuple(_port(each) for each in part.at("ports").each())
    return Service(
        name=name,
        addresses=tuple(dict.fromkeys([first, *others] if first else others)),
        ports=ports,
        endpoints=None if part.get("endpoints") is None else part.endpoints("endpoints"),
        external_ips=tuple(each.partition("/")[0] for each in part.addresses("external_ips")),
        type=part.text("type", "NodePort" if any(each.node_port for each in ports) else "ClusterIP"),
        external_traffic_policy=part.text("external_traffic_policy", "Cluster"),
    )


def _port(part: Cursor) -> ServicePort:
    return ServicePort(part.get("port"), part.text("protocol", "tcp").lower(), part.get("node_port"))
