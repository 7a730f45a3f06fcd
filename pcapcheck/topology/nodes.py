"""The nodes of a topology file, their interfaces and routes."""

from dataclasses import replace

from pcapcheck.topology.part import Part
from pcapcheck.topology.topology import Interface, Node, Role, Route

PARAMETERS = ("type", "mode", "vlan", "vni", "port", "vsid", "flow_id", "key", "local", "remote", "fdb")


def read_node(name: str, part: Part) -> Node:
    """Return the node that `part` describes; its addresses come from the uplinks if it names none."""
    interfaces = {each: read_interface(each, inner) for each, inner in part.parts("interfaces")}
    addresses = part.addresses("addresses") or tuple(
        address for each in interfaces.values() if each.role == Role.UPLINK for address in each.addresses
    )
    return Node(
        name=name,
        addresses=tuple(each.partition("/")[0] for each in addresses),
        pod_cidrs=part.networks("pod_cidr"),
        interfaces=_on_bridges(interfaces),
        routes=tuple(_route(each) for each in part.listed("routes")),
    )


def read_interface(name: str, part: Part, role: Role | None = None) -> Interface:
    """Return the interface that `part` describes; `role` where the file need not say one."""
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
        parameters=part.rest(PARAMETERS),
    )


def _route(part: Part) -> Route:
    to = part.text("to")
    return Route(
        to=to if to == "default" else "".join(part.networks("to")),
        via=part.address("via"),
        interface=part.get("dev"),
    )


def _on_bridges(interfaces: dict[str, Interface]) -> dict[str, Interface]:
    """Give every veth that names no bridge the node's only one."""
    bridges = [each.name for each in interfaces.values() if each.role == Role.BRIDGE]
    if len(bridges) != 1:
        return interfaces
    return {
        name: replace(each, bridge=bridges[0]) if each.role == Role.VETH and each.bridge is None else each
        for name, each in interfaces.items()
    }
