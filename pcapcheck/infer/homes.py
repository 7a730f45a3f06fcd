"""Homes: the nodes from which the packets of each address come, as the captures show it.

An uplink tells by the source of the tunnel, or by the MAC. A bridge or a veth tells by the pod's own MAC,
unless pods reach other nodes with it: then a bridge far away has the same frames.
"""

from collections.abc import Iterator, Sequence

from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint
from pcapcheck.infer.uplinks import UNDERLAY
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import Role, Topology


def homes(vantages: Sequence[VantagePoint], topology: Topology, owners: Owners) -> dict[str, set[str]]:
    """Return address -> the nodes that sent its packets."""
    macs = {address: pod.mac for pod in topology.pods.values() for address in pod.addresses}
    found: dict[str, set[str]] = {}
    across: set[str | None] = set()
    for each, _ in _seen(vantages, *UNDERLAY):
        across |= {each.inner_from, each.mac_from}
        node = _sender(each, owners)
        if node and each.source and each.is_data:
            found.setdefault(each.source, set()).add(node)
    for each, node in _seen(vantages, Role.BRIDGE, Role.VETH):
        mine = each.source and each.is_data and each.mac_from == macs.get(each.source)
        if mine and each.mac_from and each.mac_from not in across:
            found.setdefault(each.source or "", set()).add(node)
    return found


def _seen(vantages: Sequence[VantagePoint], *roles: Role) -> Iterator[tuple[TrafficSeen, str]]:
    """Yield what was seen at the interfaces of some roles, and the node of each."""
    for vantage in vantages:
        point = vantage.point
        if point and point.node and point.role in roles:
            yield from ((each, point.node) for each in vantage.seen)


def _sender(each: TrafficSeen, owners: Owners) -> str | None:
    """Return the node that sent a packet to an uplink: by the outer source, or else by the MAC."""
    if each.form != "plain":
        return owners.node_of(each.outer_from) if each.outer_from else None
    named = {owner.node for owner in owners.mac_owner(each.mac_from or "") if owner.pod is None}
    return named.pop() if len(named) == 1 else None
