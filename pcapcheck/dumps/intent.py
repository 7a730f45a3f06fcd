"""The intended values where nodes differ: the value of most nodes, or the usual one of the back-end.

The dump of a broken cluster contains the fault. A topology must contain the intention, or no check would
find the fault. Each choice is noted.
"""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Final

from pcapcheck.topology.interfacenames import belongs
from pcapcheck.topology.topology import Interface, Node, Role

_JUDGED: Final = ("vni", "port", "vsid", "flow_id", "key", "vlan")
# Where as many nodes have one value as another: flannel's, Calico's and the standards' own numbers.
_USUAL: Final[dict[str, tuple[Hashable, ...]]] = {"vni": (1, 4096), "port": (8472, 4789, 6081, 51820)}
_CALICO: Final = "ee:ee:ee:ee:ee:ee"  # felix, dataplane/linux/endpoint_mgr.go
_OF_THE_CLUSTER: Final = frozenset({Role.VTEP, Role.TUNNEL, Role.BRIDGE, Role.VLAN})


def intended(nodes: Mapping[str, Node]) -> tuple[dict[str, Node], list[str]]:
    """Return the nodes with the intended values, and a note for each node that differs."""
    notes: list[str] = []
    changed = dict(nodes)
    names = dict.fromkeys(each.name for node in nodes.values() for each in node.interfaces.values())
    for name in names:
        having = {node.name: node.interfaces[name] for node in nodes.values() if name in node.interfaces}
        if len(having) > 1 and all(each.role in _OF_THE_CLUSTER for each in having.values()):
            for key in (*_JUDGED, "mtu"):
                _agree(changed, having, name, key, notes)
    _calico_macs(changed, notes)
    return changed, notes


def _agree(
    nodes: dict[str, Node], having: Mapping[str, Interface], interface: str, key: str, notes: list[str]
) -> None:
    """Give all nodes the intended value of a number of an interface; a node without it differs too."""
    found = {node: _value(each, key) for node, each in having.items()}
    if len(set(found.values())) < 2:
        return
    meant = _most(found, key)
    for node, value in found.items():
        if value != meant:
            has = f"has {key} {value}" if value is not None else f"has no {key}"
            notes.append(f"{node}: {interface} {has}; {meant} is assumed to be intended")
            _set(nodes, node, interface, key, meant)


def _set(nodes: dict[str, Node], node: str, interface: str, key: str, value: object) -> None:
    interfaces = dict(nodes[node].interfaces)
    interfaces[interface] = _with(interfaces[interface], key, value)
    nodes[node] = replace(nodes[node], interfaces=interfaces)


def _most(found: Mapping[str, object], key: str) -> object:
    """Return the value of most nodes; among equals the usual one, else the first (the larger MTU)."""
    counts = Counter(value for value in found.values() if value is not None)
    best = [value for value, count in counts.items() if count == max(counts.values())]
    usual = [value for value in best if value in _USUAL.get(key, ())]
    if usual or key != "mtu":
        return (usual or best)[0]
    return max(best, key=lambda value: value if isinstance(value, int) else 0)


def _calico_macs(nodes: dict[str, Node], notes: list[str]) -> None:
    """Give the host end of each pod the MAC that Calico gives it."""
    for name, node in list(nodes.items()):
        for each in node.of_role(Role.VETH):
            if belongs(each.name, "calico") and each.mac != _CALICO:
                notes.append(
                    f"{name}: {each.name} has the MAC {each.mac}; {_CALICO} is assumed to be intended"
                )
                interfaces = {**nodes[name].interfaces, each.name: replace(each, mac=_CALICO)}
                nodes[name] = replace(nodes[name], interfaces=interfaces)


def _value(interface: Interface, key: str) -> object:
    return interface.mtu if key == "mtu" else interface.parameters.get(key)


def _with(interface: Interface, key: str, value: object) -> Interface:
    if key == "mtu" and isinstance(value, int):
        return replace(interface, mtu=value)
    return replace(interface, parameters={**interface.parameters, key: value})
