"""Writes a Topology as a topology file, with one line an interface, pod, service or capture.

Reading the file gives an equal Topology. Values that are the default are left out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from pcapcheck.documents import values
from pcapcheck.topology.topology import (
    CaptureEntry,
    Expectation,
    Interface,
    Node,
    Pod,
    Role,
    Service,
    ServicePort,
    Topology,
)

Entry = dict[str, object]
# Text that needs no quotes: YAML reads it as text even inside brackets, and not as a number or as `true`.
_PLAIN: Final = re.compile(
    r"(?!-?[.\d]+(?:[eE]\d+)?$|0[xo]|(?i:true|false|null|yes|no|on|off)$)[A-Za-z0-9_./][A-Za-z0-9_./*-]*"
)
_UNPRINTABLE: Final = re.compile(
    "[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)  # YAML 1.2, 5.1; bidi
_ADDRESS: Final = re.compile(r"\d+\.\d+\.\d+\.\d+(?:/\d+)?")


def written(topology: Topology, remarks: Iterable[str] = ()) -> str:
    """Return the text of a topology file; `remarks` become comments on top."""
    return (
        "\n".join((*(f"# {line}" for each in remarks for line in each.splitlines()), *_lines(topology)))
        + "\n"
    )


def _lines(topology: Topology) -> Iterator[str]:
    yield from _section("", {"cluster": _cluster(topology)})
    if topology.nodes:
        yield "nodes:"
    for name, node in topology.nodes.items():
        yield from _node(name, node)
    yield from _section("pods", {name: _pod(each) for name, each in topology.pods.items()})
    yield from _section("services", {name: _service(each) for name, each in topology.services.items()})
    yield from _section("routers", _routers(topology))
    if topology.external:
        yield f"external: {_flow(topology.external)}"
    yield from _section("captures", _captures(topology.captures))
    if topology.traffic:
        yield "traffic:"
        yield from (f"  - {_flow(_expectation(each))}" for each in topology.traffic)


def _section(title: str, entries: Mapping[str, object]) -> Iterator[str]:
    if entries and title:
        yield f"{title}:"
    for name, entry in entries.items():
        yield f"{'  ' if title else ''}{_scalar(name)}: {_flow(entry)}"


def _cluster(topology: Topology) -> Entry:
    return _said(
        profile=topology.profile,
        pod_cidr=_one_or_all(topology.pod_cidrs),
        service_cidr=_one_or_all(topology.service_cidrs),
        parameters=topology.parameters or None,
    )


def _node(name: str, node: Node) -> Iterator[str]:
    entry = _said(
        addresses=node.addresses or None,
        pod_cidr=_one_or_all(node.pod_cidrs),
        routes=[_said(to=each.to, via=each.via, dev=each.interface) for each in node.routes] or None,
    )
    if not entry and not node.interfaces:
        yield f"  {_scalar(name)}: {{}}"
        return
    yield f"  {_scalar(name)}:"
    yield from (f"    {key}: {_flow(value)}" for key, value in entry.items())
    if node.interfaces:
        yield "    interfaces:"
    only = [each.name for each in node.of_role(Role.BRIDGE)]
    for interface in node.interfaces.values():
        default = only[0] if len(only) == 1 and interface.role == Role.VETH else None
        yield f"      {_scalar(interface.name)}: {_flow(_interface(interface, default))}"


def _interface(interface: Interface, default_bridge: str | None) -> Entry:
    return _said(
        kind=interface.role.value,
        pod=interface.pod,
        mac=interface.mac,
        addresses=interface.addresses or None,
        **interface.parameters,
        bridge=None if interface.bridge == default_bridge else interface.bridge,
        parent=interface.parent,
        mtu=interface.mtu,
        ifindex=interface.ifindex,
    )


def _pod(pod: Pod) -> Entry:
    several = {name: _pod_interface(each) for name, each in pod.interfaces.items()}
    return _said(
        node=pod.node or None,
        address=pod.addresses[0] if pod.addresses else None,
        addresses=pod.addresses if len(pod.addresses) > 1 else None,
        mac=pod.mac,
        interface=pod.interface,
        mtu=pod.mtu,
        interfaces=several or None,
        host_network=True if pod.host_network else None,
        type=pod.type,
        mode=pod.mode,
        parent=pod.parent,
        leaves_by=pod.leaves_by,
        identity=pod.identity,
        vni=pod.vni,
        gateway=_said(ip=pod.gateway_ip, mac=pod.gateway_mac) or None,
    )


def _pod_interface(interface: Interface) -> Entry:
    entry = _interface(interface, None)
    return {key: value for key, value in entry.items() if (key, value) != ("kind", "pod")}


def _service(service: Service) -> Entry:
    default = "NodePort" if any(each.node_port for each in service.ports) else "ClusterIP"
    return _said(
        address=service.addresses[0] if service.addresses else None,
        addresses=service.addresses if len(service.addresses) > 1 else None,
        ports=[_port(each) for each in service.ports] or None,
        endpoints=service.endpoints,
        external_ips=service.external_ips or None,
        type=None if service.type == default else service.type,
        external_traffic_policy=None
        if service.external_traffic_policy == "Cluster"
        else service.external_traffic_policy,
    )


def _port(port: ServicePort) -> Entry:
    return _said(port=port.port, protocol=port.protocol, node_port=port.node_port)


def _routers(topology: Topology) -> Entry:
    """Return the routers by subnet, each with those addresses that lie in it."""
    alone = [each for each in topology.routers if "/" not in each]
    return {
        subnet: _said(mac=mac or None, addresses=[each for each in alone if _holds(subnet, each)] or None)
        for subnet, mac in topology.routers.items()
        if "/" in subnet
    }


def _holds(subnet: str, address: str) -> bool:
    outer, inner = values.cidr(subnet), values.cidr(address)
    return outer.bits == inner.bits and outer.low <= inner.low <= outer.high


def _captures(entries: Iterable[CaptureEntry]) -> dict[str, object]:
    found: dict[str, list[Entry]] = {}
    for each in entries:
        found.setdefault(each.pattern, []).append(_capture(each))
    return {pattern: several[0] if len(several) == 1 else several for pattern, several in found.items()}


def _capture(entry: CaptureEntry) -> Entry:
    return _said(
        node=entry.node,
        pod=entry.pod,
        interface=entry.interface or None,
        start=None if entry.start is None else values.time_text(entry.start),
        end=None if entry.end is None else values.time_text(entry.end),
        dropped=entry.dropped,
        clock=entry.clock,
    )


def _expectation(each: Expectation) -> Entry:
    entry = _said(to=each.destination, protocol=each.protocol, port=each.port, expect=each.expect)
    return {"from": each.source, **entry}


def _said(**entry: object) -> Entry:
    return {key: value for key, value in entry.items() if value is not None}


def _one_or_all(texts: tuple[str, ...]) -> object:
    return None if not texts else texts[0] if len(texts) == 1 else texts


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, str):
        plain = _ADDRESS.fullmatch(value) or _PLAIN.fullmatch(value)
        quoted = json.dumps(value, ensure_ascii=False)
        return value if plain else _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
    return json.dumps(value)
