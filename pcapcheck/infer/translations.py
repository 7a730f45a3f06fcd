"""Translations: the addresses of services, and those behind which nodes hide others.

If one packet has two destinations, the one that is no pod's or node's belongs to a service. If it has two
sources, the one that is no pod's belongs to a node. Packets do not show which endpoints a service should
have.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pcapcheck.bind.vantagepoint import Translation
from pcapcheck.infer.draft import TopologyDraft
from pcapcheck.infer.observations import Observations
from pcapcheck.topology.topology import Role, Service, ServicePort

NODE_ROLES: Final = (Role.UPLINK, Role.VTEP, Role.TUNNEL)


class _Pair(NamedTuple):
    """An (address, port) that stands for another one."""

    stands: tuple[str, int]
    behind: str


def find_services(draft: TopologyDraft, observations: Observations) -> None:
    """Add the services that pods asked and whose answers came from pods.

    Their addresses are never on the wire between nodes.
    """
    wire = {
        address
        for place in observations.of_role(*NODE_ROLES)
        for each in place.vantage.seen
        for address in each.ends
    }
    found: dict[str, dict[int, str]] = {address: {} for address in _refused(draft, observations, wire)}
    for each in observations.translations:
        pair = _destination(draft, each) if _asks(each) else _source(draft, each)
        if pair and pair.stands[0] not in wire:
            found.setdefault(pair.stands[0], {})[pair.stands[1]] = each.protocol
    for address, ports in sorted(found.items()):
        name = f"service-{address}"
        listed = tuple(ServicePort(port, protocol) for port, protocol in sorted(ports.items()))
        draft.services[name] = Service(name, (address,), listed)


def _refused(draft: TopologyDraft, observations: Observations, wire: set[str | None]) -> set[str]:
    """Return the addresses that never speak nor leave the node, and that the node refuses to pods.

    Only the rules of kube-proxy refuse a packet for somebody else: it is a service without endpoints.
    """
    inside = observations.of_role(Role.POD, Role.VETH, Role.BRIDGE)
    seen = [each for place in inside for each in place.vantage.seen]
    speaking = {each.source for each in seen if each.is_data}
    return {
        each.quoted
        for each in seen
        if each.quoted and each.quoted not in speaking | wire and draft.pod_of(each.destination)
        if not draft.pod_of(each.source) and not _is_known(draft, each.quoted)
    }


def hidden_behind(draft: TopologyDraft, translations: Sequence[Translation]) -> frozenset[str]:
    """Return the addresses that replaced the source of packets, and that no captured pod has."""
    services = {address for each in draft.services.values() for address in each.addresses}
    found = set()
    for each in translations:
        for one, other in ((each.source, each.other_source), (each.other_source, each.source)):
            if one == other or one in services or draft.pod_of(one):
                continue
            outer = _is_before(draft, each, swapped=one == each.source)
            if draft.pod_of(other) or outer:
                found.add(one)
    return frozenset(found)


def _asks(each: Translation) -> bool:
    """Return whether this is the direction to the server: its port is the lower one."""
    return each.destination_port < each.source_port or each.other_destination_port < each.other_source_port


def _destination(draft: TopologyDraft, each: Translation) -> _Pair | None:
    """Return the destination that only stands for a pod."""
    ends = ((each.destination, each.destination_port), (each.other_destination, each.other_destination_port))
    for one, other in (ends, ends[::-1]):
        if one[0] != other[0] and draft.pod_of(other[0]) and not _is_known(draft, one[0]):
            return _Pair(one, other[0])
    return None


def _source(draft: TopologyDraft, each: Translation) -> _Pair | None:
    """Return the source that only stands for a pod, of an answer: the server's port is the lower one."""
    if each.destination != each.other_destination or each.source_port >= each.destination_port:
        return None
    ends = ((each.source, each.source_port), (each.other_source, each.other_source_port))
    for one, other in (ends, ends[::-1]):
        if one[0] != other[0] and draft.pod_of(other[0]) and not _is_known(draft, one[0]):
            return _Pair(one, other[0])
    return None


def _is_known(draft: TopologyDraft, address: str) -> bool:
    return draft.pod_of(address) is not None or draft.node_of(address) is not None


def _is_before(draft: TopologyDraft, each: Translation, *, swapped: bool) -> bool:
    """Return whether the other pair of ends is the one before translation.

    It asks a node or a service; this one asks a pod.
    """
    before = each.other_destination if swapped else each.destination
    after = each.destination if swapped else each.other_destination
    services = {address for service in draft.services.values() for address in service.addresses}
    return draft.pod_of(after) is not None and (draft.node_of(before) is not None or before in services)
