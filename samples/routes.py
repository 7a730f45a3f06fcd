"""Which links a packet crosses from one pod to another, by the style of the container network.

One function for each style. The links between the nodes are the cluster's; what a pod is attached to is
said here.
"""

from collections.abc import Callable
from dataclasses import replace

from cluster import Cluster
from network import Crossing, Hop, Path, Point, Segment
from wire import Packet, Station, unreachable

NET_UNREACHABLE = 0


def path(cluster: Cluster, source: str, destination: str) -> Path:
    """Return the path from one pod to another, or from one node to another."""
    if source in cluster.topology["nodes"]:
        return Path(cluster.underlay(source, destination))
    return STYLES[cluster.style](cluster, source, destination)


def _bridged(cluster: Cluster, source: str, destination: str) -> Path:
    if cluster.pod(source)["node"] != cluster.pod(destination)["node"]:
        return _across(cluster, source, destination)
    up, down = _up(cluster, source), _down(cluster, destination)
    return Path(
        (Segment(up + down[1:], _station(cluster, source), _station(cluster, destination), routed=0),)
    )


def _routed(cluster: Cluster, source: str, destination: str) -> Path:
    if cluster.pod(source)["node"] != cluster.pod(destination)["node"]:
        return _across(cluster, source, destination)
    return Path((_leave(cluster, source), _arrive(cluster, destination)))


def _across(cluster: Cluster, source: str, destination: str) -> Path:
    node, peer = cluster.pod(source)["node"], cluster.pod(destination)["node"]
    leave, arrive = _leave(cluster, source), _arrive(cluster, destination)
    way = _way(cluster, node, peer)
    home = Path((replace(_arrive(cluster, source), routed=0),))
    if way == "default":
        back = Path((cluster.from_router(node), _arrive(cluster, source)))
        return Path((leave, cluster.to_router(node)), False, home, _no_route(cluster, node), back)
    between, right = _between(cluster, source, node, peer, way)
    return Path((leave, *between, arrive) if right else (leave, *between), right, home)


def _between(
    cluster: Cluster, source: str, node: str, peer: str, way: str
) -> tuple[tuple[Segment, ...], bool]:
    """Return the segments between two nodes, and whether they lead to the peer."""
    if way == "tunnel":
        segment, right = cluster.tunnel(source, node, peer)
        return (segment,), right
    if way == "direct":
        return cluster.underlay(node, peer, routed=1), True
    return cluster.underlay(node, way, routed=1) + cluster.underlay(way, peer, routed=1), True


def _way(cluster: Cluster, node: str, peer: str) -> str:
    same_subnet = cluster.subnet(node) == cluster.subnet(peer)
    without = cluster.direct == "all" or (cluster.direct == "subnet" and same_subnet)
    return cluster.ways.get((node, peer), "direct" if without else "tunnel")


def _no_route(cluster: Cluster, node: str) -> Callable[[Packet], Packet]:
    def error(packet: Packet) -> Packet:
        return unreachable(cluster.router(node).address, packet, NET_UNREACHABLE)

    return error


def _one_segment(cluster: Cluster, source: str, destination: str) -> Path:
    """Pods of all nodes on one link: frames cross tunnels as they are (NVGRE, VXLAN between bridges)."""
    node, peer = cluster.pod(source)["node"], cluster.pod(destination)["node"]
    here, there = cluster.device(source, node), cluster.device(source, peer)
    assert here
    assert there
    between: tuple[Hop | Crossing, ...] = (
        Hop(cluster.point(node, here), True),
        cluster.crossing(source, node, peer),
        Hop(cluster.point(peer, there), False),
    )
    hops = _up(cluster, source) + between + _down(cluster, destination)
    return Path((Segment(hops, _station(cluster, source), _station(cluster, destination), routed=0),))


def _macvlan(cluster: Cluster, source: str, destination: str) -> Path:
    """Children of a parent interface, each with its own MAC; the mode decides about two of one parent."""
    pod, peer = cluster.pod(source), cluster.pod(destination)
    out = cluster.attached(pod["node"], out=True, parent=pod["parent"])
    back = cluster.attached(peer["node"], out=False, parent=peer["parent"])
    reached = True
    if pod["node"] == peer["node"]:
        out, back, reached = _same_parent(cluster, pod["mode"], out, back)
    hops = (_inside(cluster, source, out=True), *out, *back)
    hops += (_inside(cluster, destination, out=False),) if reached else ()
    answered = reached and cluster.address(destination) not in cluster.silent
    segment = Segment(
        hops, _station(cluster, source), _station(cluster, destination), answered=answered, routed=0
    )
    return Path((segment,))


def _same_parent(
    cluster: Cluster, mode: str, out: tuple[Hop, ...], back: tuple[Hop, ...]
) -> tuple[tuple[Hop, ...], tuple[Hop, ...], bool]:
    """Return where a frame for a pod of the same parent is seen, and whether it arrives.

    A bridge delivers it itself, and the parent shows it once; a VEPA needs a switch that reflects; private
    pods never talk.
    """
    if mode == "bridge":
        return out[:1], (), True
    if mode == "vepa" and cluster.reflecting:
        return out, back, True
    return out, (), False


def _ipvlan_l2(cluster: Cluster, source: str, destination: str) -> Path:
    """Children that share the parent's MAC; two of one parent talk inside it, unseen there."""
    pod, peer = cluster.pod(source), cluster.pod(destination)
    between: tuple[Hop, ...] = ()
    if pod["node"] != peer["node"]:
        between = cluster.attached(pod["node"], out=True) + cluster.attached(peer["node"], out=False)
    hops = (_inside(cluster, source, out=True), *between, _inside(cluster, destination, out=False))
    return Path((Segment(hops, _station(cluster, source), _station(cluster, destination), routed=0),))


def _ipvlan_l3(cluster: Cluster, source: str, destination: str) -> Path:
    """Pods without ARP: their frames go from their own MAC to itself; the TTL stays: nobody routes."""
    node, peer = cluster.pod(source)["node"], cluster.pod(destination)["node"]
    own, last = _station(cluster, source), _inside(cluster, destination, out=False)
    first = _inside(cluster, source, out=True)
    if node == peer:
        return Path((Segment((first, last), own, own, resolve=False, routed=0),))
    leave = Segment((first,), own, own, resolve=False, routed=0)
    *before, final = cluster.underlay(node, peer)
    arrive = Segment((last,), final.source, final.target, resolve=False, routed=0)
    return Path((leave, *before, final, arrive))


def _leave(cluster: Cluster, pod: str) -> Segment:
    """Return the link from a pod to its gateway."""
    return Segment(_up(cluster, pod), _station(cluster, pod), _gateway(cluster, pod), routed=0)


def _arrive(cluster: Cluster, pod: str) -> Segment:
    """Return the link from the node to a pod. A node without a bridge asks with its own address."""
    gateway = _gateway(cluster, pod)
    node = cluster.pod(pod)["node"]
    asker = gateway if cluster.named(node, "bridge") else Station(gateway.mac, cluster.address(node))
    answered = cluster.address(pod) not in cluster.silent
    return Segment(_down(cluster, pod), asker, _station(cluster, pod), answered=answered)


def _up(cluster: Cluster, pod: str) -> tuple[Hop, ...]:
    return tuple(hop.back() for hop in reversed(_down(cluster, pod)))


def _down(cluster: Cluster, pod: str) -> tuple[Hop, ...]:
    node = cluster.pod(pod)["node"]
    bridges = cluster.named(node, "bridge")[cluster.tenant(pod) :][:1]
    outside = [*bridges, _veth(cluster, pod)]
    return (*(Hop(cluster.point(node, name), True) for name in outside), _inside(cluster, pod, out=False))


def _veth(cluster: Cluster, pod: str) -> str:
    interfaces = cluster.node(cluster.pod(pod)["node"])["interfaces"]
    return str(next(name for name, each in interfaces.items() if each.get("pod") == pod))


def _inside(cluster: Cluster, pod: str, *, out: bool) -> Hop:
    return Hop(Point(pod, cluster.pod(pod)["interface"], "pod"), out)


def _station(cluster: Cluster, pod: str) -> Station:
    return Station(cluster.pod(pod)["mac"], cluster.pod(pod)["address"])


def _gateway(cluster: Cluster, pod: str) -> Station:
    """Return what the pod sends to: its bridge, or the host side of its veth, which answers for all."""
    node = cluster.pod(pod)["node"]
    for name in cluster.named(node, "bridge"):
        bridge = cluster.interface(node, name)
        return Station(bridge["mac"], bridge["addresses"][0].partition("/")[0])
    address = cluster.pod(pod).get("gateway", {}).get("ip", cluster.gateway)
    return Station(cluster.interface(node, _veth(cluster, pod))["mac"], address)


STYLES = {
    "bridge": _bridged,
    "routed": _routed,
    "segment": _one_segment,
    "macvlan": _macvlan,
    "ipvlan-l2": _ipvlan_l2,
    "ipvlan-l3": _ipvlan_l3,
}
