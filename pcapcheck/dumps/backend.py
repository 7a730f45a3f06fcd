"""The CNI back-end of a cluster, recognised by its interfaces and routes: the profile and its parameters.

Takes the nodes, their hosts and pods; gives a profile's name, its parameters, and notes on what is odd.
Names are those of the rule files.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from pcapcheck.decode.tunnels import TUNNELS, UDP_FIRST
from pcapcheck.documents import values
from pcapcheck.documents.shipped import profile_names
from pcapcheck.dumps.host import Host
from pcapcheck.topology.devices import InterfaceName
from pcapcheck.topology.interfacenames import belongs, cni_names, fits, names_of
from pcapcheck.topology.topology import Interface, Node, Pod, Role

# Of several types the rarer decides, so VXLAN is the last: its devices are made for other purposes, too.
_BY_TYPE: Final = {each.devices[0]: each.profile for each in UDP_FIRST[::-1] if each.profile}
_DIRECT: Final = {
    "flannel-vxlan": "flannel-vxlan-directrouting",
    "calico-vxlan": "calico-vxlan-crosssubnet",
    "calico-ipip": "calico-ipip-crosssubnet",
}
_TUNNELLED: Final = {direct: tunnelled for tunnelled, direct in _DIRECT.items()}
_UNDERLAY: Final = frozenset({Role.UPLINK, Role.VLAN})
_PORTS: Final = {
    device: each.port_parameter for each in TUNNELS if each.port_parameter for device in each.devices
}


class Backend:
    """The back-end of one cluster."""

    def __init__(self, nodes: Mapping[str, Node], hosts: Mapping[str, Host], pods: Mapping[str, Pod]) -> None:
        self._nodes, self._hosts, self._pods = dict(nodes), hosts, pods
        self.notes: list[str] = []
        self.profile = self._profile()

    def parameters(self, blocks: Iterable[str]) -> dict[str, object]:
        """Return the parameters that the profile's interfaces have in common."""
        found: dict[str, object] = {}
        for each in self._interfaces():
            numbers = each.parameters
            found |= {name: numbers[name] for name in ("key", "vsid", "flow_id") if name in numbers}
            if numbers.get("type") in _PORTS and "port" in numbers:
                found[_PORTS[str(numbers["type"])]] = numbers["port"]
        found |= self._several("vni", Role.VTEP, "vni", "vnis")
        found |= self._several("vlan", Role.VLAN, "vlan_id", "vlan_ids")
        modes = {pod.mode for pod in self._pods.values() if pod.type and pod.mode}
        if len(modes) == 1:
            found["mode"] = modes.pop()
        if self.profile and self.profile.startswith("calico"):
            found |= self._of_calico(list(blocks))
        return found

    def own_interfaces(self) -> dict[str, Node]:
        """Return the nodes without the tunnels of another back-end: left behind, or the fault."""
        own = names_of(_TUNNELLED.get(self.profile or "", self.profile or ""))
        if not own:
            return dict(self._nodes)
        for name, node in list(self._nodes.items()):
            tunnels = (*node.of_role(Role.VTEP), *node.of_role(Role.TUNNEL))
            foreign = {each.name for each in tunnels if not any(fits(entry, each.name) for entry in own)}
            if foreign:
                self.notes.append(
                    f"{name}: {', '.join(sorted(foreign))} is not part of {self.profile}; it is ignored"
                )
                kept = {key: each for key, each in node.interfaces.items() if key not in foreign}
                self._nodes[name] = replace(node, interfaces=kept)
        return dict(self._nodes)

    def _interfaces(self) -> list[Interface]:
        return [each for node in self._nodes.values() for each in node.interfaces.values()]

    def _profile(self) -> str | None:
        kinds = Counter(f"{pod.type}-{pod.mode}" for pod in self._pods.values() if pod.type and pod.mode)
        if len(kinds) > 1:
            self.notes.append(
                f"pods differ in type or mode: {', '.join(sorted(kinds))}; the most frequent is used"
            )
        if kinds:
            return max(kinds, key=lambda each: kinds[each])
        found = self._by_interfaces()
        return _DIRECT[found] if found in _DIRECT and self._direct() else found

    def _by_interfaces(self) -> str | None:
        """Return the profile without regard to routes."""
        ranked = [each for each in cni_names() if each.rank is not None]
        counts: Counter[str] = Counter()
        for node in self._nodes.values():
            counts.update({each.profile for each in ranked for name in node.interfaces if fits(each, name)})
        best = max(counts.values(), default=0)
        if best:
            return self._shipped(next(each for each in ranked if counts[each.profile] == best))
        interfaces = self._interfaces()
        if any(belongs(each.name, "calico") for each in interfaces):
            tunnelled = any(belongs(each.name, "calico-ipip") for each in interfaces)
            return "calico-ipip" if tunnelled else "calico-direct"
        types = [each.parameters.get("type") for each in interfaces if each.role in (Role.VTEP, Role.TUNNEL)]
        typed = next((profile for kind, profile in _BY_TYPE.items() if kind in types), None)
        return typed or self._untunnelled(interfaces)

    def _shipped(self, entry: InterfaceName) -> str | None:
        """Return the profile that a name tells; None, with a note, if no rule file describes it."""
        if entry.profile in profile_names():
            return entry.profile
        found = {name for node in self._nodes.values() for name in node.interfaces if fits(entry, name)}
        self.notes.append(
            f"{', '.join(sorted(found))}: there is no profile {entry.profile}; no profile is named"
        )
        return None

    def _untunnelled(self, interfaces: list[Interface]) -> str | None:
        if any(each.role == Role.VLAN for each in interfaces):
            return "vlan"
        bridged = any(belongs(each.name, "pod-bridge") for each in interfaces)
        return "flannel-host-gw" if bridged else None

    def _direct(self) -> bool:
        """Return whether every node routes to the pods of nodes in its own subnet without the tunnel."""
        direct: dict[str, bool] = {}
        for name, host in self._hosts.items():
            uplinks = [each for each in self._nodes[name].interfaces.values() if each.role in _UNDERLAY]
            near = [values.cidr(address) for each in uplinks for address in each.addresses]
            for row in host.routes:
                if any(_any_in(self._nodes[node].addresses, near) for node in self._led_to(name, row)):
                    by_uplink = any(each.name == row.get("dev") for each in uplinks)
                    direct[name] = direct.get(name, False) or by_uplink
        if any(direct.values()) and not all(direct.values()):
            odd = ", ".join(sorted(name for name, each in direct.items() if each))
            self.notes.append(
                f"{odd}: routes to pods of other nodes bypass the tunnel; this is assumed to be unintended"
            )
        return bool(direct) and all(direct.values())

    def _led_to(self, name: str, row: Mapping[str, Any]) -> set[str]:
        """Return the other nodes to whose pods the routes of a node lead."""
        network = str(row.get("dst"))
        if "/" not in network or not row.get("gateway") or row.get("type") not in (None, "unicast"):
            return set()
        span = values.cidr(network)
        pods = (pod for pod in self._pods.values() if pod.node != name and not pod.host_network)
        return {pod.node for pod in pods if _any_in(pod.addresses, [span])}

    def _several(self, key: str, role: Role, one: str, several: str) -> dict[str, object]:
        found = list(
            dict.fromkeys(
                each.parameters[key]
                for each in self._interfaces()
                if each.role == role and key in each.parameters
            )
        )
        return {} if not found else {one: found[0]} if len(found) == 1 else {several: found}

    def _of_calico(self, blocks: list[str]) -> dict[str, object]:
        found: dict[str, object] = {}
        mode = "CrossSubnet" if self.profile and self.profile.endswith("crosssubnet") else "Always"
        for tunnel in TUNNELS:
            if tunnel.mode_parameter and self.profile and tunnel.name in self.profile:
                found[tunnel.mode_parameter] = mode
        lengths = {int(each.partition("/")[2]) for each in blocks if ":" not in each and "/" in each}
        return found | ({"block_size": lengths.pop()} if len(lengths) == 1 else {})


def _any_in(addresses: Iterable[str], spans: Iterable[values.Span]) -> bool:
    found = [values.cidr(each) for each in addresses]
    return any(
        each.bits == span.bits and span.low <= each.low <= span.high for each in found for span in spans
    )
