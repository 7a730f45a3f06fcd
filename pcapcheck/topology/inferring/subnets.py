"""Subnets: which nodes reach each other directly, and which over a router.

A frame for a node's address that is for that node's MAC went directly, one for another MAC over a router. Prefix
lengths are not on the wire: the shortest usual one is taken that holds a subnet's nodes and none of another's.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pcapcheck.topology.inferring.draft import Draft
from pcapcheck.topology.inferring.stations import FIRST_TTLS, is_host
from pcapcheck.topology.inferring.uplinks import UNDERLAY
from pcapcheck.topology.inferring.watch import Seen
from pcapcheck.values import address_number, cidr, cidr_text

USUAL: Final = {4: 24, 6: 64}
BITS: Final = {4: 32, 6: 128}


class _Link(NamedTuple):
    """Two nodes' addresses; `router` is the MAC between them, None if they reach each other directly."""

    mine: str
    theirs: str
    router: str | None


def find_subnets(draft: Draft) -> None:
    """Give the addresses of uplinks their prefix lengths, where packets show who is in one subnet; name routers."""
    links = list(_all_links(draft))
    groups = _groups(links)
    lengths = {address: _length(members, groups) for members in groups for address in members}
    for node in draft.nodes.values():
        for interface in node.of_role(*UNDERLAY):
            interface.addresses = [
                f"{each}/{lengths[each]}" if each in lengths else each for each in interface.addresses
            ]
    networks = {address: cidr_text(cidr(f"{address}/{length}")) for address, length in lengths.items()}
    _name_routers(draft, links, networks)


def _all_links(draft: Draft) -> Iterator[_Link]:
    owners = {address: node.name for node in draft.nodes.values() for address in node.addresses}
    macs = {
        each.mac: node.name for node in draft.nodes.values() for each in node.of_role(*UNDERLAY) if each.mac
    }
    for node in draft.nodes.values():
        for interface in node.of_role(*UNDERLAY):
            for each in interface.place.watch.seen if interface.place and interface.mac else ():
                ends = each.ends if each.kind != "arp" else (each.source, each.destination)
                nodes = [owners.get(end or "") for end in ends]
                if None not in nodes and nodes[0] != nodes[1]:
                    yield from _link(each, interface.mac, (str(ends[0]), str(ends[1])), macs, str(nodes[1]))


def _link(
    each: Seen, own: str | None, ends: tuple[str, str], macs: Mapping[str, str], receiver: str
) -> Iterator[_Link]:
    """Yield what one packet between two nodes says of the way between them.

    Args:
        each: the packet.
        own: the MAC of the interface where it was seen.
        ends: the nodes' addresses.
        macs: MAC -> node.
        receiver: the node that it is for.
    """
    if each.kind == "arp":
        yield _Link(*ends, None)
    elif each.mac_from == own and each.unicast and each.mac_to:
        if each.mac_to in macs or receiver in macs.values():
            yield _Link(*ends, None if each.mac_to in macs else each.mac_to)
    elif each.mac_to == own and each.mac_from:
        direct = each.ttl in FIRST_TTLS or each.mac_from in macs
        yield _Link(ends[1], ends[0], None if direct else each.mac_from)


def _groups(links: Sequence[_Link]) -> list[list[str]]:
    """Return the addresses that reach each other directly, group by group."""
    group = {address: {address} for link in links for address in link[:2]}
    for link in links:
        if link.router is None and group[link.mine] is not group[link.theirs]:
            both = group[link.mine] | group[link.theirs]
            group |= dict.fromkeys(both, both)
    return [sorted(each) for each in {min(members): members for members in group.values()}.values()]


def _length(members: Sequence[str], groups: Sequence[Sequence[str]]) -> int:
    """Return a prefix length that holds all members; longer than usual if those of other groups would be in it too."""
    version = address_number(members[0])[0]
    numbers = [address_number(each)[1] for each in members]
    common = BITS[version] - max(number ^ numbers[0] for number in numbers).bit_length()
    length = min(common, USUAL[version])
    others = [address_number(each) for group in groups if group != members for each in group]
    strangers = [number for family, number in others if family == version]
    while length < common and any(_holds(BITS[version] - length, numbers[0], each) for each in strangers):
        length += 1
    return length


def _holds(host: int, member: int, other: int) -> bool:
    return member >> host == other >> host


def _name_routers(draft: Draft, links: Sequence[_Link], networks: Mapping[str, str]) -> None:
    """Add routers by subnet, and by the address that they claim."""
    draft.routers |= {networks[link.mine]: link.router for link in links if link.router}
    known = set(draft.routers.values())
    for node in draft.nodes.values():
        for interface in node.of_role(*UNDERLAY):
            for each in interface.place.watch.seen if interface.place else ():
                if each.claim and each.claim_mac in known and is_host(each.claim):
                    draft.routers[each.claim] = str(each.claim_mac)
