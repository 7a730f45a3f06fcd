"""Ways through Open vSwitch: it switches between pods of a node, and routes by flows.

Nobody asks for the MAC of a pod: the flows know it. Antrea routes on both nodes and gives all frames in the
tunnel one destination MAC; OVN routes on the first node alone.
"""

from dataclasses import replace

from attachment import arrive, down, leave, station, up
from cluster import Cluster
from way import Path, Segment
from wire import Station


def antrea(cluster: Cluster, source: str, destination: str) -> Path:
    """Return a path of Antrea: github.com/antrea-io/antrea, docs/design/ovs-pipeline.md."""
    node, peer = cluster.pod(source)["node"], cluster.pod(destination)["node"]
    if node == peer:
        return _switched(cluster, source, destination)
    hops, reached = cluster.tunnel_hops(source, node, peer)
    gateway = Station(cluster.pod(source)["gateway"]["mac"], cluster.address(node))
    everybody = Station(cluster.every_gateway, cluster.address(peer))
    tunnel = Segment(hops, gateway, everybody, resolve=False)
    last = replace(arrive(cluster, destination), resolve=False)
    right = reached == peer
    return Path((leave(cluster, source), tunnel, last) if right else (leave(cluster, source), tunnel), right)


def ovn(cluster: Cluster, source: str, destination: str) -> Path:
    """Return a path of OVN-Kubernetes without interconnect: its routers are distributed."""
    node, peer = cluster.pod(source)["node"], cluster.pod(destination)["node"]
    if node == peer:
        return _switched(cluster, source, destination)
    hops, reached = cluster.tunnel_hops(source, node, peer)
    right = reached == peer
    hops += down(cluster, destination) if right else ()
    router = Station(cluster.pod(destination)["gateway"]["mac"], cluster.address(node))
    routed = Segment(hops, router, station(cluster, destination), resolve=False)
    return Path((leave(cluster, source), routed), right)


def _switched(cluster: Cluster, source: str, destination: str) -> Path:
    hops = up(cluster, source) + down(cluster, destination)
    return Path((Segment(hops, station(cluster, source), station(cluster, destination), routed=0),))
