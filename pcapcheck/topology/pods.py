"""The pods of a topology file."""

from collections.abc import Mapping
from dataclasses import replace

from pcapcheck.topology.nodes import read_interface
from pcapcheck.topology.part import Part
from pcapcheck.topology.topology import Interface, Node, Pod, Role


def read_pod(name: str, part: Part, nodes: Mapping[str, Node]) -> Pod:
    """Return the pod that `part` describes; on the host network it has its node's addresses by default.

    It may live on a node that is not known.
    """
    node = part.name("node", nodes, "node") or ""
    home = nodes.get(node) or Node(node)
    host_network = part.get("host_network") is True
    if host_network and not node:
        raise part.error("host_network", "a pod on the host network needs its node", "add `node:`")
    addresses = _addresses(part)
    gateway = part.part("gateway")
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
        parent=_parent(part, home),
        identity=part.get("identity"),
        vni=part.get("vni"),
        gateway_ip=gateway.address("ip"),
        gateway_mac=gateway.mac("mac"),
        mtu=part.get("mtu"),
    )


def _addresses(part: Part) -> tuple[str, ...]:
    """Return `address:` and then the others of `addresses:`, without prefix lengths."""
    listed = (each.partition("/")[0] for each in part.addresses("addresses"))
    first = part.address("address")
    return tuple(dict.fromkeys((first, *listed) if first else listed))


def _interfaces(part: Part) -> list[tuple[str, Interface]]:
    found = []
    for name, inner in part.parts("interfaces"):
        interface = read_interface(name, inner, Role.POD)
        address = inner.address("address")
        if address and address not in {each.partition("/")[0] for each in interface.addresses}:
            interface = replace(interface, addresses=(address, *interface.addresses))
        found.append((name, interface))
    return found


def _parent(part: Part, node: Node) -> str | None:
    """Return the node's interface under a macvlan or ipvlan pod; the file must know it if it knows any."""
    return part.name("parent", node.interfaces, "interface") if node.interfaces else part.get("parent")
