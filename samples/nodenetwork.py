"""Ready-made clusters whose pods are on the nodes' own network: MACVLAN and IPVLAN.

Two pods on node1 and one on node2, children of an interface of their node.
"""

from typing import Any

from cluster import Cluster
from profiles import CACHE, POD_MACS, cluster_entry, node_entry, pod_entry, pod_name, uplink_entry


def macvlan(mode: str) -> Cluster:
    """Return two pods on node1 and one on node2, on the nodes' network, children of eth0 (passthru: eth1)."""
    topology = _on_the_node_network("macvlan", mode)
    topology["cluster"] = cluster_entry("macvlan", f"macvlan-{mode}", "192.168.186.0/24", {"mode": mode})
    if mode == "passthru":
        topology["pods"].pop(CACHE)
        for number, node in enumerate(topology["nodes"].values()):
            node["interfaces"]["eth1"] = {"kind": "uplink", "mac": POD_MACS[number], "mtu": 1500}
            topology["pods"][pod_name(number)] |= {"node": f"node{number + 1}", "parent": "eth1"}
    return Cluster(topology, "macvlan")


def over_vlan(cluster: Cluster, tag: int) -> Cluster:
    """Return the cluster with a VLAN device on eth0 as the parent of all pods."""
    for node in cluster.topology["nodes"].values():
        device = {"kind": "vlan", "mac": node["interfaces"]["eth0"]["mac"], "parent": "eth0", "vlan": tag}
        node["interfaces"][f"eth0.{tag}"] = device | {"mtu": 1500}
    for pod in cluster.topology["pods"].values():
        pod["parent"] = f"eth0.{tag}"
    cluster.topology["cluster"]["parameters"]["vlan_id"] = tag
    return cluster


def ipvlan(mode: str) -> Cluster:
    """Return two pods on node1 and one on node2 that share the MAC of their parent eth0."""
    topology = _on_the_node_network("ipvlan", mode)
    topology["cluster"] = cluster_entry("ipvlan", f"ipvlan-{mode}", "192.168.186.0/24", {"mode": mode})
    for pod in topology["pods"].values():
        pod["mac"] = topology["nodes"][pod["node"]]["interfaces"]["eth0"]["mac"]
    if mode == "l3":
        topology["cluster"]["pod_cidr"] = "10.100.0.0/16"
        for number, node in enumerate(topology["nodes"].values()):
            node["pod_cidr"] = f"10.100.{number}.0/24"
        for number, pod in enumerate(topology["pods"].values()):
            pod["address"] = f"10.100.{int(pod['node'][-1]) - 1}.{20 + number}"
    return Cluster(topology, f"ipvlan-{mode}")


def _on_the_node_network(kind: str, mode: str) -> dict[str, Any]:
    topology: dict[str, Any] = {"cluster": {}, "nodes": {}, "pods": {}}
    for number in range(2):
        address = f"192.168.186.{128 + number}"
        interfaces = {"eth0": uplink_entry(number, address)}
        topology["nodes"][f"node{number + 1}"] = node_entry(address, "192.168.186.0/24", interfaces)
    for number, node in enumerate(("node1", "node1", "node2")):
        pod = pod_entry(number, f"192.168.186.{70 + number}") | {"node": node}
        topology["pods"][pod_name(number)] = pod | {"type": kind, "mode": mode, "parent": "eth0"}
    return topology
