"""Load a topology file: YAML in, a Topology out.

Every name that refers to another part (a pod's node, a veth's pod, a capture's node) must exist; a mistake is
an InputError with its place and the nearest name. It does not judge whether the network makes sense: that is
`check`.
"""

from pathlib import Path

from pcapcheck import yamlfile
from pcapcheck.topology.nodes import read_node
from pcapcheck.topology.part import Part, network
from pcapcheck.topology.pods import read_pod
from pcapcheck.topology.services import read_service
from pcapcheck.topology.topology import CaptureEntry, Expectation, Node, Pod, Service, Topology


def load_topology(path: str | Path, shown: str | None = None) -> Topology:
    """Read a topology file, which reports call `shown`: its path, if there is no other name.

    Raises:
        InputError: it cannot be read, or says something that is unknown or contradicts its schema.
    """
    return read_topology(yamlfile.load(path, shown))


def read_topology(document: yamlfile.Document) -> Topology:
    """Return the Topology of a YAML document.

    Raises:
        InputError: it says something that is unknown or contradicts its schema.
    """
    yamlfile.validate(document, "topology")
    root = Part(document)
    nodes = {name: read_node(name, part) for name, part in root.parts("nodes")}
    pods = {name: read_pod(name, part, nodes) for name, part in root.parts("pods")}
    services = {name: read_service(name, part) for name, part in root.parts("services")}
    _check_interfaces(root, nodes, pods)
    cluster = root.part("cluster")
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
        traffic=tuple(_expectation(part, nodes, pods, services) for part in root.listed("traffic")),
        source=document.path,
    )


def _parameters(cluster: Part) -> dict[str, object]:
    """Return the profile's parameters; `nat_outgoing` is the parameter `masquerade` by its Calico name."""
    parameters = dict(cluster.get("parameters") or {})
    if cluster.get("nat_outgoing") is not None:
        parameters.setdefault("masquerade", cluster.get("nat_outgoing"))
    return parameters


def _routers(root: Part) -> dict[str, str]:
    routers: dict[str, str] = {}
    for name, part in root.parts("routers"):
        try:
            subnet = network(name)
        except ValueError as error:
            raise part.document.key_place(*part.keys).error(str(error), "give the router's subnet") from None
        names = (subnet, *(each.partition("/")[0] for each in part.addresses("addresses")))
        routers |= dict.fromkeys(names, part.mac("mac") or "")
    return routers


def _check_interfaces(root: Part, nodes: dict[str, Node], pods: dict[str, Pod]) -> None:
    """Check the names that interfaces refer to, once all parts are known."""
    for _, node in root.parts("nodes"):
        interfaces = node.get("interfaces") or {}
        for _, interface in node.parts("interfaces"):
            interface.name("pod", pods, "pod")
            for key in ("bridge", "parent"):
                interface.name(key, interfaces, "interface")
        for route in node.listed("routes"):
            route.name("dev", interfaces, "interface")


def _captures(root: Part, nodes: dict[str, Node], pods: dict[str, Pod]) -> list[CaptureEntry]:
    entries = root.part("captures")
    return [_capture(name, part, nodes, pods) for name in entries.data for part in entries.listed(name)]


def _capture(pattern: str, part: Part, nodes: dict[str, Node], pods: dict[str, Pod]) -> CaptureEntry:
    node, pod = part.name("node", nodes, "node"), part.name("pod", pods, "pod")
    if node is None and pod is None:
        place = part.document.place(*part.keys)
        raise place.error("neither `node:` nor `pod:` says where it was captured", "add one of the two")
    start, end = part.time("start"), part.time("end")
    if start is not None and end is not None and start > end:
        raise part.error("end", "the capture ends before it starts", "exchange `start:` and `end:`")
    interface = part.text("interface", "eth0" if node is None else "")
    return CaptureEntry(pattern, node, pod, interface, start, end, part.get("dropped"), part.get("clock"))


def _expectation(
    part: Part, nodes: dict[str, Node], pods: dict[str, Pod], services: dict[str, Service]
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


def _check_end(part: Part, key: str, known: dict[str, object]) -> None:
    """Check that an end of `traffic:` is a name of this topology, an address or a network."""
    found = part.text(key)
    if found in known:
        return
    try:
        network(found)
    except ValueError:
        raise part.unknown(key, found, known, "pod") from None
