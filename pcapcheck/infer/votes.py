"""Parameter votes: which values nodes use for the settings of a cluster, such as VNI, port, key and VLAN.

Counts the nodes that send a value and not their packets: one busy node is no majority. It does not know what
is intended.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from pcapcheck.bind.place import ParameterVotes
from pcapcheck.bind.vantagepoint import TrafficSeen
from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.infer.draft import NodeDraft, TopologyDraft
from pcapcheck.topology.interfacenames import numbers_in
from pcapcheck.topology.topology import Role

# The parameters of profiles that a tunnel's number and port are, by form.
ID_PARAMETERS: Final = {each.name: each.id_parts for each in TUNNELS}
KEYLESS: Final = {each.name: each.id_parts for each in TUNNELS if each.id_optional}
PORTS: Final = {each.name: each.port_parameter for each in TUNNELS if each.port_parameter}
NO_KEY: Final = -1
_AT: Final = {"vni": Role.VTEP, "vlan_id": Role.VLAN}  # which device is called after it
BY_NAME: Final = 2  # a device that is called after the value counts as much as two nodes


def count_votes(draft: TopologyDraft) -> ParameterVotes:
    """Return how many nodes send each value."""
    counts: dict[str, Counter[int]] = {}
    if _is_routable(draft):
        counts["masquerade"] = Counter({0: len(draft.nodes) + 1})
    for _, name, value in sorted(set(_sent(draft))):
        counts.setdefault(name, Counter())[value] += 1
    for node in draft.nodes.values():
        for name, value in _named(node):
            counts.setdefault(name, Counter())[value] += BY_NAME
    return counts


def _is_routable(draft: TopologyDraft) -> bool:
    """Return whether somebody outside answers a pod's own address, so that pods need no other one there."""
    pods = {address for pod in draft.pods.values() for address in pod.addresses}
    ours = pods | {address for node in draft.nodes.values() for address in node.owned}
    uplinks = [
        each.place for node in draft.nodes.values() for each in node.of_role(Role.UPLINK) if each.place
    ]
    pairs = {
        (each.source, each.destination)
        for place in uplinks
        for each in place.vantage.seen
        if each.form == "plain" and each.is_data
    }
    return any(
        source in pods and destination not in ours and (destination, source) in pairs
        for source, destination in pairs
    )


def _sent(draft: TopologyDraft) -> Iterator[tuple[str, str, int]]:
    """Yield the values that each sender uses at any uplink; a sender is a node's name, else an address."""
    names = {address: node.name for node in draft.nodes.values() for address in node.addresses}
    macs = {
        each.mac: node.name
        for node in draft.nodes.values()
        for each in node.of_role(Role.UPLINK, Role.VLAN)
        if each.mac
    }
    for node in draft.nodes.values():
        for interface in node.of_role(Role.UPLINK):
            for each in interface.place.vantage.seen if interface.place else ():
                plain = each.form == "plain"
                sender = (
                    macs.get(each.mac_from or "")
                    if plain
                    else names.get(each.outer_from or "", each.outer_from)
                )
                if sender:
                    yield from ((sender, *value) for value in _values(each))


def _values(each: TrafficSeen) -> Iterator[tuple[str, int]]:
    if each.number is not None:
        yield from ((part.parameter, part.value(each.number)) for part in ID_PARAMETERS.get(each.form, ()))
    else:
        yield from ((part.parameter, NO_KEY) for part in KEYLESS.get(each.form, ()))
    if each.port is not None and each.form in PORTS:
        yield PORTS[each.form], each.port
    if each.tag is not None:
        yield "vlan_id", each.tag


def _named(node: NodeDraft) -> Iterator[tuple[str, int]]:
    """Yield the values in the names of devices.

    Flannel names its VTEP after the VNI; VLAN devices are named after the VLAN.
    """
    for interface in node.of_role(Role.VTEP, Role.VLAN):
        for parameter, value in numbers_in(interface.name).items():
            if _AT.get(parameter) == interface.role:
                yield parameter, value
