"""Ready-made clusters, one function for each kind of container network.

Each returns a fresh `Cluster` of two nodes (three where subnets or detours matter) with one pod a node:
`default/web-1` on node1, `default/db-0` on node2, `default/cache-2` on node3. Addresses and MACs of flannel
VXLAN and Calico IPIP are those of the walks through these networks that the project began with; the others
are free.
"""

import ipaddress
from typing import Any

from cluster import Cluster

WEB, DB, CACHE = "default/web-1", "default/db-0", "default/cache-2"
API = "10.96.0.20"  # the address of a service
CALICO_MAC = "ee:ee:ee:ee:ee:ee"
UPLINK_MACS = ("00:0c:29:bc:fe:d8", "00:0c:29:56:e7:1b", "00:0c:29:4f:8e:35")
VTEP_MACS = ("be:1d:3a:74:06:c9", "de:34:a2:06:d3:56", "26:9b:55:f0:61:0a")
BRIDGE_MACS = ("0a:58:0a:64:00:01", "b2:12:0d:e4:eb:46", "7e:c4:88:1f:30:d2")
POD_MACS = ("4e:0b:b1:7a:90:12", "f2:50:98:b4:ea:01", "ca:6d:02:3e:57:f4")
VETH_MACS = ("5a:e7:13:c8:2d:60", "9e:41:70:ab:08:33", "c2:90:4c:66:d1:0e")
VETHS = ("veth1f6c2a90", "veth83d07be4", "veth5ab91c37")
ROUTERS = {
    "192.168.186.0/24": {"mac": "00:50:56:f1:3c:01", "addresses": ["192.168.186.2"]},
    "192.168.187.0/24": {"mac": "00:50:56:f1:3c:02", "addresses": ["192.168.187.2"]},
}
Interfaces = dict[str, dict[str, Any]]


def flannel(
    backend: str = "vxlan", nodes: int = 2, *, third_subnet: bool = False, profile: str = "", direct: str = ""
) -> Cluster:
    """Return a flannel cluster: backend vxlan, host-gw, udp or wireguard."""
    devices = {
        "vxlan": _flannel_vxlan,
        "udp": _flannel_udp,
        "wireguard": _flannel_wireguard,
        "host-gw": _none,
    }
    mtu = {"vxlan": 1450, "udp": 1472, "wireguard": 1420, "host-gw": 1500}[backend]
    parameters = {
        "vxlan": {"vni": 1, "vxlan_port": 8472},
        "udp": {"udp_port": 8285},
        "wireguard": {"wireguard_port": 51820},
        "host-gw": {},
    }
    topology = bridged(devices[backend], mtu, nodes, third_subnet=third_subnet)
    named = profile or f"flannel-{backend}"
    topology["cluster"] = cluster_entry("flannel", named, "10.100.0.0/16", parameters[backend])
    return Cluster(topology, "bridge", direct or ("all" if backend == "host-gw" else "none"))


def directrouting() -> Cluster:
    """Return flannel VXLAN with DirectRouting, and a third node behind a router."""
    return flannel(nodes=3, third_subnet=True, profile="flannel-vxlan-directrouting", direct="subnet")


def host_gw(nodes: int = 2) -> Cluster:
    return flannel("host-gw", nodes)


def crosssubnet() -> Cluster:
    """Return Calico IPIP CrossSubnet, and a third node behind a router."""
    cluster = calico(nodes=3, third_subnet=True, profile="calico-ipip-crosssubnet", direct="subnet")
    cluster.topology["cluster"]["parameters"] = {"ipip_mode": "CrossSubnet"}
    return cluster


def vxlan_crosssubnet() -> Cluster:
    """Return Calico VXLAN CrossSubnet, and a third node behind a router."""
    cluster = calico("vxlan", 3, third_subnet=True, profile="calico-vxlan-crosssubnet", direct="subnet")
    cluster.topology["cluster"]["parameters"]["vxlan_mode"] = "CrossSubnet"
    return cluster


def geneve() -> Cluster:
    def device(number: int) -> Interfaces:
        return {
            "genev1": {
                "kind": "vtep",
                "type": "geneve",
                "mac": VTEP_MACS[number],
                "vni": 6636321,
                "port": 6081,
            }
        }

    topology = bridged(device, 1450, 2)
    parameters = {"vni": 6636321, "geneve_port": 6081}
    topology["cluster"] = cluster_entry("geneve", "geneve", "10.100.0.0/16", parameters)
    return Cluster(topology, "bridge")


def gre() -> Cluster:
    def device(number: int) -> Interfaces:
        return {
            "gre1": {"kind": "tunnel", "type": "gre", "addresses": [f"10.100.{number}.0/32"], "key": 40961}
        }

    topology = bridged(device, 1472, 2)
    topology["cluster"] = cluster_entry("gre", "gre", "10.100.0.0/16", {"key": 40961})
    return Cluster(topology, "bridge")


def nvgre() -> Cluster:
    def device(number: int) -> Interfaces:
        vtep = {"kind": "vtep", "type": "gretap", "mac": VTEP_MACS[number], "vsid": 5001, "flow_id": 17}
        return {"nvgre0": vtep}

    topology = one_segment(device, 1458)
    topology["cluster"] = cluster_entry("nvgre", "nvgre", "10.100.0.0/24", {"vsid": 5001, "flow_id": 17})
    return Cluster(topology, "segment")


def vxlan() -> Cluster:
    """Return a cluster whose pods share one link over VXLAN between bridges."""

    def device(number: int) -> Interfaces:
        return {"vx0": {"kind": "vtep", "mac": VTEP_MACS[number], "vni": 70001, "port": 4789}}

    topology = one_segment(device, 1450)
    for pod in topology["pods"].values():
        pod["vni"] = 70001
    topology["cluster"] = cluster_entry(
        "vxlan", "vxlan", "10.100.0.0/24", {"vnis": [70001], "vxlan_port": 4789}
    )
    return Cluster(topology, "segment")


def vlan() -> Cluster:
    """Return a cluster whose pod traffic has a VLAN of its own between the nodes."""
    topology = bridged(_none, 1500, 2)
    for number, node in enumerate(topology["nodes"].values()):
        address = f"192.168.30.{128 + number}"
        interface = {"kind": "vlan", "mac": UPLINK_MACS[number], "addresses": [f"{address}/24"], "vlan": 301}
        node["interfaces"]["eth0.301"] = interface | {"parent": "eth0", "mtu": 1500}
        node["addresses"].append(address)
    topology["cluster"] = cluster_entry("vlan", "vlan", "10.100.0.0/16", {"vlan_id": 301})
    return Cluster(topology, "bridge", direct="all")


def with_neighbour(cluster: Cluster) -> Cluster:
    """Return a cluster of two nodes with the third pod on node1, beside the first."""
    topology = cluster.topology
    mtu = cluster.mtu(WEB)
    block = topology["nodes"]["node1"]["pod_cidr"].partition("/")[0]
    address = str(ipaddress.ip_address(block) + 3)
    veth = {"kind": "veth", "pod": CACHE, "mac": VETH_MACS[2], "mtu": mtu}
    topology["nodes"]["node1"]["interfaces"][VETHS[2]] = veth
    topology["pods"][CACHE] = pod_entry(2, address) | {"node": "node1"}
    return cluster


def with_service(cluster: Cluster) -> Cluster:
    """Return the cluster with a service whose endpoint is the second pod."""
    entry = {"address": API, "ports": [{"port": 80, "protocol": "tcp"}]}
    cluster.topology["services"] = {"default/api": entry | {"endpoints": [f"{cluster.address(DB)}:80"]}}
    return cluster


def bridged(device: Any, mtu: int, nodes: int, *, third_subnet: bool = False) -> dict[str, Any]:
    """Return a topology in which each node has a bridge with its own block: 10.100.0.0/24 and so on."""
    topology: dict[str, Any] = {"cluster": {}, "nodes": {}, "pods": {}}
    for number in range(nodes):
        address = f"192.168.{187 if third_subnet and number == 2 else 186}.{128 + number}"
        bridge = {
            "kind": "bridge",
            "mac": BRIDGE_MACS[number],
            "addresses": [f"10.100.{number}.1/24"],
            "mtu": mtu,
        }
        veth = {"kind": "veth", "pod": pod_name(number), "mac": VETH_MACS[number], "mtu": mtu}
        tunnel = {name: each | {"mtu": mtu} for name, each in device(number).items()}
        interfaces = {"eth0": uplink_entry(number, address)} | tunnel | {"cni0": bridge, VETHS[number]: veth}
        topology["nodes"][f"node{number + 1}"] = node_entry(address, f"10.100.{number}.0/24", interfaces)
        topology["pods"][pod_name(number)] = pod_entry(number, f"10.100.{number}.2")
    if third_subnet:
        topology["routers"] = ROUTERS
    return topology


def one_segment(device: Any, mtu: int) -> dict[str, Any]:
    """Return a topology in which the bridges of all nodes are one link, and all pods have one block."""
    topology = bridged(device, mtu, 2)
    for number, node in enumerate(topology["nodes"].values()):
        node["pod_cidr"] = "10.100.0.0/24"
        node["interfaces"]["cni0"]["addresses"] = [f"10.100.0.{250 + number}/24"]
        topology["pods"][pod_name(number)]["address"] = f"10.100.0.{2 + number}"
    return topology


def calico(
    mode: str = "ipip", nodes: int = 2, *, third_subnet: bool = False, profile: str = "", direct: str = "none"
) -> Cluster:
    """Return a Calico cluster: mode ipip, vxlan, wireguard or direct, or canal, with flannel's VXLAN."""
    mtu = {"ipip": 1480, "vxlan": 1450, "canal": 1450, "wireguard": 1440, "direct": 1500}[mode]
    topology: dict[str, Any] = {"cluster": {}, "nodes": {}, "pods": {}}
    blocks, hosts = ("10.200.88.0", "10.200.151.192", "10.200.37.128"), (14, 13, 9)
    names = ("cali2b2e7c9e43e", "cali32ecf57bfbe", "calie01dba94c55")
    for number in range(nodes):
        address = f"172.31.{8 if third_subnet and number == 2 else 7}.{11 + number}"
        start, _, first = blocks[number].rpartition(".")
        veth = {"kind": "veth", "pod": pod_name(number), "mac": CALICO_MAC, "mtu": mtu}
        tunnel = _calico_device(mode, number, f"{blocks[number]}/32", mtu)
        interfaces = {"eth0": uplink_entry(number, address), names[number]: veth} | tunnel
        topology["nodes"][f"node{number + 1}"] = node_entry(address, f"{blocks[number]}/26", interfaces)
        topology["pods"][pod_name(number)] = pod_entry(number, f"{start}.{int(first) + hosts[number]}")
    topology["routers"] = {
        f"172.31.{subnet}.0/24": {"mac": f"02:7c:31:00:0{subnet}:01", "addresses": [f"172.31.{subnet}.1"]}
        for subnet in (7, 8)[: 2 if third_subnet else 1]
    }
    vxlan_parameters = {"vni": 4096, "vxlan_port": 4789}
    parameters: dict[str, dict[str, Any]]
    parameters = {"ipip": {"ipip_mode": "Always"}, "vxlan": vxlan_parameters}
    parameters["canal"] = {"vni": 1, "vxlan_port": 8472}
    named = profile or ("canal" if mode == "canal" else f"calico-{mode}")
    topology["cluster"] = cluster_entry("calico", named, "10.200.0.0/16", parameters.get(mode, {}))
    return Cluster(topology, "routed", "all" if mode == "direct" else direct)


def _flannel_vxlan(number: int) -> Interfaces:
    vtep = {
        "kind": "vtep",
        "mac": VTEP_MACS[number],
        "addresses": [f"10.100.{number}.0/32"],
        "vni": 1,
        "port": 8472,
    }
    return {"flannel.1": vtep}


def _flannel_udp(number: int) -> Interfaces:
    return {
        "flannel0": {"kind": "tunnel", "type": "tun", "addresses": [f"10.100.{number}.0/16"], "port": 8285}
    }


def _flannel_wireguard(number: int) -> Interfaces:
    tunnel = {"kind": "tunnel", "type": "wireguard", "addresses": [f"10.100.{number}.0/32"], "port": 51820}
    return {"flannel-wg": tunnel}


def _none(number: int) -> Interfaces:
    return {}


def _calico_device(mode: str, number: int, address: str, mtu: int) -> Interfaces:
    if mode == "ipip":
        return {"tunl0": {"kind": "tunnel", "addresses": [address], "mtu": mtu}}
    if mode == "vxlan":
        vtep = {"kind": "vtep", "mac": f"66:{VTEP_MACS[number][3:]}", "addresses": [address], "vni": 4096}
        return {"vxlan.calico": vtep | {"port": 4789, "mtu": mtu}}
    if mode == "canal":
        vtep = {"kind": "vtep", "mac": VTEP_MACS[number], "addresses": [address], "vni": 1}
        return {"flannel.1": vtep | {"port": 8472, "mtu": mtu}}
    if mode == "wireguard":
        tunnel = {"kind": "tunnel", "type": "wireguard", "addresses": [address], "port": 51820}
        return {"wireguard.cali": tunnel | {"mtu": mtu}}
    return {}


def canal() -> Cluster:
    """Return Canal: Calico's veths and flannel's VXLAN, with the third pod on node1."""
    cluster = calico("canal")
    veth = {"kind": "veth", "pod": CACHE, "mac": CALICO_MAC, "mtu": 1450}
    cluster.topology["nodes"]["node1"]["interfaces"]["calie01dba94c55"] = veth
    cluster.topology["pods"][CACHE] = pod_entry(2, "10.200.88.15") | {"node": "node1"}
    return cluster


def cluster_entry(cni: str, profile: str, pod_cidr: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "cni": cni,
        "profile": profile,
        "pod_cidr": pod_cidr,
        "service_cidr": "10.96.0.0/16",
        "parameters": parameters,
    }


def node_entry(address: str, pod_cidr: str, interfaces: Interfaces) -> dict[str, Any]:
    return {"addresses": [address], "pod_cidr": pod_cidr, "interfaces": interfaces}


def uplink_entry(number: int, address: str) -> dict[str, Any]:
    return {"kind": "uplink", "mac": UPLINK_MACS[number], "addresses": [f"{address}/24"], "mtu": 1500}


def pod_name(number: int) -> str:
    return (WEB, DB, CACHE)[number]


def pod_entry(number: int, address: str) -> dict[str, Any]:
    return {"node": f"node{number + 1}", "address": address, "mac": POD_MACS[number], "interface": "eth0"}
