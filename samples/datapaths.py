"""Ready-made clusters whose nodes do more than bridge or route: Cilium, Antrea, OVN, AWS, kube-router.

As in profiles.py: two nodes (three where subnets matter), a pod on each.
"""

from dataclasses import replace
from typing import Any

from cluster import Cluster
from profiles import (
    BRIDGE_MACS,
    VETH_MACS,
    VETHS,
    VTEP_MACS,
    bridged,
    cluster_entry,
    node_entry,
    pod_entry,
    pod_name,
    uplink_entry,
)

PODS = "10.100.0.0/16"
TUNNELS = ("tun-5a7xq2m4jhk", "tun-b3rw6ynd2vc", "tun-k6t4c7zfpou")  # kube-router hashes the peer's address


def cilium(mode: str = "vxlan", nodes: int = 2) -> Cluster:
    """Return a Cilium cluster: vxlan, geneve or native. A tunnel's VNI is the identity of the sender."""
    port = {"vxlan": 8472, "geneve": 6081}.get(mode)
    topology = _veths("172.31.7", [f"lxc{each[4:]}f1c2" for each in VETHS], nodes)
    for number, node in enumerate(topology["nodes"].values()):
        if port:
            device = {"kind": "vtep", "type": mode, "mac": VTEP_MACS[number], "port": port, "mtu": 1500}
            uplink, *rest = node["interfaces"].items()
            node["interfaces"] = dict([uplink, (f"cilium_{mode}", device), *rest])
        pod = topology["pods"][pod_name(number)]
        pod |= {"address": f"10.100.{number}.57", "identity": 30211 + 8190 * number}
        pod["gateway"] = {"ip": f"10.100.{number}.201", "mac": VETH_MACS[number]}
    parameters = {f"{mode}_port": port} if port else {}
    topology["cluster"] = cluster_entry("cilium", f"cilium-{mode}", PODS, parameters)
    return Cluster(topology, "routed", "none" if port else "all")


def cilium_wireguard() -> Cluster:
    """Return Cilium with native routing and WireGuard: pods' packets go to other nodes by cilium_wg0."""
    cluster = cilium("native")
    for name, node in cluster.topology["nodes"].items():
        tunnel = {"kind": "tunnel", "type": "wireguard", "port": 51871, "mtu": 1420}
        uplink, *rest = node["interfaces"].items()
        cluster.topology["nodes"][name]["interfaces"] = dict([uplink, ("cilium_wg0", tunnel), *rest])
    cluster.topology["cluster"]["parameters"] = {"encryption": "wireguard"}
    return replace(cluster, direct="none")


def antrea(nodes: int = 2) -> Cluster:
    """Return an Antrea cluster with Geneve; the pods' gateway is antrea-gw0, an interface of the switch."""
    topology = _veths("192.168.186", ("web-1-5d1c04", "db-0-9be27a", "cache-2-30f8d6"), nodes, 1450)
    _geneve(topology, vni=0)
    for number, pod in enumerate(topology["pods"].values()):
        pod["gateway"] = {"ip": f"10.100.{number}.1", "mac": BRIDGE_MACS[number]}
    topology["cluster"] = cluster_entry("antrea", "antrea-geneve", PODS, {"geneve_port": 6081})
    return Cluster(topology, "antrea")


def ovn(nodes: int = 2) -> Cluster:
    """Return an OVN-Kubernetes cluster: MACs are made of addresses, the VNI is the far node's switch."""
    topology = _veths("192.168.186", ("3f6a91c07d2be44", "b80e5521fa9c673", "61d7e2908c4fa1b"), nodes, 1400)
    _geneve(topology)
    for number, pod in enumerate(topology["pods"].values()):
        pod["mac"] = f"0a:58:0a:64:{number:02x}:02"
        pod["gateway"] = {"ip": f"10.100.{number}.1", "mac": f"0a:58:0a:64:{number:02x}:01"}
    topology["cluster"] = cluster_entry("ovn-kubernetes", "ovn-geneve", PODS, {"geneve_port": 6081})
    return Cluster(topology, "ovn", datapaths={"node1": 4, "node2": 6, "node3": 9})


def aws() -> Cluster:
    """Return an AWS cluster: pods have addresses of the VPC, for which the network itself answers."""
    topology = _veths("10.0.11", ("eni5d1c04a7b39", "eni9be27a1f04c"))
    for number, node in enumerate(topology["nodes"].values()):
        node["pod_cidr"] = f"10.0.11.{64 + 16 * number}/28"
        topology["pods"][pod_name(number)] |= {
            "address": f"10.0.11.{69 + 16 * number}",
            "leaves_by": "eth0",
        }
    blocks = [node["pod_cidr"] for node in topology["nodes"].values()]
    topology["cluster"] = cluster_entry("aws-vpc-cni", "aws-vpc-cni", PODS, {}) | {"pod_cidr": blocks}
    topology["cluster"]["service_cidr"] = "172.20.0.0/16"
    return Cluster(topology, "routed", "all", flat=True)


def aws_two_interfaces() -> Cluster:
    """Return an AWS cluster whose nodes have two network interfaces; the pods have addresses of the first."""
    cluster = aws()
    for number, (name, node) in enumerate(cluster.topology["nodes"].items()):
        second = uplink_entry(number, f"10.0.11.{31 + number}") | {"mac": f"02:00:00:00:01:0{number + 1}"}
        uplink, *rest = node["interfaces"].items()
        cluster.topology["nodes"][name]["interfaces"] = dict([uplink, ("eth1", second), *rest])
    return cluster


def kube_router(overlay: str = "full") -> Cluster:
    """Return a kube-router cluster; a tunnel to each peer (overlay subnet: of another subnet only)."""
    third = overlay == "subnet"
    topology = bridged(lambda number: {}, 1480, 3 if third else 2, third_subnet=third)
    for name, node in topology["nodes"].items():
        interfaces = {
            "kube-bridge" if key == "cni0" else key: each for key, each in node["interfaces"].items()
        }
        for number, (peer, other) in enumerate(topology["nodes"].items()):
            if peer != name and (not third or "node3" in (peer, name)):
                ends = {"local": node["addresses"][0], "remote": other["addresses"][0]}
                interfaces[TUNNELS[number]] = {"kind": "tunnel", "type": "ipip", "mtu": 1480} | ends
        node["interfaces"] = interfaces
    profile = "kube-router-ipip-subnet" if third else "kube-router-ipip"
    topology["cluster"] = cluster_entry("kube-router", profile, PODS, {"overlay_type": overlay})
    return Cluster(topology, "bridge", "subnet" if third else "none")


def _veths(subnet: str, names: Any, nodes: int = 2, mtu: int = 1500) -> dict[str, Any]:
    """Return a topology of nodes without bridges, whose pods have blocks 10.100.0.0/24 and so on."""
    topology: dict[str, Any] = {"cluster": {}, "nodes": {}, "pods": {}}
    for number in range(nodes):
        address = f"{subnet}.{11 + number}"
        veth = {"kind": "veth", "pod": pod_name(number), "mac": VETH_MACS[number], "mtu": mtu}
        interfaces = {"eth0": uplink_entry(number, address), names[number]: veth}
        topology["nodes"][f"node{number + 1}"] = node_entry(address, f"10.100.{number}.0/24", interfaces)
        topology["pods"][pod_name(number)] = pod_entry(number, f"10.100.{number}.2")
    return topology


def _geneve(topology: dict[str, Any], **device: Any) -> None:
    """Give every node the device by which the kernel's switch sends Geneve."""
    for node in topology["nodes"].values():
        vtep = {"kind": "vtep", "type": "geneve", "port": 6081} | device
        uplink, *rest = node["interfaces"].items()
        node["interfaces"] = dict([uplink, ("genev_sys_6081", vtep), *rest])
