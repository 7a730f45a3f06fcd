"""Which hosts are nodes, which are pods, and on which node each pod lives.

Takes hosts. The two ends of a veth name each other's index, and the node's FDB, neighbours or routes name
the pod's MAC or address. A macvlan or ipvlan names the index of its parent, and the parent's FDB or MAC
proves it. A host whose pods have pods themselves is the fabric between nodes; one that belongs to nobody is
outside.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pcapcheck.documents import values
from pcapcheck.dumps.host import Host, Link
from pcapcheck.topology.devices import DEVICE_KINDS
from pcapcheck.topology.roles import HOST_SIDE, role_of
from pcapcheck.topology.topology import Role

_CALICO: Final = "ee:ee:ee:ee:ee:ee"  # the MAC of the host end of every pod of Calico
_ON_PARENT: Final = frozenset(each.kind for each in DEVICE_KINDS.values() if each.on_parent)


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a pod lives: its own interface `inside`, and the node's interface `outside` that leads to it."""

    pod: str
    node: str
    inside: Link
    outside: Link
    proof: int


@dataclass(slots=True)
class Residences:
    """What every host is."""

    nodes: list[str] = field(default_factory=list)
    pods: dict[str, list[Residence]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


def settle(hosts: Mapping[str, Host], known_nodes: Iterable[str] = ()) -> Residences:
    """Return what each host is; `known_nodes` are the nodes that Kubernetes names."""
    found = [each for pod in hosts.values() for node in hosts.values() for each in _residences(pod, node)]
    hosting = {each.node for each in found}
    fabric = {each.node for each in found if each.pod in hosting and each.node != each.pod}
    known = set(known_nodes)
    nodes = (hosting - fabric) | (known & hosts.keys())
    homes: dict[str, list[Residence]] = {}
    for each in found:
        if each.node in nodes and each.pod not in nodes:
            homes.setdefault(each.pod, []).append(each)
    rest = [name for name in hosts if name not in nodes and name not in homes]
    nodes |= {
        name for name in rest if name not in fabric and _is_node(hosts[name], [hosts[each] for each in nodes])
    }
    return Residences(
        [name for name in hosts if name in nodes],
        {name: _likeliest(several) for name, several in homes.items()},
        [name for name in hosts if name not in nodes and name not in homes],
    )


def _residences(pod: Host, node: Host) -> list[Residence]:
    if pod is node:
        return []
    pairs = ((inside, node.link_with(inside.peer_index)) for inside in pod.links.values() if inside.far)
    return [
        Residence(pod.name, node.name, inside, outside, points)
        for inside, outside in pairs
        if outside and (points := _proof(node, outside, pod, inside))
    ]


def _proof(node: Host, outside: Link, pod: Host, inside: Link) -> int:
    """Return how well it is proved that a node's interface leads to a pod's; indices alone prove nothing."""
    if inside.kind in _ON_PARENT:
        return 2 * (inside.mac == outside.mac or inside.mac in _unicast(node, outside))
    ends = inside.kind == outside.kind == "veth" and outside.peer_index == inside.index
    if not ends or not inside.addresses or inside.master or role_of(outside.name) == Role.UPLINK:
        return 0
    bare = {each.partition("/")[0] for each in inside.addresses}
    far_macs = {str(row.get("lladdr")) for row in pod.neighbours if row.get("dev") == inside.name} - {_CALICO}
    proofs = (
        inside.mac in node.macs_behind(outside),
        bare & node.addresses_behind(outside),
        outside.mac in far_macs,
    )
    bridge = node.links.get(outside.master)
    # A bridge knows neighbours of other nodes too, where it reaches through a tunnel.
    return 2 * sum(map(bool, proofs)) + (inside.mac in node.macs_behind(bridge) if bridge else 0)


def _unicast(node: Host, link: Link) -> set[str]:
    """Return the MACs that an interface accepts in addition to its own: those of the macvlans on it."""
    rows = (row for row in node.fdb if row.get("ifname") == link.name and row.get("state") == "permanent")
    return {str(row["mac"]) for row in rows}


def _likeliest(several: list[Residence]) -> list[Residence]:
    """Return the residences of a pod on one node that have most proof."""
    points: Counter[str] = Counter()
    for each in several:
        points[each.node] += each.proof
    best = max(points, key=lambda node: points[node])
    return [each for each in several if each.node == best]


def _is_node(host: Host, nodes: list[Host]) -> bool:
    """Return whether a host without pods is a node: it has what only nodes have, or is next to one."""
    if any(role_of(name) in HOST_SIDE for name in host.links):
        return True
    if not nodes:
        return any(each.addresses and each.kind not in _ON_PARENT for each in host.links.values())
    return bool(_subnets(host) & set().union(*(_subnets(node) for node in nodes)))


def _subnets(host: Host) -> set[values.Span]:
    links = (each for each in host.links.values() if each.medium == "ether" and not each.master)
    return {values.cidr(address) for each in links for address in each.addresses}
