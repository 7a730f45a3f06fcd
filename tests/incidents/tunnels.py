"""Incidents of tunnels: where they lead, what is on them, who takes them."""

import struct
from dataclasses import replace

from incidents.breaking import (
    deaf,
    in_vxlan,
    inner_protocol,
    is_ip,
    is_ipip,
    lost,
    packet,
    rewrite,
    to_node,
    with_flags,
    with_sum,
)
from incidents.incident import Incident
from incidents.own import CACHE, DB, WEB, calicos, ciliums, flannels, serving, two_pods_on_node1, with_router
from scene import Frames

from cluster import Cluster
from network import Network
from sample import both_ways, fetch, one_way, ping
from services import Nat
from wire import TCP, UDP, End, Frame, Packet, udp

SYN = 2
BOTH = [*one_way(WEB, DB), ping(DB, WEB, 1.3), fetch(DB, WEB, 1.8)]
THREE = [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2), ping(DB, CACHE, 3.2)]


def asked_from_outside() -> Cluster:
    cluster = serving(with_router(flannels()), type="NodePort", node_port=31080)
    cluster.outside["client"] = "198.51.100.44"
    for service in cluster.topology["services"].values():
        service |= {"type": "NodePort"}
        for port in service["ports"]:
            port["node_port"] = 31000 + port["port"]
            port.pop("type", None)
    return cluster


def masqueraded_outer_checksum(cluster: Cluster, network: Network) -> None:
    gateway = bytes((10, 42, 0, 0))

    def outer(frame: Frame) -> bool:
        return in_vxlan(frame)[12:16] == gateway

    rewrite(network, "node2_eth0.pcap", outer, lambda carried: with_sum(carried, 0xFFFF))
    network.drop("node2_flannel.1.pcap", lambda frame: is_ip(frame) and frame.content.source == "10.42.0.0")


def offload_of_inner_checksum(cluster: Cluster, network: Network) -> None:
    source = cluster.address(WEB)

    def spoilt(carried: Packet) -> Packet:
        return with_sum(carried, 0x1D0F)

    def outside(frame: Frame) -> bool:
        return is_ipip(frame) and frame.content.payload[9] in (TCP, UDP) and frame.source == near

    def spoilt_inside(carried: Packet) -> Packet:
        at = 20 + {TCP: 16, UDP: 6}[carried.payload[9]]
        wrong = struct.pack(">H", 0x1D0F)
        return replace(carried, payload=carried.payload[:at] + wrong + carried.payload[at + 2 :])

    def inside(frame: Frame) -> bool:
        carried = packet(frame)
        return carried is not None and carried.protocol in (TCP, UDP) and carried.source == source

    near = cluster.interface("node1", "eth0")["mac"]
    rewrite(network, "node2_eth0.pcap", outside, spoilt_inside)
    rewrite(network, "node2_tunl0.pcap", inside, spoilt)
    deaf(network, lambda carried: carried.source == source and carried.protocol in (TCP, UDP))


def hypervisor_takes_vxlan(cluster: Cluster, network: Network) -> None:
    for node in ("node1", "node2", "node3"):
        arriving = to_node(cluster, node)
        network.drop(
            f"{node}_eth0.pcap",
            lambda frame, arriving=arriving: arriving(frame) and inner_protocol(frame) in (TCP, UDP),
        )


def protocol_4_forbidden(cluster: Cluster, network: Network) -> None:
    for node in ("node1", "node2", "node3"):
        arriving = to_node(cluster, node)
        network.drop(f"{node}_eth0.pcap", lambda frame, arriving=arriving: arriving(frame) and is_ipip(frame))


def another_mac_after_boot(cluster: Cluster, network: Network) -> None:
    device = cluster.interface("node2", "flannel.1")
    for peer in ("node1", "node3"):
        cluster.neighbours[peer, "node2"] = device["mac"]
    device["mac"] = "d6:02:5a:e3:17:9c"


def old_neighbour(cluster: Cluster, network: Network) -> None:
    cluster.neighbours["node1", "node2"] = "5e:89:41:b0:c2:77"


def old_entry(cluster: Cluster, network: Network) -> None:
    cluster.fdb["node1", "node2"] = "node3"


def old_address(cluster: Cluster, network: Network) -> None:
    def to_node2(frame: Frame) -> bool:
        return frame.source == near and in_vxlan(frame) and frame.content.destination == there

    near, there = cluster.interface("node1", "eth0")["mac"], cluster.address("node2")
    old = there.rpartition(".")[0] + ".212"
    rewrite(network, "node1_eth0.pcap", to_node2, lambda carried: replace(carried, destination=old))
    network.drop("node2_eth0.pcap", lambda frame: is_ip(frame) and frame.content.destination == old)


def address_of_the_other_card() -> Cluster:
    """Return nodes with two cards: the first, of the virtual machine's NAT, has one address on all nodes."""
    cluster = flannels()
    for number, node in enumerate(cluster.topology["nodes"].values()):
        card = {"kind": "uplink", "mac": f"08:00:27:8d:c0:{number:02x}", "addresses": ["10.0.2.15/24"]}
        node["interfaces"]["enp0s3"] = card | {"mtu": 1500}
    return cluster


def wrong_card(cluster: Cluster, network: Network) -> None:
    cluster.interface("node1", "flannel.1")["local"] = "10.0.2.15"


def tunnel_address(cluster: Cluster, network: Network) -> None:
    cluster.interface("node1", "tunl0")["local"] = cluster.interface("node1", "tunl0")["addresses"][0][:-3]


def port_of_windows(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "flannel.1")["port"] = 4789


def vni_of_windows(cluster: Cluster, network: Network) -> None:
    cluster.interface("node2", "flannel.1")["vni"] = 4096


def frames_of_the_old_overlay(cluster: Cluster) -> Frames:
    """Return frames of an overlay that was removed from node2 and not from node1: two VNIs on one port."""
    here, there = (cluster.address(node) for node in ("node1", "node2"))
    macs = [cluster.interface(node, "eth0")["mac"] for node in ("node1", "node2")]
    header = struct.pack(">II", 0x08000000, 3001 << 8)
    syns = []
    for number, at in enumerate((0.2, 0.5, 0.9)):
        empty = Packet(cluster.address(WEB), cluster.address(DB), 0, b"", 63, 900 + number)
        asked = with_flags(empty, 40112, 80, SYN, 77_000)
        inside = Frame("a2:11:5c:09:3f:01", "a2:11:5c:09:3f:02", asked)
        outer = Packet(here, there, 0, b"", identification=6000 + number, df=False)
        syns.append((at, Frame(*macs, udp(outer, 51234, 8472, header + inside.ethernet())).ethernet()))
    return {"node1_eth0.pcap": syns, "node2_eth0.pcap": [(at + 0.0002, frame) for at, frame in syns]}


def answers_in_clear(cluster: Cluster, network: Network) -> None:
    cluster.ways["node2", "node1"] = "direct"


def in_its_own_tunnel(cluster: Cluster, network: Network) -> None:
    cluster.inside_itself.add(("node1", "node2"))


def one_source_port(cluster: Cluster, network: Network) -> None:
    def from_node1(frame: Frame) -> bool:
        return bool(in_vxlan(frame)) and frame.source == near

    near = cluster.interface("node1", "eth0")["mac"]
    rewrite(
        network,
        "node1_eth0.pcap",
        from_node1,
        lambda carried: with_sum(replace(carried, payload=b"\x02\x09" + carried.payload[2:]), 0),
    )


def without_encryption(cluster: Cluster, network: Network) -> None:
    cluster.ways |= {("node1", "node2"): "direct", ("node2", "node1"): "direct"}


INCIDENTS = [
    Incident(
        "1 outer checksum after masquerading",
        "projectcalico/calico#3145",
        "bad-checksum",
        "node1",
        asked_from_outside,
        [
            *both_ways(WEB, DB),
            *(
                fetch(
                    "client",
                    DB,
                    at,
                    nat=Nat(End("172.19.40.128", 31080), seen="10.42.0.0", via="node1"),
                )
                for at in (1.2, 1.6)
            ),
        ],
        masqueraded_outer_checksum,
    ),
    Incident(
        "2 inner checksum of an offload",
        "cloudnativelabs/kube-router#1436",
        "bad-checksum",
        "node1",
        calicos,
        [*one_way(WEB, DB), *both_ways(WEB, CACHE, 2.2)][:4],
        offload_of_inner_checksum,
    ),
    Incident(
        "3 hypervisor takes VXLAN",
        "flannel-io/flannel#423",
        "tunnel-blocked-on-fabric",
        None,
        flannels,
        [*one_way(WEB, DB), *one_way(CACHE, DB, 0.3), fetch("node1", "node2", 2.5, port=10250)],
        hypervisor_takes_vxlan,
    ),
    Incident(
        "4 protocol 4 forbidden",
        "projectcalico/calico#2080",
        "tunnel-blocked-on-fabric",
        None,
        calicos,
        [*BOTH, fetch("node1", "node2", 2.5, port=10250)],
        protocol_4_forbidden,
    ),
    Incident(
        "6 VTEP with another MAC after boot",
        "flannel-io/flannel#1155",
        "vtep-mac-changed",
        "node2",
        flannels,
        [*THREE, fetch(DB, WEB, 3.5)],
        another_mac_after_boot,
    ),
    Incident(
        "6 old neighbour entry",
        "flannel-io/flannel#1788",
        "stale-neighbour",
        "node1",
        flannels,
        THREE,
        old_neighbour,
    ),
    Incident(
        "7 old entry of the fdb",
        "projectcalico/calico#7281",
        "fdb-wrong-vtep",
        "node1",
        lambda: calicos("vxlan"),
        THREE,
        old_entry,
    ),
    Incident(
        "8 old address of a node",
        "cilium/cilium#31528",
        "fdb-wrong-vtep",
        "node1",
        ciliums,
        THREE,
        old_address,
    ),
    Incident(
        "9 address of the wrong card",
        "flannel-io/flannel#712",
        "outer-source-address",
        "node1",
        address_of_the_other_card,
        THREE,
        wrong_card,
    ),
    Incident(
        "10 port of Windows",
        "k3s-io/k3s#9295",
        "vxlan-port-mismatch",
        "node2",
        flannels,
        [*BOTH, *both_ways(WEB, CACHE, 2.2)],
        port_of_windows,
    ),
    Incident(
        "10 VNI of Windows",
        "k3s-io/k3s#9295",
        "vni-mismatch",
        "node2",
        flannels,
        [*BOTH, *both_ways(WEB, CACHE, 2.2)],
        vni_of_windows,
    ),
    Incident(
        "11 two overlays on one port",
        "cilium/cilium#2925",
        "vni-leak",
        "node1",
        flannels,
        both_ways(WEB, DB),
        put=frames_of_the_old_overlay,
    ),
    Incident(
        "25 answers without the tunnel",
        "cloudnativelabs/kube-router#549",
        "asymmetric-path",
        "node2",
        lambda: calicos("vxlan"),
        both_ways(WEB, DB)[:3],
        answers_in_clear,
    ),
    Incident(
        "30 tunnel in its own tunnel",
        "tailscale/tailscale#7594",
        "tunnel-in-own-tunnel",
        "node1",
        flannels,
        BOTH,
        in_its_own_tunnel,
        beside=("outer-port-no-entropy",),  # the library gives what is wrapped again one port
    ),
    Incident(
        "31 sender is no host of the cluster",
        "projectcalico/calico#3665",
        "tunnel-blocked-at-node",
        "node2",
        calicos,
        THREE,
        lost("node2_tunl0.pcap", lambda frame: is_ip(frame) and frame.content.source.startswith("10.77.88.")),
    ),
    Incident(
        "32 source is the tunnel's address",
        "projectcalico/calico: felix/fv/bpf_overlay_ip_test.go",
        "outer-source-address",
        "node1",
        calicos,
        THREE,
        tunnel_address,
    ),
    Incident(
        "33 one outer source port",
        "the-tcpdump-group/tcpdump#1035",
        "outer-port-no-entropy",
        "node1",
        two_pods_on_node1,
        [*both_ways(WEB, DB), *both_ways(CACHE, DB, 1.2), *both_ways(WEB, DB, 2.4), *both_ways(CACHE, DB, 3)],
        one_source_port,
    ),
    Incident(
        "35 clear text",
        "cilium/cilium: connectivity/tests/encryption.go",
        "missing-encryption",
        None,
        lambda: flannels("wireguard"),
        both_ways(WEB, DB),
        without_encryption,
    ),
]
