"""Bridges, veths and the devices under pods: MACs and addresses of bridges, and whether pods are on an uplink themselves."""

from collections.abc import Sequence
from typing import Final

from pcapcheck.topology.inferring.draft import Draft, InterfaceDraft, NodeDraft, PodDraft
from pcapcheck.topology.inferring.places import Place
from pcapcheck.topology.inferring.stations import Station, is_host, stations
from pcapcheck.topology.topology import Role

UNDER_PODS: Final = (Role.VLAN, Role.UPLINK)


def find_bridges(draft: Draft, places: Sequence[Place]) -> None:
    """Add each captured bridge with the MAC that forwards there, and the addresses which that MAC claims."""
    for place in places:
        if place.role != Role.BRIDGE or not place.node:
            continue
        node = draft.node(place.node)
        bridge = node.interface(place.interface, Role.BRIDGE)
        bridge.place = place
        found = stations(place.watch)
        own = _gateway(draft, node, list(found.by_mac.values()))
        if own:
            bridge.mac = own.mac
            bridge.addresses = sorted(each for each in own.own if is_host(each) and not draft.pod_of(each))
    for node in draft.nodes.values():
        _connect(draft, node)


def _gateway(draft: Draft, node: NodeDraft, found: Sequence[Station]) -> Station | None:
    """Return the station that is no pod's: the one that forwards, else the only other one."""
    others = [each for each in found if not draft.with_mac(each.mac)]
    forwarding = [each for each in others if each.forwards]
    best = max(forwarding, key=lambda each: (each.frames, each.mac), default=None)
    if best is None or draft.bridged:
        return others[0] if len(others) == 1 and others[0].own else None
    return best


def _connect(draft: Draft, node: NodeDraft) -> None:
    """Say on which bridge each veth is, where a node has several."""
    bridges = [(each, stations(each.place.watch).by_mac) for each in node.of_role(Role.BRIDGE) if each.place]
    for veth in node.of_role(Role.VETH):
        pod = draft.pods.get(veth.pod or "")
        hears = [bridge.name for bridge, macs in bridges if pod and pod.mac in macs]
        if len(bridges) > 1 and len(hears) == 1:
            veth.bridge = hears[0]


def find_parents(draft: Draft) -> None:
    """Say which pods are on the network of an uplink or VLAN themselves (macvlan, ipvlan), and on which."""
    for node in draft.nodes.values():
        for interface in sorted(node.of_role(*UNDER_PODS), key=lambda each: UNDER_PODS.index(each.role)):
            found = stations(interface.place.watch).by_mac if interface.place else {}
            for pod in draft.pods.values():
                if pod.node == node.name and pod.mac in found and not pod.type:
                    _settle(draft, pod, interface, found[pod.mac])


def _settle(draft: Draft, pod: PodDraft, interface: InterfaceDraft, station: Station) -> None:
    if set(pod.addresses) & (station.own | station.sent.keys()):
        shared = interface.mac == pod.mac or len(draft.with_mac(pod.mac)) > 1
        pod.type, pod.parent = "ipvlan" if shared else "macvlan", interface.name
