"""Clusters of the library of samples/ with addresses and MACs of their own."""

import re
import zlib
from typing import Any

from cluster import Cluster
from datapaths import cilium
from nodenetwork import macvlan
from profiles import CACHE, DB, WEB, calico, directrouting, flannel, host_gw, with_neighbour

__all__ = ["CACHE", "DB", "WEB"]

PREFIXES = {
    "10.100.": "10.42.",
    "10.200.": "10.77.",
    "10.96.": "10.43.",
    "172.31.": "10.3.",
    "192.168.186.": "172.19.40.",
    "192.168.187.": "172.19.41.",
}
MAC = re.compile(r"(?!(?:ee:){5}ee)([0-9a-f]{2})((?::[0-9a-f]{2}){5})")
SHOP, NAMES = "10.43.7.20", "10.43.0.10"  # addresses of services
VETH = ("veth1f6c2a90", "veth83d07be4", "veth5ab91c37")
CALI = ("cali2b2e7c9e43e", "cali32ecf57bfbe", "calie01dba94c55")


def renumbered(cluster: Cluster) -> Cluster:
    """Return the cluster with other addresses and MACs."""
    cluster.topology = _mapped(cluster.topology)
    return cluster


def flannels(backend: str = "vxlan", nodes: int = 3) -> Cluster:
    return renumbered(flannel(backend, nodes))


def flannel_across_subnets() -> Cluster:
    return renumbered(directrouting())


def host_gateways() -> Cluster:
    return renumbered(host_gw(3))


def calicos(mode: str = "ipip", nodes: int = 3, **more: Any) -> Cluster:
    return renumbered(calico(mode, nodes, **more))


def ciliums() -> Cluster:
    return renumbered(cilium("vxlan", 3))


def macvlans(mode: str = "bridge") -> Cluster:
    return renumbered(macvlan(mode))


def two_pods_on_node1() -> Cluster:
    return renumbered(with_neighbour(flannel()))


def with_router(cluster: Cluster) -> Cluster:
    """Return the cluster with a router in the nodes' subnet."""
    subnet = cluster.subnet("node1")
    router = {"mac": "9c:7d:a3:10:22:01", "addresses": [subnet.replace("0/24", "1")]}
    cluster.topology["routers"] = {subnet: router}
    return cluster


def serving(cluster: Cluster, pod: str = DB, **more: Any) -> Cluster:
    """Return the cluster with a service of TCP and a name service; the pod is the endpoint of both."""
    address = cluster.address(pod)
    tcp, udp = {"port": 80, "protocol": "tcp"} | more, {"port": 53, "protocol": "udp"}
    cluster.topology["services"] = {
        "shop/shop": {"address": SHOP, "ports": [tcp], "endpoints": [f"{address}:80"]},
        "kube-system/names": {"address": NAMES, "ports": [udp], "endpoints": [f"{address}:53"]},
    }
    return cluster


def uplink(cluster: Cluster, node: str) -> str:
    """Return the MAC of a node's uplink."""
    return str(cluster.interface(node, "eth0")["mac"])


def _mapped(value: Any) -> Any:
    if isinstance(value, dict):
        return {_text(key): _mapped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_mapped(each) for each in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    if MAC.fullmatch(text):
        return text[:2] + ":" + zlib.crc32(text.encode()).to_bytes(5).hex(":")
    for old, new in PREFIXES.items():
        if text.startswith(old):
            return new + text[len(old) :]
    return text
