"""Disagreements: what a topology says of the places that were captured, held against their packets.

A topology describes one moment. Where an owner uses another address or MAC than the topology says, the same
one in all its packets, and is answered there, the topology is out of date: it is corrected, so that the
packets are judged and not the file. Where nobody answers, the difference may be the fault itself, and nothing
changes.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from pcapcheck.bind.vantagepoint import VantagePoint
from pcapcheck.infer.homes import homes
from pcapcheck.infer.stations import Station, Stations, is_host, stations
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import Interface, Node, OwnerKind, Pod, Role, Topology

WITHOUT_OWNER: Final = (OwnerKind.EXTERNAL, OwnerKind.POD_NETWORK)
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class StaleStatement:
    """One statement of the topology that the packets contradict.

    Attributes:
        owner: the pod, or the node.
        interface: of the node; "" for a pod.
        what: `address`, `MAC` or `node`.
        stated: what the topology says.
        used: what the packets say.
        answered: whether the owner is answered there: if so, the topology is out of date.
    """

    owner: str
    interface: str
    what: str
    stated: str
    used: str
    answered: bool

    @property
    def text(self) -> str:
        """Return the sentence for the report."""
        where = f"{self.owner} {self.interface}".rstrip()
        end = "the topology is out of date" if self.answered else "nothing answers it there"
        does = f"is on {self.used}" if self.what == "node" else f"uses the {self.what} {self.used}"
        return f"{where} {does}; the topology says {self.stated}: {end}"


def disagreements(vantages: Sequence[VantagePoint], topology: Topology) -> list[StaleStatement]:
    """Return what the packets contradict, a statement each, in order of the vantage points."""
    owners = Owners(topology)
    found = [each for vantage in vantages for each in _at(vantage, topology, owners)]
    found += _moved(vantages, topology, owners)
    stated: dict[tuple[str, str, str], StaleStatement] = {}
    for each in found:
        stated.setdefault((each.owner, each.interface, each.what), each)
    several = {(each.owner, each.interface, each.what, each.used) for each in found}
    return [each for key, each in stated.items() if sum(one[:3] == key for one in several) == 1]


def corrected(topology: Topology, found: Sequence[StaleStatement]) -> Topology:
    """Return the topology as the packets say it is, where it is out of date."""
    for each in found:
        if not each.answered:
            continue
        if each.owner in topology.pods:
            pods = {**topology.pods, each.owner: _pod(topology.pods[each.owner], each)}
            topology = replace(topology, pods=pods)
        else:
            nodes = {**topology.nodes, each.owner: _node(topology.nodes[each.owner], each)}
            topology = replace(topology, nodes=nodes)
    return topology


def _at(vantage: VantagePoint, topology: Topology, owners: Owners) -> Iterator[StaleStatement]:
    point = vantage.point
    if point is None:
        return
    seen = stations(vantage)
    pod = topology.pods.get(point.pod or "")
    if point.role in (Role.POD, Role.VETH) and pod and not pod.host_network and len(pod.interfaces) < 2:
        yield from _of_pod(pod, seen, owners)
    node = topology.nodes.get(point.node or "")
    if point.role in (Role.UPLINK, Role.VTEP) and node and point.interface in node.interfaces:
        everything = Stations(vantage.seen)
        yield from _of_node(node, node.interfaces[point.interface], everything, owners, _sharing(topology))


def _sharing(topology: Topology) -> frozenset[str]:
    """Return the pods that have the MAC of the interface under them."""
    pods = (each for each in topology.pods.values() if each.type == "ipvlan" or each.mode == "passthru")
    return frozenset(each.name for each in pods)


def _of_pod(pod: Pod, seen: Stations, owners: Owners) -> Iterator[StaleStatement]:
    by_mac = seen.by_mac.get(pod.mac or "")
    if by_mac:
        yield from _address(pod.name, "", pod.addresses, by_mac, owners)
    elif pod.mac and (station := _only(each for each in seen.everywhere() if each.own & {*pod.addresses})):
        answered = any(station.got[address] for address in pod.addresses)
        yield StaleStatement(pod.name, "", "MAC", pod.mac, station.mac, answered)


def _of_node(
    node: Node, interface: Interface, seen: Stations, owners: Owners, sharing: Container[str]
) -> Iterator[StaleStatement]:
    by_mac = seen.by_mac.get(interface.mac or "")
    if by_mac and interface.role == Role.UPLINK:
        of_interface = {address.partition("/")[0] for address in interface.addresses}
        yield from _address(
            node.name, interface.name, tuple({*node.addresses, *of_interface}), by_mac, owners
        )
    elif interface.mac and not by_mac and (station := _mine(node, interface, seen, owners, sharing)):
        yield StaleStatement(node.name, interface.name, "MAC", interface.mac, station.mac, bool(station.got))


def _mine(
    node: Node, interface: Interface, seen: Stations, owners: Owners, sharing: Container[str]
) -> Station | None:
    """Return the station that sends for a node's interface, although it has another MAC than that.

    Args:
        node: the node.
        interface: one of its interfaces.
        seen: the stations there.
        owners: the owners of addresses and MACs.
        sharing: the pods that have the MAC of the interface under them.
    """
    addresses = {*node.addresses, *(each.partition("/")[0] for each in interface.addresses)}

    def sends_for_node(each: Station) -> bool:
        of_node = bool(each.sent) and all(owners.of(source).node == node.name for source in each.sent)
        return bool(each.own & addresses) or of_node

    def may_be(each: Station) -> bool:
        return all(
            one.node == node.name and (one.pod in sharing if one.pod else one.interface in stacked)
            for one in owners.mac_owner(each.mac)
        )

    stacked = {one.name for one in node.interfaces.values() if interface.name in (one.name, one.parent)}
    stacked |= {interface.parent} if interface.parent else set()

    return _only(each for each in seen.everywhere() if may_be(each) and sends_for_node(each))


def _address(
    owner: str, interface: str, stated: Sequence[str], station: Station, owners: Owners
) -> Iterator[StaleStatement]:
    """Yield the address that a station uses in place of the stated one, for each family."""
    for six in (False, True):
        wanted = sorted(address for address in stated if (":" in address) == six)
        own = {address for address in station.own if (":" in address) == six and is_host(address)}
        heard = own | station.got.keys() | station.sent.keys() | station.claims.keys()
        if not wanted or heard & {*wanted}:
            continue
        used = _only(each for each in sorted(own) if owners.of(each).kind in WITHOUT_OWNER)
        if used and len(own) == 1:
            yield StaleStatement(owner, interface, "address", wanted[0], used, station.got[used] > 0)


def _moved(vantages: Sequence[VantagePoint], topology: Topology, owners: Owners) -> Iterator[StaleStatement]:
    """Yield pods whose packets come from another node than the topology says, wherever that shows."""
    left = homes(vantages, topology, owners)
    heard = {each.destination for vantage in vantages for each in vantage.seen if each.is_data}
    shared = Counter(address for pod in topology.pods.values() for address in pod.addresses)
    for pod in topology.pods.values():
        own = [address for address in pod.addresses if shared[address] == 1]
        node = _only(sorted({node for address in own for node in left.get(address, ())}))
        if node and node != pod.node and not pod.host_network:
            yield StaleStatement(pod.name, "", "node", pod.node, node, bool(heard.intersection(own)))


def _only(found: Iterable[One]) -> One | None:
    """Return the only one, or None."""
    every = list(found)
    return every[0] if len(every) == 1 else None


def _pod(pod: Pod, found: StaleStatement) -> Pod:
    if found.what == "node":
        return replace(pod, node=found.used)
    if found.what == "MAC":
        return replace(pod, mac=found.used)
    return replace(pod, addresses=_replaced(pod.addresses, found))


def _node(node: Node, found: StaleStatement) -> Node:
    interfaces = {name: _interface(each, found) for name, each in node.interfaces.items()}
    addresses = _replaced(node.addresses, found) if found.what == "address" else node.addresses
    return replace(node, addresses=addresses, interfaces=interfaces)


def _interface(interface: Interface, found: StaleStatement) -> Interface:
    if found.what == "address":
        return replace(interface, addresses=_replaced(interface.addresses, found))
    return replace(interface, mac=found.used) if interface.name == found.interface else interface


def _replaced(addresses: Sequence[str], found: StaleStatement) -> tuple[str, ...]:
    """Return addresses with the one that is used in place of the stated one."""
    return tuple(
        found.used + each[len(found.stated) :] if each.partition("/")[0] == found.stated else each
        for each in addresses
    )
