"""Routed pods: what plain packets tell about the nodes of pods.

A node's MAC sends the packets of its pods, with a TTL that was decremented once.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from pcapcheck.bind.vantagepoint import TrafficSeen
from pcapcheck.infer.draft import PodDraft, TopologyDraft
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.stations import FIRST_TTLS, is_host
from pcapcheck.infer.subnets import neighbours
from pcapcheck.topology.topology import Role

SENDER_MAC_WEIGHT: Final = 3  # votes for the node whose MAC sends a pod's packets


def find_routed_pods(draft: TopologyDraft, observations: Observations) -> None:
    """Vote for the node whose MAC sends a pod's plain packets; add nodes that were not captured."""
    nodes = {
        each.mac: node.name for node in draft.nodes.values() for each in node.of_role(Role.UPLINK) if each.mac
    }
    for pod, mac in sorted(_senders(draft, observations), key=lambda each: (each[0].name, each[1])):
        if mac not in nodes and pod.node is None:
            address = next((each for each in _claims(observations, mac) if not draft.node_of(each)), None)
            if address:
                uplink = draft.node(address).interface("uplink", Role.UPLINK)
                uplink.mac, uplink.addresses = mac, [address]
                draft.node(address).addresses = [address]
                nodes[mac] = address
        if mac in nodes:
            pod.votes[nodes[mac]] += SENDER_MAC_WEIGHT


def _senders(draft: TopologyDraft, observations: Observations) -> Iterator[tuple[PodDraft, str]]:
    """Yield each pod with each MAC that sent its packets, routed once, at an uplink."""
    found = {
        (each.source, each.mac_from)
        for place in observations.of_role(Role.UPLINK)
        for each in place.vantage.seen
        if each.form == "plain" and each.is_data and (each.ttl or 0) + 1 in FIRST_TTLS
    }
    for source, mac in found:
        pod = draft.pod_of(source)
        if pod and mac:
            yield pod, mac


def _claims(observations: Observations, mac: str) -> list[str]:
    """Return the addresses that a MAC claims at uplinks."""
    seen = (each for place in observations.of_role(Role.UPLINK) for each in place.vantage.seen)
    return sorted(
        {each.claim for each in seen if each.claim and each.claim_mac == mac and is_host(each.claim)}
    )


def believed_at(draft: TopologyDraft, observations: Observations) -> dict[str, Counter[str]]:
    """Return the nodes to which other nodes send the packets for each destination.

    A node sends them to another node's MAC, or into the device of a tunnel. The device does not show where
    the tunnel leads, nor who has an address like a pod's that nobody answers for: it counts as the other
    node's, if there is only one.
    """
    macs = {
        each.mac: node.name for node in draft.nodes.values() for each in node.of_role(Role.UPLINK) if each.mac
    }
    speaking = {each.source for place in observations.places for each in place.vantage.seen if each.is_data}
    getters: dict[str, Counter[str]] = {}
    for place in observations.of_role(Role.UPLINK, Role.VTEP, Role.TUNNEL):
        others = [name for name in draft.nodes if name != place.node]
        for each in place.vantage.seen:
            if (
                not each.destination
                or not is_host(each.destination)
                or not _is_sent_here(draft, each, place.node)
            ):
                continue
            far = macs.get(each.mac_to or "")
            guess = (
                len(others) == 1 and each.destination not in speaking and _is_like(draft, each, place.role)
            )
            far = far or (others[0] if guess else None)
            if far and far != place.node:
                getters.setdefault(each.destination, Counter())[far] += each.packets
    return getters


def _is_sent_here(draft: TopologyDraft, each: TrafficSeen, node: str | None) -> bool:
    """Return whether a pod of this node sends a plain packet."""
    pod = draft.pod_of(each.source)
    return each.is_data and each.form == "plain" and pod is not None and pod.node == node


def _is_like(draft: TopologyDraft, each: TrafficSeen, role: Role | None) -> bool:
    """Return whether a destination can be a pod's.

    Its packet goes into a tunnel, or it is as near as pods are to each other.
    """
    pod = draft.pod_of(each.source)
    return role != Role.UPLINK or bool(pod and neighbours([each.destination or ""], pod.addresses))
