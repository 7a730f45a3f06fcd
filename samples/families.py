"""Clusters of IPv6, and of both families: the same nodes and pods with other addresses.

`10.100.1.2` becomes `fd00:10:100:1::2`. flannel and Calico have a device for each family; the bridge, the
veth and the uplink carry both.
"""

import copy
import ipaddress
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cluster import Cluster

ADDRESS = re.compile(r"(\d+)\.(\d+)\.(\d+)\.(\d+)(?:/(\d+))?")
PREFIXES = {"16": "48", "24": "64", "26": "64", "32": "128"}
NETWORKS = ("pod_cidr", "service_cidr")
DEVICES = {"flannel.1": "flannel-v6.1", "vxlan.calico": "vxlan-v6.calico"}
LONGER = 20  # bytes by which an IPv6 header is longer than one of IPv4


def ipv6(cluster: Cluster) -> Cluster:
    """Return the cluster with IPv6 instead of IPv4."""
    six = copy.deepcopy(cluster)
    topology: dict[str, Any] = _mapped(six.topology, _address)
    for node in topology["nodes"].values():
        interfaces = node["interfaces"].items()
        node["interfaces"] = {DEVICES.get(name, name): _shorter(each) for name, each in interfaces}
    six.topology = topology
    six.gateway = "fe80::ecee:eeff:feee:eeee"
    return six


def dual(cluster: Cluster) -> Cluster:
    """Return the cluster with both families: its `six` is how IPv6 sees it."""
    return replace(cluster, six=ipv6(cluster))


def merged(cluster: Cluster) -> dict[str, Any]:
    """Return the topology of both families."""
    four = copy.deepcopy(cluster.topology)
    if cluster.six is None:
        return four
    six = copy.deepcopy(cluster.six.topology)
    for key in NETWORKS:
        four["cluster"][key] = [four["cluster"][key], six["cluster"][key]]
    for name, node in four["nodes"].items():
        node |= {"addresses": node["addresses"] + six["nodes"][name]["addresses"]}
        node["pod_cidr"] = [node["pod_cidr"], six["nodes"][name]["pod_cidr"]]
        node["interfaces"] = _both(node["interfaces"], six["nodes"][name]["interfaces"])
    for name, pod in four["pods"].items():
        pod["addresses"] = [pod.pop("address"), six["pods"][name]["address"]]
    if "routers" in four:
        four["routers"] |= six["routers"]
    return four


def _both(four: dict[str, Any], six: dict[str, Any]) -> dict[str, Any]:
    """Return the interfaces of both families; the same interface has the addresses of both."""
    found = copy.deepcopy(four)
    for name, each in six.items():
        if name in found and "addresses" in each:
            found[name]["addresses"] += each["addresses"]
        found.setdefault(name, each)
    return found


def _shorter(interface: dict[str, Any]) -> dict[str, Any]:
    """Return an interface with the MTU that a tunnel over IPv6 leaves."""
    mtu = interface.get("mtu", 1500)
    return interface | {"mtu": mtu - LONGER} if mtu < 1500 else interface


def _mapped(value: Any, change: Callable[[str, str], str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {change(name, ""): _mapped(each, change, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_mapped(each, change, key) for each in value]
    return change(value, key) if isinstance(value, str) else value


def _address(text: str, key: str) -> str:
    """Return an IPv6 address or network for one of IPv4; other texts as they are."""
    match = ADDRESS.fullmatch(text)
    if match is None:
        return text
    a, b, c, d, length = match.groups()
    address = str(ipaddress.ip_address(f"fd00:{a}:{b}:{c}::{d}"))
    if length is None:
        return address
    whole = f"{address}/{PREFIXES[length]}"
    is_network = key in NETWORKS or not key  # routers have networks as keys
    return str(ipaddress.ip_network(whole, strict=False)) if is_network else whole
