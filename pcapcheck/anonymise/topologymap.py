"""A topology -> the same with pseudonyms, for captures that were anonymised with the same key."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.topology.topology import (
    CaptureEntry,
    Expectation,
    Interface,
    Node,
    Pod,
    Route,
    Service,
    Topology,
)

Mapped = TypeVar("Mapped")


def anonymised_topology(
    topology: Topology, pseudonyms: Pseudonyms, captures: Iterable[CaptureEntry] = ()
) -> Topology:
    """Return the topology with pseudonyms.

    Args:
        topology: as it was given or inferred.
        pseudonyms: the pseudonyms of the captures.
        captures: entries for the new files; those of the topology name the original files.
    """
    work = _Work(topology, pseudonyms)
    names = pseudonyms.names
    return Topology(
        profile=topology.profile,
        pod_cidrs=work.networks(topology.pod_cidrs),
        service_cidrs=work.networks(topology.service_cidrs),
        parameters={name: work.anything(value) for name, value in topology.parameters.items()},
        nodes={names.node(name): work.node(each) for name, each in topology.nodes.items()},
        pods={names.pod(name): work.pod(each) for name, each in topology.pods.items()},
        services={names.service(name): work.service(each) for name, each in topology.services.items()},
        routers={
            pseudonyms.anything(where): pseudonyms.anything(mac) for where, mac in topology.routers.items()
        },
        external=work.networks(topology.external),
        captures=tuple(captures),
        traffic=tuple(work.expectation(each) for each in topology.traffic),
    )


def anonymised_entry(entry: CaptureEntry, pseudonyms: Pseudonyms, pattern: str) -> CaptureEntry:
    """Return an entry of `captures:` for a file with another name."""
    names = pseudonyms.names
    return replace(
        entry,
        pattern=pattern,
        node=entry.node and names.node(entry.node),
        pod=entry.pod and names.pod(entry.pod),
        interface=names.interface(entry.interface),
    )


class _Work:
    """Maps the parts of one topology."""

    def __init__(self, topology: Topology, pseudonyms: Pseudonyms) -> None:
        self._topology = topology
        self._pseudonyms = pseudonyms
        self._names = pseudonyms.names

    def networks(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self._pseudonyms.network, texts))

    def addresses(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(map(self._pseudonyms.address, texts))

    def anything(self, value: object) -> object:
        """Map the texts in a parameter, also those in lists and mappings."""
        if isinstance(value, str):
            return self._pseudonyms.anything(value)
        if isinstance(value, Mapping):
            return {self.anything(key): self.anything(each) for key, each in value.items()}
        return [self.anything(each) for each in value] if isinstance(value, list | tuple) else value

    def node(self, node: Node) -> Node:
        return Node(
            name=self._names.node(node.name),
            addresses=self.addresses(node.addresses),
            pod_cidrs=self.networks(node.pod_cidrs),
            interfaces=self._interfaces(node.interfaces),
            routes=tuple(map(self._route, node.routes)),
        )

    def _interfaces(self, interfaces: Mapping[str, Interface]) -> dict[str, Interface]:
        return {self._names.interface(name): self._interface(each) for name, each in interfaces.items()}

    def _interface(self, each: Interface) -> Interface:
        return replace(
            each,
            name=self._names.interface(each.name),
            mac=_or_none(each.mac, self._pseudonyms.mac),
            addresses=self.addresses(each.addresses),
            pod=_or_none(each.pod, self._names.pod),
            bridge=_or_none(each.bridge, self._names.interface),
            parent=_or_none(each.parent, self._names.interface),
            parameters={name: self.anything(value) for name, value in each.parameters.items()},
        )

    def _route(self, route: Route) -> Route:
        return Route(
            self._pseudonyms.anything(route.to),
            _or_none(route.via, self._pseudonyms.address),
            _or_none(route.interface, self._names.interface),
        )

    def pod(self, pod: Pod) -> Pod:
        return replace(
            pod,
            name=self._names.pod(pod.name),
            node=self._names.node(pod.node),
            addresses=self.addresses(pod.addresses),
            mac=_or_none(pod.mac, self._pseudonyms.mac),
            interface=self._names.interface(pod.interface),
            interfaces=self._interfaces(pod.interfaces),
            parent=_or_none(pod.parent, self._names.interface),
            leaves_by=_or_none(pod.leaves_by, self._names.interface),
            gateway_ip=_or_none(pod.gateway_ip, self._pseudonyms.address),
            gateway_mac=_or_none(pod.gateway_mac, self._pseudonyms.mac),
        )

    def service(self, service: Service) -> Service:
        endpoints = None
        if service.endpoints is not None:
            endpoints = tuple(map(self._endpoint, service.endpoints))
        return replace(
            service,
            name=self._names.service(service.name),
            addresses=self.addresses(service.addresses),
            endpoints=endpoints,
            external_ips=self.addresses(service.external_ips),
        )

    def _endpoint(self, text: str) -> str:
        """Map `address:port`; IPv6 addresses stand in brackets."""
        address, colon, port = text.rpartition(":")
        if address.startswith("["):
            return f"[{self._pseudonyms.address(address.strip('[]'))}]:{port}"
        return f"{self._pseudonyms.anything(address)}{colon}{port}"

    def expectation(self, each: Expectation) -> Expectation:
        return replace(each, source=self._end(each.source), destination=self._end(each.destination))

    def _end(self, text: str) -> str:
        """Map the name of a node, pod or service, an address or a network."""
        for known, map_ in (
            (self._topology.pods, self._names.pod),
            (self._topology.services, self._names.service),
            (self._topology.nodes, self._names.node),
        ):
            if text in known:
                return map_(text)
        return self._pseudonyms.anything(text)


def _or_none(value: str | None, map_: Callable[[str], Mapped]) -> Mapped | None:
    return None if value is None else map_(value)
