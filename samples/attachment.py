"""How a pod is attached to its node: the links between the two, and between pods of one bridge."""

from cluster import Cluster
from way import Hop, Point, Segment, Step, Turn
from wire import NO_MAC, Station


def leave(cluster: Cluster, pod: str) -> Segment:
    """Return the link from a pod to its gateway."""
    return Segment(up(cluster, pod), station(cluster, pod), gateway(cluster, pod), routed=0)


def arrive(cluster: Cluster, pod: str) -> Segment:
    """Return the link from the node to a pod. A node without a bridge asks with its own address."""
    router = gateway(cluster, pod)
    node = cluster.pod(pod)["node"]
    asker = router if cluster.named(node, "bridge") else Station(router.mac, cluster.address(node))
    answered = cluster.address(pod) not in cluster.silent
    return Segment(down(cluster, pod), asker, station(cluster, pod), answered=answered)


def up(cluster: Cluster, pod: str) -> tuple[Hop, ...]:
    return tuple(hop.back() for hop in reversed(down(cluster, pod)))


def down(cluster: Cluster, pod: str) -> tuple[Hop, ...]:
    node = cluster.pod(pod)["node"]
    bridges = cluster.named(node, "bridge")[cluster.tenant(pod) :][:1]
    outside = [*bridges, _veth(cluster, pod)]
    return (*(Hop(cluster.point(node, name), True) for name in outside), inside(cluster, pod, out=False))


def _veth(cluster: Cluster, pod: str) -> str:
    interfaces = cluster.node(cluster.pod(pod)["node"])["interfaces"]
    return str(next(name for name, each in interfaces.items() if each.get("pod") == pod))


def inside(cluster: Cluster, pod: str, *, out: bool) -> Hop:
    return Hop(Point(pod, cluster.pod(pod)["interface"], "pod"), out)


def station(cluster: Cluster, pod: str) -> Station:
    return Station(cluster.pod(pod)["mac"], cluster.pod(pod)["address"])


def gateway(cluster: Cluster, pod: str) -> Station:
    """Return what the pod sends to: its bridge, or the host side of its veth, which answers for all."""
    node = cluster.pod(pod)["node"]
    for name in cluster.named(node, "bridge"):
        bridge = cluster.interface(node, name)
        return Station(bridge["mac"], bridge["addresses"][0].partition("/")[0])
    own = cluster.pod(pod).get("gateway", {})
    veth = cluster.interface(node, _veth(cluster, pod))
    return Station(own.get("mac", veth.get("mac")), own.get("ip", cluster.gateway))


def meet(cluster: Cluster, source: str, destination: str, *turn: Turn) -> Segment:
    """Return the link between two pods of one bridge, with NAT in the bridge or without."""
    hops: tuple[Step, ...] = (*up(cluster, source), *turn, *down(cluster, destination)[1:])
    return Segment(hops, station(cluster, source), station(cluster, destination), routed=0)


def loopback(cluster: Cluster, pod: str) -> Segment:
    """Return the link between two containers of one pod."""
    nobody = Station(NO_MAC, cluster.address(pod))
    return Segment((Hop(Point(pod, "lo", "lo"), True),), nobody, nobody, resolve=False, routed=0)
