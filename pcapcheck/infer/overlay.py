"""The overlay: nodes that were not captured, the devices that tunnels start at, and the pods behind them.

What a node sends itself is believed: its outer source, and the MAC of its VTEP. Where others send to is not
evidence, because faults show there.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from pcapcheck.bind.vantagepoint import TrafficSeen
from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.infer.draft import InterfaceDraft, NodeDraft, PodDraft, TopologyDraft
from pcapcheck.infer.maclessness import is_macless
from pcapcheck.infer.observations import Observations
from pcapcheck.infer.routed import believed_at
from pcapcheck.infer.stations import FIRST_TTLS, is_host
from pcapcheck.topology.topology import Role

BY_TUNNEL: Final = 3  # weight of a tunnel's outer source for the node that a pod is on
BY_BELIEF: Final = 1  # and of where others send to, if nothing else is known: the pod may be elsewhere
WITH_MAC: Final = frozenset(each.name for each in TUNNELS if each.frames)


def find_remote_nodes(draft: TopologyDraft, observations: Observations) -> None:
    """Add a node for each address that sends tunnels and is not a captured node's.

    An address may belong to a captured node whose own address is not known: then none is added.
    """
    if any(_is_unsure(each) for node in draft.nodes.values() for each in node.of_role(Role.UPLINK)):
        return
    captured = {each.mac for node in draft.nodes.values() for each in node.interfaces.values() if each.mac}
    remote: dict[str, NodeDraft] = {}
    for each in _tunnelled(observations):
        address = each.outer_from
        if not address or not is_host(address) or draft.node_of(address) or draft.pod_of(address):
            continue
        mac = _claimant(observations, address) or (each.mac_from if each.ttl in FIRST_TTLS else None)
        if mac in captured:
            continue
        node = remote.setdefault(mac or address, draft.node(remote[mac].name if mac in remote else address))
        node.addresses.append(address)
        uplink = node.interface("uplink", Role.UPLINK)
        uplink.mac = mac
        uplink.addresses.append(address)


def _is_unsure(uplink: InterfaceDraft) -> bool:
    """Return whether an uplink shows tunnels, and which MAC is its own is not known."""
    seen = uplink.place.vantage.seen if uplink.place else ()
    told = bool(uplink.addresses and uplink.place and is_macless(uplink.place.vantage))
    return not uplink.mac and not told and any(each.outer_from for each in seen)


def _claimant(observations: Observations, address: str) -> str | None:
    """Return the MAC that claims an address at an uplink."""
    claims = (
        each
        for place in observations.of_role(Role.UPLINK)
        for each in place.vantage.seen
        if each.claim == address
    )
    return next((each.claim_mac for each in claims), None)


def find_devices(draft: TopologyDraft, observations: Observations) -> None:
    """Add the interfaces at which tunnels start, with the MACs of the nodes' own frames."""
    senders = _inner_senders(draft, observations)
    draft.bridged = _is_bridged(draft, observations)
    for node in draft.nodes.values():
        for device in node.of_role(Role.VTEP):
            device.mac = _own_mac(draft, node, device)
        for name in sorted(senders) if not draft.bridged else ():
            if name[0] == node.name:
                _give_mac(node, senders[name].most_common(1)[0][0])


def _give_mac(node: NodeDraft, mac: str) -> None:
    """Give the MAC with which a node sends in its tunnels to the VTEP without one, else to another one."""
    devices = node.of_role(Role.VTEP)
    if mac in [each.mac for each in devices]:
        return
    free = [each for each in devices if each.mac is None]
    name = "vtep" if "vtep" not in node.interfaces else "vtep2"
    (free[0] if len(free) == 1 else node.interface(name, Role.VTEP)).mac = mac


def find_hidden_pods(draft: TopologyDraft, observations: Observations, translated: frozenset[str]) -> None:
    """Vote for the node of each pod that sends through a tunnel; add pods that were seen nowhere else.

    Args:
        draft: pods and nodes so far.
        observations: all captures.
        translated: addresses that stand for somebody else: they are their nodes'.
    """
    senders, numbers, getters = _ends(draft, observations)
    forwarding = _forwarding(draft, observations)
    for source, votes in sorted(senders.items()):
        node, form, own = votes.most_common(1)[0][0]
        pod = draft.pod_of(source)
        if pod is None and (source in translated or (own and node in forwarding and not draft.bridged)):
            _device(draft.nodes[node], form).addresses.append(source)
            continue
        (pod or _new(draft, source)).votes[node] += BY_TUNNEL
    for source, used in numbers.items():
        if pod := draft.pod_of(source):
            pod.numbers.update(used)
    for destination, nodes in sorted((believed_at(draft, observations) | getters).items()):
        if destination not in translated and not draft.node_of(destination):
            pod = draft.pod_of(destination) or _new(draft, destination)
            if not pod.votes:
                pod.votes[nodes.most_common(1)[0][0]] += BY_BELIEF


def _ends(
    draft: TopologyDraft, observations: Observations
) -> tuple[dict[str, Counter[tuple[str, str, bool]]], dict[str, Counter[int]], dict[str, Counter[str]]]:
    """Return who sends in tunnels, with which number, and who receives.

    Of a sender: from which node, in which form, and whether first-hand; of a receiver: at which node.
    """
    senders: dict[str, Counter[tuple[str, str, bool]]] = {}
    numbers: dict[str, Counter[int]] = {}
    getters: dict[str, Counter[str]] = {}
    for each in _tunnelled(observations):
        node, far = draft.node_of(each.outer_from), draft.node_of(each.outer_to)
        timeless = each.ttl is None  # text without -v: that the inner TTL is missing, too, means nothing
        if not each.is_data or each.source is None or (each.inner_ttl is None and not timeless):
            continue
        if each.number is not None:
            numbers.setdefault(each.source, Counter())[each.number] += each.packets
        if node and is_host(each.source) and not draft.node_of(each.source):
            who = (node.name, each.form, each.inner_ttl in FIRST_TTLS)
            senders.setdefault(each.source, Counter())[who] += each.packets
        if far and each.destination and is_host(each.destination):
            getters.setdefault(each.destination, Counter())[far.name] += each.packets
    return senders, numbers, getters


def _new(draft: TopologyDraft, address: str) -> PodDraft:
    return draft.pods.setdefault(f"pod-{address}", PodDraft(f"pod-{address}", addresses=[address]))


def _tunnelled(observations: Observations) -> Iterator[TrafficSeen]:
    """Yield what uplinks saw in tunnels."""
    for place in observations.of_role(Role.UPLINK, Role.VLAN):
        yield from (each for each in place.vantage.seen if each.outer_from)


def _inner_senders(draft: TopologyDraft, observations: Observations) -> dict[tuple[str, bool], Counter[str]]:
    """Return for each node, for IPv4 and IPv6 (True), the MACs that send inside its tunnels."""
    votes: dict[tuple[str, bool], Counter[str]] = {}
    for each in _tunnelled(observations):
        node = draft.node_of(each.outer_from)
        if node and each.inner_from and each.is_data and each.form in WITH_MAC:
            votes.setdefault((node.name, ":" in str(each.source)), Counter())[each.inner_from] += each.packets
    return votes


def _is_bridged(draft: TopologyDraft, observations: Observations) -> bool:
    """Return whether most frames in tunnels are the pods' own; without MACs, whether ARP is among them."""
    known: Counter[bool] = Counter()
    for each in _tunnelled(observations):
        pod = draft.pod_of(each.source)
        if each.inner_from and pod and pod.mac:
            known[each.inner_from == pod.mac] += each.packets
    if not known:
        return any(each.kind == "arp" and not each.inner_from for each in _tunnelled(observations))
    return known[True] > known[False]


def _own_mac(draft: TopologyDraft, node: NodeDraft, device: InterfaceDraft) -> str | None:
    """Return the MAC that sends the packets of the node's own pods at its VTEP."""
    local = draft.local(node.name)
    votes: Counter[str] = Counter()
    for each in device.place.vantage.seen if device.place else ():
        if each.mac_from and each.is_data and each.source in local and not draft.with_mac(each.mac_from):
            votes[each.mac_from] += each.packets
        if each.mac_from and each.out:
            votes[each.mac_from] += each.packets
    return votes.most_common(1)[0][0] if votes else None


def _forwarding(draft: TopologyDraft, observations: Observations) -> frozenset[str]:
    """Return the nodes that route packets before they enter the tunnel: their TTL was decremented."""
    return frozenset(
        node.name
        for each in _tunnelled(observations)
        if each.is_data and each.inner_ttl is not None and each.inner_ttl not in FIRST_TTLS
        if (node := draft.node_of(each.outer_from))
    )


def _device(node: NodeDraft, form: str) -> InterfaceDraft:
    """Return the interface at which a node's tunnels of this form start."""
    role = Role.VTEP if form in WITH_MAC else Role.TUNNEL
    return next(iter(node.of_role(role)), None) or node.interface(str(role), role)
