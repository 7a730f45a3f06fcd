"""Which interface of a node each interface index of an `any` capture is.

SLL2 keeps the index and not the name. This takes what was seen at each index (packet types, source MACs,
stacks, inner addresses) and gives names. Each pair of index and interface gets points for and against it.
The best pairs are taken; a tie settles nothing.

Packet types and hardware types are those of Linux (if_packet.h, if_arp.h). A frame that leaves carries the
interface's own MAC, except at a port of a bridge, where frames for the bridge's own MAC are of type 3 (for
another host).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from pcapcheck.decode.tunnels import CARRIERS
from pcapcheck.topology.devices import DEVICE_KINDS, ETHER, LOOPBACK
from pcapcheck.topology.interfacenames import kind_of
from pcapcheck.topology.topology import Interface, Node, Role, Topology

OTHER_HOST, OUTGOING = 3, 4  # PACKET_OTHERHOST, PACKET_OUTGOING: linux/if_packet.h
_ENOUGH: Final = 30


@dataclass(frozen=True)
class IndexFacts:
    """What was seen at one interface index.

    Attributes:
        ifindex: the index.
        hatype: ARPHRD number of the link layer: 1 Ethernet, 772 loopback, 768 IPIP, 778 GRE, 65534 none.
        packets: how many packets of each type (0 to us, 1 broadcast, 2 multicast, 3 other host, 4 outgoing).
        sources: the source MACs of each packet type.
        stacks: the stacks, as `sll:ip:udp:vxlan:eth:ip:tcp`.
        pairs: the innermost (source, destination) addresses.
    """

    ifindex: int
    hatype: int
    packets: Mapping[int, int] = field(default_factory=dict)
    sources: Mapping[int, frozenset[str]] = field(default_factory=dict)
    stacks: frozenset[str] = frozenset()
    pairs: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def sent(self) -> frozenset[str]:
        """Return the source MACs of the frames that left."""
        return self.sources.get(OUTGOING, frozenset())

    @cached_property
    def received(self) -> frozenset[str]:
        """Return the source MACs of the frames that arrived."""
        return frozenset().union(*(macs for kind, macs in self.sources.items() if kind != OUTGOING))

    @cached_property
    def tunnelled(self) -> bool:
        """Return whether any packet was in a tunnel."""
        layers = [each.split(":") for each in self.stacks]
        return any(CARRIERS & set(each) or each.count("ip") + each.count("ipv6") > 1 for each in layers)

    @cached_property
    def tagged(self) -> bool:
        """Return whether any packet had a VLAN tag."""
        return any("vlan" in each.split(":") for each in self.stacks)


def settle_any(topology: Topology, node: str, seen: Iterable[IndexFacts]) -> dict[int, str]:
    """Return interface index -> name for those indices of a node that can be recognised."""
    known = topology.nodes.get(node)
    if known is None:
        return {}
    facts = list(seen)
    indices = {each.ifindex: each.name for each in known.interfaces.values() if each.ifindex}
    settled = {each.ifindex: indices[each.ifindex] for each in facts if each.ifindex in indices}
    settled |= {each.ifindex: "lo" for each in facts if each.hatype == LOOPBACK}
    judge = _Judge(topology, known)
    free = [each for each in known.interfaces.values() if each.name not in settled.values()]
    scores = {
        each.ifindex: {interface.name: judge.score(each, interface) for interface in free}
        for each in facts
        if each.ifindex not in settled
    }
    _take_best(scores, settled)
    _take_last(scores, settled)
    return settled


def _take_best(scores: dict[int, dict[str, int]], settled: dict[int, str]) -> None:
    """Settle the pairs with the most points, unless an index or a name has two equally good partners."""
    pairs = [(points, index, name) for index, row in scores.items() for name, points in row.items()]
    for points, index, name in sorted(pairs, key=lambda each: (-each[0], each[1:])):
        if points < _ENOUGH:
            return
        if name not in scores.get(index, {}):
            continue
        rivals = (
            list(scores[index].values()).count(points),
            [row[name] for row in scores.values()].count(points),
        )
        if max(rivals) == 1:
            settled[index] = name
            _remove(scores, index, name)


def _take_last(scores: dict[int, dict[str, int]], settled: dict[int, str]) -> None:
    """Settle each pair whose index and name have only each other left, if no evidence contradicts it."""
    left = [(index, name) for index, row in scores.items() for name, points in row.items() if points >= 0]
    indices, names = Counter(each[0] for each in left), Counter(each[1] for each in left)
    settled |= {index: name for index, name in left if indices[index] == names[name] == 1}


def _remove(scores: dict[int, dict[str, int]], index: int, name: str) -> None:
    del scores[index]
    for row in scores.values():
        del row[name]


class _Judge:
    """Counts evidence for and against an index being an interface."""

    def __init__(self, topology: Topology, node: Node) -> None:
        self._pods = topology.pods
        self._here = _macs_of_pods(topology, node, here=True)
        self._elsewhere = _macs_of_pods(topology, node, here=False)
        self._vteps = _macs_of_others(topology, node, Role.VTEP)
        self._near = _macs_of_others(topology, node, Role.UPLINK) | set(topology.routers.values())
        self._roles: dict[Role, Callable[[IndexFacts, Interface], int]] = {
            Role.VETH: self._veth,
            Role.BRIDGE: self._bridge,
            Role.VTEP: self._vtep,
            Role.UPLINK: self._uplink,
            Role.VLAN: self._vlan,
            Role.TUNNEL: self._tunnel,
        }

    def score(self, facts: IndexFacts, interface: Interface) -> int:
        """Return the votes for an index being an interface; negative if more are against it."""
        if facts.hatype == LOOPBACK or (facts.hatype == ETHER) == (interface.role == Role.TUNNEL):
            return -1000
        judge = self._roles.get(interface.role)
        return judge(facts, interface) if judge else _own(facts, interface)

    def _veth(self, facts: IndexFacts, interface: Interface) -> int:
        pod = self._pods.get(interface.pod or "")
        if pod is None or facts.tunnelled:
            return -1 if pod else _own(facts, interface)
        mac = {pod.mac} - {None}
        ours = {each for each in facts.pairs if set(each) & set(pod.addresses)}
        points = 40 * bool(mac & facts.received) - 40 * bool(mac and facts.received - mac)
        points -= 60 * bool(mac & facts.sent)
        return points + 20 * bool(ours) - 20 * bool(facts.pairs - ours) + 5 * (interface.mac in facts.sent)

    def _bridge(self, facts: IndexFacts, interface: Interface) -> int:
        strangers = facts.sent - {interface.mac}
        points = _own(facts, interface) - 60 * bool(
            strangers or facts.packets.get(OTHER_HOST) or facts.tunnelled
        )
        return points + 5 * bool(facts.received & self._here)

    def _vtep(self, facts: IndexFacts, interface: Interface) -> int:
        if facts.tunnelled:
            return -1
        bridged = bool(facts.received & self._elsewhere) and not facts.received & {interface.mac}
        crossing = bool(facts.sent & self._here)
        return _own(facts, interface) + 30 * bool(facts.received & self._vteps) + 20 * bridged + 20 * crossing

    def _uplink(self, facts: IndexFacts, interface: Interface) -> int:
        points = _own(facts, interface) + 40 * facts.tunnelled + 20 * bool(facts.received & self._near)
        return points + 20 * facts.tagged if points else 0

    def _vlan(self, facts: IndexFacts, interface: Interface) -> int:
        known = {each.partition("/")[0] for each in interface.addresses}
        ours = any(set(each) & known for each in facts.pairs)
        return _own(facts, interface) + 30 * ours - 60 * facts.tagged

    def _tunnel(self, facts: IndexFacts, interface: Interface) -> int:
        wanted = _hardware(interface)
        if wanted is not None and wanted != facts.hatype:
            return -1
        known = {each.partition("/")[0] for each in interface.addresses}
        return (
            30 * (wanted is not None)
            + 10 * any(set(each) & known for each in facts.pairs)
            + 5 * (not facts.tunnelled)
        )


def _macs_of_pods(topology: Topology, node: Node, *, here: bool) -> frozenset[str]:
    pods = (each for each in topology.pods.values() if (each.node == node.name) == here)
    return frozenset(each.mac for each in pods if each.mac)


def _macs_of_others(topology: Topology, node: Node, role: Role) -> frozenset[str]:
    others = (each for each in topology.nodes.values() if each.name != node.name)
    return frozenset(each.mac for other in others for each in other.of_role(role) if each.mac)


def _own(facts: IndexFacts, interface: Interface) -> int:
    """Return points for frames that leave with the interface's own MAC, and against those that arrive."""
    if interface.mac is None:
        return 0
    return 40 * (interface.mac in facts.sent) - 40 * (interface.mac in facts.received)


def _hardware(interface: Interface) -> int | None:
    """Return the hardware type that an interface must have, by its `type:` or else its name."""
    kinds = (str(interface.parameters.get("type", "")), kind_of(interface.name))
    return next((DEVICE_KINDS[each].hardware for each in kinds if _has_hardware(each)), None)


def _has_hardware(kind: str) -> bool:
    return kind in DEVICE_KINDS and DEVICE_KINDS[kind].hardware is not None
