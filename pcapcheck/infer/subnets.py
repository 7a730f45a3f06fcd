"""Subnets: which nodes reach each other directly, and which through a router.

A frame to a node's address that goes to that node's MAC is sent directly; one that goes to another MAC is
sent to a router. Prefix lengths are not on the wire. The shortest usual one is taken that holds a subnet's
nodes and none of another's.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple, TypeAlias

from pcapcheck.bind.vantagepoint import TrafficSeen
from pcapcheck.documents.values import address_number, address_text, cidr, cidr_text
from pcapcheck.infer.draft import InterfaceDraft, TopologyDraft
from pcapcheck.infer.stations import FIRST_TTLS, is_host
from pcapcheck.infer.uplinks import UNDERLAY
from pcapcheck.topology.topology import Role

NETWORK_BITS: Final = {4: 16, 6: 48}  # addresses that differ in these bits are of different networks
ADDRESS_BITS: Final = {4: 32, 6: 128}


def networks(pods: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return networks that hold the pods' addresses and none of the others.

    A lone address becomes a network with one address.

    Args:
        pods: addresses of pods.
        others: addresses of nodes, routers and services.
    """
    strangers = [address_number(each) for each in others]
    groups: dict[tuple[int, int], list[int]] = {}
    for version, number in map(address_number, pods):
        groups.setdefault((version, number >> ADDRESS_BITS[version] - NETWORK_BITS[version]), []).append(
            number
        )
    found = [(version, *_cover(version, numbers)) for (version, _), numbers in sorted(groups.items())]
    return [
        f"{address_text(version, low)}/{length}"
        for version, low, length in found
        if not any(family == version and _holds(version, low, length, number) for family, number in strangers)
    ]


def _cover(version: int, numbers: Sequence[int]) -> tuple[int, int]:
    """Return first address and prefix length of the smallest network that holds all numbers."""
    host = max(number ^ numbers[0] for number in numbers).bit_length()
    return numbers[0] >> host << host, ADDRESS_BITS[version] - host


def _holds(version: int, low: int, length: int, number: int) -> bool:
    host = ADDRESS_BITS[version] - length
    return number >> host == low >> host


def neighbours(addresses: Iterable[str], pods: Iterable[str]) -> list[str]:
    """Return the addresses that are as near to a pod's as pods are to each other."""
    known = {
        (version, number >> ADDRESS_BITS[version] - NETWORK_BITS[version])
        for version, number in map(address_number, pods)
    }
    numbers = ((each, *address_number(each)) for each in addresses)
    return [
        text
        for text, version, number in numbers
        if (version, number >> ADDRESS_BITS[version] - NETWORK_BITS[version]) in known
    ]


USUAL_PREFIX: Final = {4: 24, 6: 64}  # lengths: most subnets of nodes are no smaller
NodeInterface: TypeAlias = tuple[str, str]  # node, interface


class _Link(NamedTuple):
    """Two interfaces, each as (node, interface).

    `router` is the MAC of the router between them, None if they reach each other directly.
    """

    mine: NodeInterface
    theirs: NodeInterface
    router: str | None


def find_subnets(draft: TopologyDraft) -> None:
    """Give addresses of uplinks prefix lengths where packets show who shares a subnet; name routers."""
    interfaces = {
        (node.name, each.name): each for node in draft.nodes.values() for each in node.of_role(*UNDERLAY)
    }
    links = [*_links(interfaces), *_pod_links(draft, interfaces)]
    links += _hypotheses(draft, interfaces, links)
    groups = _groups(links)
    networks: dict[NodeInterface, str] = {}
    for version in (4, 6):
        known = [_addresses([interfaces[name] for name in group], version) for group in groups]
        for group, members in zip(groups, known, strict=True):
            others = [address for each in known if each is not members for address in each]
            length = _length(members, others, version)
            for name in group if members else ():
                interfaces[name].addresses = [
                    f"{each}/{length}" if each in members else each for each in interfaces[name].addresses
                ]
                networks.setdefault(name, cidr_text(cidr(f"{members[0]}/{length}")))
    _name_routers(draft, links, networks)


def _addresses(interfaces: Sequence[InterfaceDraft], version: int) -> list[str]:
    """Return the addresses of one family."""
    return [
        address for each in interfaces for address in each.addresses if (":" in address) == (version == 6)
    ]


def _links(interfaces: Mapping[NodeInterface, InterfaceDraft]) -> Iterator[_Link]:
    """Yield what each packet between two nodes tells about the way between them."""
    owners = {address: name for name, each in interfaces.items() for address in each.addresses}
    macs = {each.mac: name for name, each in interfaces.items() if each.mac}
    for interface in interfaces.values():
        for each in interface.place.vantage.seen if interface.place and interface.mac else ():
            asks = each.kind in ("arp", "nd")
            ends = (each.claim, each.destination) if asks else each.ends
            mine, theirs = (owners.get(end or "") for end in ends)
            if mine and theirs and mine[0] != theirs[0]:
                yield from _link(each, interface.mac, _Link(mine, theirs, None), macs)


def _pod_links(draft: TopologyDraft, interfaces: Mapping[NodeInterface, InterfaceDraft]) -> Iterator[_Link]:
    """Yield the way that plain packets from pods of other nodes took.

    It is direct if they come from the node's own MAC, or were routed only once.
    """
    uplinks = {name[0]: name for name, each in interfaces.items() if each.role == Role.UPLINK}
    homes = {address: uplinks.get(pod.node or "") for pod in draft.pods.values() for address in pod.addresses}
    for name, interface in interfaces.items():
        for each in interface.place.vantage.seen if interface.place and interface.mac else ():
            far = homes.get(each.source or "")
            if (
                each.form == "plain"
                and each.is_data
                and each.mac_to == interface.mac
                and far
                and far[0] != name[0]
            ):
                near = each.mac_from == interfaces[far].mac or (each.ttl or 0) + 1 in FIRST_TTLS
                yield _Link(name, far, None if near else each.mac_from)


def _hypotheses(
    draft: TopologyDraft, interfaces: Mapping[NodeInterface, InterfaceDraft], links: Sequence[_Link]
) -> Iterator[_Link]:
    """Yield links that explain why packets between some nodes' pods are in tunnels and others are not.

    They are made only for nodes about which nothing else is known.
    """
    uplinks = {name[0]: name for name, each in interfaces.items() if each.role == Role.UPLINK}
    forms: dict[tuple[str, str], set[bool]] = {}
    for interface in interfaces.values():
        for each in interface.place.vantage.seen if interface.place else ():
            ends = [pod.node if pod else None for pod in map(draft.pod_of, (each.source, each.destination))]
            if each.is_data and ends[0] in uplinks and ends[1] in uplinks and ends[0] != ends[1]:
                forms.setdefault((str(ends[0]), str(ends[1])), set()).add(each.form == "plain")
    both = {pair: found | forms.get(pair[::-1], {True, False}) for pair, found in forms.items()}
    known = {frozenset((link.mine[0], link.theirs[0])) for link in links}
    if {True} in both.values():
        for (one, other), found in sorted(both.items()):
            if found == {False} and frozenset((one, other)) not in known:
                yield _Link(uplinks[one], uplinks[other], "")


def _link(
    each: TrafficSeen, own: str | None, direct: _Link, macs: Mapping[str, NodeInterface]
) -> Iterator[_Link]:
    """Yield the way that one packet took, if it tells.

    Args:
        each: the packet.
        own: the MAC of the interface where it was seen.
        direct: the two interfaces, as if they reached each other directly.
        macs: MAC -> interface.
    """
    if each.kind in ("arp", "nd"):
        yield direct
    elif each.mac_from == own and each.unicast and each.mac_to:
        if each.mac_to in macs or direct.theirs in macs.values():
            yield direct._replace(router=None if each.mac_to in macs else each.mac_to)
    elif each.mac_to == own and each.mac_from:
        near = each.ttl in FIRST_TTLS or each.mac_from in macs
        yield _Link(direct.theirs, direct.mine, None if near else each.mac_from)


def _groups(links: Sequence[_Link]) -> list[list[NodeInterface]]:
    """Return the groups of interfaces that reach each other directly."""
    group = {name: {name} for link in links for name in link[:2]}
    for link in links:
        if link.router is None and group[link.mine] is not group[link.theirs]:
            both = group[link.mine] | group[link.theirs]
            group |= dict.fromkeys(both, both)
    return [sorted(each) for each in {min(members): members for members in group.values()}.values()]


def _length(members: Sequence[str], others: Sequence[str], version: int) -> int:
    """Return a prefix length that holds all members; longer than usual if it would hold others too."""
    numbers = [address_number(each)[1] for each in members] or [0]
    common = ADDRESS_BITS[version] - max(number ^ numbers[0] for number in numbers).bit_length()
    length = min(common, USUAL_PREFIX[version])
    strangers = [address_number(each)[1] for each in others]
    while length < common and any(
        _is_in(ADDRESS_BITS[version] - length, numbers[0], each) for each in strangers
    ):
        length += 1
    return length


def _is_in(host: int, member: int, other: int) -> bool:
    return member >> host == other >> host


def _name_routers(
    draft: TopologyDraft, links: Sequence[_Link], networks: Mapping[NodeInterface, str]
) -> None:
    """Add routers by subnet, and by the address that they claim."""
    draft.routers |= {
        networks[link.mine]: link.router for link in links if link.router and link.mine in networks
    }
    known = set(draft.routers.values())
    for node in draft.nodes.values():
        for interface in node.of_role(*UNDERLAY):
            for each in interface.place.vantage.seen if interface.place else ():
                if each.claim and each.claim_mac in known and is_host(each.claim):
                    draft.routers[each.claim] = str(each.claim_mac)
