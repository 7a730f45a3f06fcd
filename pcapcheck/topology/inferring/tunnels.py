"""Tunnels: nodes that were not captured, the devices that tunnels start at, and the pods behind them.

What is believed of a node is what it sends itself: its outer source, its VTEP's MAC. Where others send to is where
faults show, and no evidence.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pcapcheck.topology.inferring.draft import Draft, InterfaceDraft, NodeDraft, PodDraft
from pcapcheck.topology.inferring.places import Place
from pcapcheck.topology.inferring.stations import FIRST_TTLS, is_host
from pcapcheck.topology.inferring.watch import Seen
from pcapcheck.topology.topology import Role

BY_TUNNEL: Final = 3  # weight of a tunnel's outer source for the node that a pod is on
WITH_MAC: Final = frozenset({"vxlan", "geneve", "nvgre"})  # forms that carry frames


def find_remote_nodes(draft: Draft, places: Sequence[Place]) -> None:
    """Add a node for each address that sends tunnels and is of no captured node."""
    for each in _tunnelled(places):
        address = each.outer_from
        if not address or not is_host(address) or draft.node_of(address) or draft.pod_of(address):
            continue
        mac = each.mac_from if each.ttl in FIRST_TTLS else None
        if any(
            interface.mac == mac
            for node in draft.nodes.values()
            for interface in node.interfaces.values()
            if mac
        ):
            continue
        node = draft.node(address)
        node.addresses.append(address)
        uplink = node.interface("uplink", Role.UPLINK)
        uplink.mac, uplink.addresses = mac, [address]


def find_devices(draft: Draft, places: Sequence[Place]) -> None:
    """Add the interfaces at which tunnels start, with the MACs that the nodes' own frames have."""
    for place in places:
        if place.role in (Role.VTEP, Role.TUNNEL) and place.node:
            draft.node(place.node).interface(place.interface, Role(place.role)).place = place
    senders = _inner_senders(draft, places)
    draft.bridged = _is_bridged(draft, places)
    for node in draft.nodes.values():
        for device in node.of_role(Role.VTEP):
            device.mac = _own_mac(draft, node, device)
        votes = senders.get(node.name, Counter())
        if votes and not draft.bridged and not any(each.mac for each in node.of_role(Role.VTEP)):
            devices = node.of_role(Role.VTEP) or [node.interface("vtep", Role.VTEP)]
            devices[0].mac = votes.most_common(1)[0][0] if len(devices) == 1 else None


def find_hidden_pods(draft: Draft, places: Sequence[Place], translated: frozenset[str]) -> None:
    """Vote for the node of each pod that sends through a tunnel; add pods of which nothing else was seen.

    Args:
        draft: pods and nodes so far.
        places: all captures.
        translated: addresses that stand for somebody else: they are their nodes'.
    """
    forwarding = _forwarding(draft, places)
    for each in _tunnelled(places):
        node, source = draft.node_of(each.outer_from), each.source
        if node is None or source is None or not each.is_data or not is_host(source) or draft.node_of(source):
            continue
        pod = draft.pod_of(source)
        own = each.inner_ttl in FIRST_TTLS and node.name in forwarding and not draft.bridged
        if pod is None and (own or source in translated):
            _device(node, each.form).addresses.append(source)
            continue
        pod = pod or draft.pods.setdefault(f"pod-{source}", PodDraft(f"pod-{source}", addresses=[source]))
        pod.votes[node.name] += BY_TUNNEL
        if each.number is not None:
            pod.numbers[each.number] += each.packets


def _tunnelled(places: Sequence[Place]) -> Iterator[Seen]:
    """Yield what uplinks saw in tunnels."""
    for place in places:
        if place.role in (Role.UPLINK, Role.VLAN):
            yield from (each for each in place.watch.seen if each.outer_from)


def _inner_senders(draft: Draft, places: Sequence[Place]) -> dict[str, Counter[str]]:
    """Return for each node the MACs that send inside its tunnels."""
    votes: dict[str, Counter[str]] = {}
    for each in _tunnelled(places):
        node = draft.node_of(each.outer_from)
        if node and each.inner_from and each.is_data and each.form in WITH_MAC:
            votes.setdefault(node.name, Counter())[each.inner_from] += each.packets
    return votes


def _is_bridged(draft: Draft, places: Sequence[Place]) -> bool:
    """Whether most frames in tunnels are the pods' own."""
    known: Counter[bool] = Counter()
    for each in _tunnelled(places):
        pod = draft.pod_of(each.source)
        if each.inner_from and pod and pod.mac:
            known[each.inner_from == pod.mac] += each.packets
    return known[True] > known[False]


def _own_mac(draft: Draft, node: NodeDraft, device: InterfaceDraft) -> str | None:
    """Return the MAC that sends at a node's VTEP what the node's own pods say."""
    local = draft.local(node.name)
    votes: Counter[str] = Counter()
    for each in device.place.watch.seen if device.place else ():
        if each.mac_from and each.is_data and each.source in local and not draft.with_mac(each.mac_from):
            votes[each.mac_from] += each.packets
        if each.mac_from and each.out:
            votes[each.mac_from] += each.packets
    return votes.most_common(1)[0][0] if votes else None


def _forwarding(draft: Draft, places: Sequence[Place]) -> frozenset[str]:
    """Return the nodes in whose tunnels some packets were routed before: their pods' TTL is less than a first one."""
    return frozenset(
        node.name
        for each in _tunnelled(places)
        if each.is_data and each.inner_ttl is not None and each.inner_ttl not in FIRST_TTLS
        if (node := draft.node_of(each.outer_from))
    )


def _device(node: NodeDraft, form: str) -> InterfaceDraft:
    """Return the interface at which a node's tunnels of this form start."""
    role = Role.VTEP if form in WITH_MAC else Role.TUNNEL
    return next(iter(node.of_role(role)), None) or node.interface(str(role), role)
