"""Where a capture was taken, recognised by its packets.

This is for files whose names do not say it, in a network that is known. It takes what was seen and a
topology, and gives a binding or None. Frames at an interface have its MAC on one side. Frames of a pod have
the pod's MAC and address, wherever between the pod and its bridge they are seen.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from pcapcheck.bind.any_capture import IndexFacts, settle_any
from pcapcheck.bind.points import Binding, Points
from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint, is_group
from pcapcheck.topology.devices import ETHER
from pcapcheck.topology.topology import CapturePoint, Interface, Node, Pod, Role, Topology

_MOST: Final = 0.9  # of the frames must have the interface's own MAC
_OWN_MAC: Final = frozenset({Role.UPLINK, Role.VLAN, Role.VTEP, Role.MACVLAN, Role.IPVLAN})


def by_content(vantage: VantagePoint, topology: Topology) -> Binding | None:
    """Return where an Ethernet capture was taken, if only one interface of the topology fits.

    Args:
        vantage: what was seen there; its candidates, if there are any, are the points that are possible.
        topology: the intended network.
    """
    nodes = {each.node for each in vantage.candidates} or set(topology.nodes)
    known = [topology.nodes[name] for name in sorted(str(each) for each in nodes) if name in topology.nodes]
    frames = [each for each in vantage.seen if each.mac_from and each.mac_to and not is_group(each.mac_to)]
    points = Points(topology)
    found = [
        point
        for node in known
        for each in node.interfaces.values()
        if _fits(node, each, frames or vantage.seen) and (point := points.of_node(node.name, each.name))
    ]
    if not found and not vantage.candidates:
        pods = [each for each in topology.pods.values() if _is_of_pod(each, frames)]
        found = [points.of_pod(each.name, each.interface) for each in pods]
    return _told(found)


def of_any(facts: Sequence[IndexFacts], topology: Topology) -> Binding | None:
    """Return whose `any` capture it is: that of the node most of whose interfaces it shows, or of one pod."""
    inside = [each for each in facts if each.hatype == ETHER]
    pods = [
        each
        for each in topology.pods.values()
        if each.mac and len(inside) == 1 and each.mac in inside[0].sent
    ]
    if len(pods) == 1 and inside[0].sent == {pods[0].mac}:
        return _told([Points(topology).of_pod(pods[0].name, "any")])
    own = Counter({name: _own(node, facts, topology) for name, node in topology.nodes.items()})
    best = [name for name, count in own.items() if count and count == max(own.values())]
    return _told([CapturePoint(name, "any", Role.ANY) for name in best])


def _own(node: Node, facts: Sequence[IndexFacts], topology: Topology) -> int:
    """Return how many indices are interfaces of a node that sent frames with their own MACs."""
    settled = settle_any(topology, node.name, facts)
    named = ((node.interfaces.get(settled.get(each.ifindex, "")), each) for each in facts)
    return sum(interface is not None and interface.mac in each.sent for interface, each in named)


def _told(found: Sequence[CapturePoint]) -> Binding | None:
    if len(found) != 1:
        return None
    point = found[0]
    return Binding(point, "content", f"has the frames of {point.interface} of {point.pod or point.node}")


def _fits(node: Node, interface: Interface, frames: Iterable[TrafficSeen]) -> bool:
    """Return whether frames fit an interface: nearly all have its MAC, and only an uplink shows tunnels."""
    rows = list(frames)
    if interface.role not in _OWN_MAC or not rows:
        return False
    tunnelled = [each for each in rows if each.form != "plain"]
    if tunnelled and interface.role not in (Role.UPLINK, Role.VLAN):
        return False
    if interface.mac:
        return _share(rows, [each for each in rows if interface.mac in (each.mac_from, each.mac_to)]) >= _MOST
    own = [each for each in tunnelled if {each.outer_from, each.outer_to} & set(node.addresses)]
    alone = len(node.of_role(interface.role)) == 1
    return alone and interface.role == Role.UPLINK and _share(tunnelled, own) >= _MOST


def _is_of_pod(pod: Pod, frames: Sequence[TrafficSeen]) -> bool:
    """Return whether all frames have a pod's MAC, and all data packets its address."""
    own = [each for each in frames if pod.mac in (each.mac_from, each.mac_to) and each.form == "plain"]
    data = [each for each in frames if each.is_data]
    ours = [each for each in data if {each.source, each.destination} & set(pod.addresses)]
    return bool(pod.mac and data) and len(own) == len(frames) and len(ours) == len(data)


def _share(rows: Sequence[TrafficSeen], some: Sequence[TrafficSeen]) -> float:
    """Return the share of the packets that some of the rows hold."""
    return sum(each.packets for each in some) / max(1, sum(each.packets for each in rows))
