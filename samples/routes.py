"""Which links a packet crosses from one pod to another, by the style of the container network.

One function for each style. The links between the nodes are the cluster's; what a pod is attached to is
said here.
"""

from collections.abc import Callable
from dataclasses import replace

import ovs
from attachment import arrive, down, inside, leave, loopback, meet, station, up
from cluster import Cluster
from way import Hop, Path, Segment
from wire import Packet, Station, unreachable

NET_UNREACHABLE = 0


def path(cluster: Cluster, source: str, destination: str) -> Path:
    """Return the path from one pod to another, or from one node to another."""
    if source in cluster.topology["nodes"]:
        return Path(cluster.underlay(source, destination))
    if source == destination:
        return Path((loopback(cluster, source),))
    return STYLES[cluster.style](cluster, source, destination)


def _bridged(cluster: Cluster, source: str, destination: str) -> Path:
    if cluster.pod(source)["node"] != cluster.pod(destination)["node"]:
        return _across(cluster, source, destination)
    return Path((meet(cluster, source, destination),))


def _routed(cluster: Cluster, source: str, destination: str) -> Path:
    if cluster.pod(source)["node"] != cluster.pod(destination)["node"]:
        return _across(cluster, source, destination)
    return Path((leave(cluster, source), arrive(cluster, destination)))


def _across(cluster: Cluster, source: str, destination: str) -> Path:
    node, peer = cluster.pod(source)["node"], cluster.pod(destination)["node"]
    first, last = leave(cluster, source), arrive(cluster, destination)
    way = _way(cluster, node, peer)
    home = Path((replace(arrive(cluster, source), routed=0),))
    if way == "default":
        back = Path((cluster.from_router(node), arrive(cluster, source)))
        return Path((first, cluster.to_router(node)), False, home, _no_route(cluster, node), back)
    middle, right = _between(cluster, source, node, peer, way)
    if cluster.flat:
        asked = Station(middle[-1].target.mac, cluster.address(destination))
        middle = (*middle[:-1], replace(middle[-1], target=asked))
    return Path((first, *middle, last) if right else (first, *middle), right, home)


def between(cluster: Cluster, pod: str, node: str, peer: str) -> tuple[Segment, ...]:
    """Return the segments between two nodes for traffic of a pod that is routed by its address."""
    return _between(cluster, pod, node, peer, _way(cluster, node, peer))[0]


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
    across, _ = cluster.tunnel_hops(source, node, peer)
    hops = up(cluster, source) + across + down(cluster, destination)
    return Path((Segment(hops, station(cluster, source), station(cluster, destination), routed=0),))


def _macvlan(cluster: Cluster, source: str, destination: str) -> Path:
    """Children of a parent interface, each with its own MAC; the mode decides about two of one parent."""
    pod, peer = cluster.pod(source), cluster.pod(destination)
    out = cluster.attached(pod["node"], out=True, parent=pod["parent"])
    back = cluster.attached(peer["node"], out=False, parent=peer["parent"])
    reached = True
    if pod["node"] == peer["node"]:
        out, back, reached = _same_parent(cluster, pod["mode"], out, back)
    hops = (inside(cluster, source, out=True), *out, *back)
    hops += (inside(cluster, destination, out=False),) if reached else ()
    answered = reached and cluster.address(destination) not in cluster.silent
    ends = station(cluster, source), station(cluster, destination)
    asks = (source, destination) not in cluster.permanent
    return Path((Segment(hops, *ends, resolve=asks, answered=answered, routed=0),))


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
    hops = (inside(cluster, source, out=True), *between, inside(cluster, destination, out=False))
    return Path((Segment(hops, station(cluster, source), station(cluster, destination), routed=0),))


def _ipvlan_l3(cluster: Cluster, source: str, destination: str) -> Path:
    """Pods without ARP: their frames go from their own MAC to itself; the TTL stays: nobody routes."""
    node, peer = cluster.pod(source)["node"], cluster.pod(destination)["node"]
    own, last = station(cluster, source), inside(cluster, destination, out=False)
    first = inside(cluster, source, out=True)
    if node == peer:
        return Path((Segment((first, last), own, own, resolve=False, routed=0),))
    out = Segment((first,), own, own, resolve=False, routed=0)
    *before, final = cluster.underlay(node, peer)
    into = Segment((last,), final.source, final.target, resolve=False, routed=0)
    return Path((out, *before, final, into))


STYLES = {
    "antrea": ovs.antrea,
    "ovn": ovs.ovn,
    "bridge": _bridged,
    "routed": _routed,
    "segment": _one_segment,
    "macvlan": _macvlan,
    "ipvlan-l2": _ipvlan_l2,
    "ipvlan-l3": _ipvlan_l3,
}
