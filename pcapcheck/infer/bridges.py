"""Bridges, veths and the interfaces under pods.

Finds the MACs and addresses of bridges, and the pods that are on the network of an uplink themselves
(macvlan, ipvlan).
"""

from collections.abc import Sequence
from typing import Final

from pcapcheck.infer.draft import InterfaceDraft, NodeDraft, PodDraft, TopologyDraft
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.stations import Station, is_host
from pcapcheck.topology.topology import Role

UNDER_PODS: Final = (Role.VLAN, Role.UPLINK)
SHARED_MAC_WEIGHT: Final = 4  # votes for the node with whose interface a pod shares its MAC


def find_bridges(draft: TopologyDraft, observations: Observations) -> None:
    """Give each captured bridge the MAC that forwards there, and the addresses that this MAC claims."""
    for node in draft.nodes.values():
        for bridge in node.of_role(Role.BRIDGE):
            found = observations.stations(bridge.place).by_mac.values() if bridge.place else ()
            own = _gateway(draft, list(found))
            if own:
                bridge.mac = own.mac
                bridge.addresses = sorted(
                    each for each in own.own if is_host(each) and not draft.pod_of(each)
                )
        _connect(node, draft, observations)


def _gateway(draft: TopologyDraft, found: Sequence[Station]) -> Station | None:
    """Return the station that is not a pod: the one that forwards, else the only other one."""
    others = [each for each in found if not draft.with_mac(each.mac)]
    forwarding = [each for each in others if each.forwards]
    best = max(forwarding, key=lambda each: (each.frames, each.mac), default=None)
    if best is None or draft.bridged:
        return others[0] if len(others) == 1 and others[0].own else None
    return best


def _connect(node: NodeDraft, draft: TopologyDraft, observations: Observations) -> None:
    """Say to which bridge each veth belongs, where a node has several."""
    bridges = [
        (each, observations.stations(each.place).by_mac) for each in node.of_role(Role.BRIDGE) if each.place
    ]
    for veth in node.of_role(Role.VETH):
        pod = draft.pods.get(veth.pod or "")
        hears = [bridge.name for bridge, macs in bridges if pod and pod.mac in macs]
        if len(bridges) > 1 and len(hears) == 1:
            veth.bridge = hears[0]


def find_parents(draft: TopologyDraft, observations: Observations) -> None:
    """Find the pods on the network of an uplink or VLAN (macvlan, ipvlan), and their parents."""
    for node in draft.nodes.values():
        for interface in sorted(node.of_role(*UNDER_PODS), key=lambda each: UNDER_PODS.index(each.role)):
            found = observations.stations(interface.place).by_mac if interface.place else {}
            for pod in draft.pods.values():
                if pod.node == node.name and pod.mac in found and not pod.type:
                    _settle(draft, pod, interface, found[pod.mac])
    _find_others(draft, observations)
    if any(pod.type == "ipvlan" for pod in draft.pods.values()):
        _share(draft)


def _find_others(draft: TopologyDraft, observations: Observations) -> None:
    """Find such pods among those whose node is not known.

    They are heard at an uplink under their own MAC, or several of them share one MAC.
    """
    found = [
        each
        for place in observations.of_role(*UNDER_PODS)
        for each in observations.stations(place).by_mac.values()
    ]
    heard = {each.mac for each in found if each.own and not each.forwards}
    for pod in draft.pods.values():
        shared = len({address for each in draft.with_mac(pod.mac) for address in each.addresses}) > len(
            pod.addresses
        )
        if not pod.type and (shared or (pod.mac in heard and pod.node is None)):
            pod.type = "ipvlan" if shared else "macvlan"


def _settle(draft: TopologyDraft, pod: PodDraft, interface: InterfaceDraft, station: Station) -> None:
    if station.frames and set(pod.addresses) & (station.own | station.sent.keys()):
        shared = interface.mac == pod.mac or len(draft.with_mac(pod.mac)) > 1
        pod.type, pod.parent = "ipvlan" if shared else "macvlan", interface.name


def _share(draft: TopologyDraft) -> None:
    """Give each ipvlan pod the parent that has its MAC: all pods on a parent share the parent's MAC."""
    parents = {
        pod.mac: (pod.node, pod.parent) for pod in draft.pods.values() if pod.mac and pod.parent and pod.node
    }
    for pod in draft.pods.values():
        node, parent = parents.get(pod.mac or "", (None, None))
        if node and parent and pod.node in (node, None):
            pod.type, pod.parent = "ipvlan", parent
            pod.votes[node] += SHARED_MAC_WEIGHT
            draft.nodes[node].interfaces[parent].mac = pod.mac
