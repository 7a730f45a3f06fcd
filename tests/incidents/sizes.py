"""Incidents of sizes: what is too long for a hop, and what is split for it."""

import struct
from pathlib import Path

import disturb
import dpkt
from incidents.breaking import is_ip
from incidents.incident import Incident
from incidents.own import CACHE, CALI, DB, WEB, calicos, flannels, uplink

from attachment import arrive
from cluster import Cluster
from network import Network
from sample import both_ways, fetch
from way import Path as Way
from wire import ICMP, Frame, Packet, icmp

ETHERNET, IP_HEADER = 14, 20
LINK_MTU, FAR_MTU = 1450, 1400


def long(frame: Frame, most: int) -> bool:
    return is_ip(frame) and len(bytes(frame.content)) > most


def large_segments_are_lost(cluster: Cluster, network: Network) -> None:
    source = cluster.address(DB)
    network.drop(
        "node2_vxlan.calico.pcap",
        lambda frame: long(frame, 1372) and frame.content.source == source,
    )


def narrow_router(cluster: Cluster, network: Network) -> None:
    """Let the router on the way to node1 say that packets are too long, and node3 drop what it says."""
    last = f"node3_{CALI[2]}.pcap"
    back = Way((cluster.from_router("node3"), arrive(cluster, CACHE)))

    def told(frame: Frame) -> bool:
        if not long(frame, FAR_MTU) or frame.destination != uplink(cluster, "node1"):
            return False
        time = max(seen.time for seen in network.sightings[cluster.point("node3", "eth0")])
        network.walk(too_big(cluster.router("node3").address, frame.content), back, time + 200)
        return True

    network.drop("node1_eth0.pcap", told)
    network.drop(last, lambda frame: is_ip(frame) and frame.content.protocol == ICMP and error(frame.content))


def too_big(by: str, packet: Packet) -> Packet:
    quoted = struct.pack(">HH", 0, FAR_MTU) + bytes(packet)[:528]
    return Packet(by, packet.source, ICMP, icmp(3, 4, quoted), tos=0xC0, df=False)


def error(packet: Packet) -> bool:
    return packet.payload[0] == 3


def pods_with_the_mtu_of_the_uplink(backend: str = "wireguard") -> Cluster:
    """Return a cluster whose pods may send as much as the uplink."""
    cluster = flannels(backend)
    for node in cluster.topology["nodes"].values():
        for interface in node["interfaces"].values():
            interface["mtu"] = 1500
    return cluster


def narrow_uplinks(cluster: Cluster, network: Network) -> None:
    for node in ("node1", "node2", "node3"):
        network.drop(f"{node}_eth0.pcap", lambda frame: long(frame, 1500))


def split_outer_packets(folder: Path) -> None:
    """Write what uplinks show as the kernel sends it: in fragments where it is longer than 1500 bytes."""
    for file in sorted(folder.glob("*_eth0.pcap")):
        if not file.name.startswith("node"):
            continue
        data = file.read_bytes()
        kept = [
            (time + 3 * number, struct.pack("<II", len(part), len(part)) + part)
            for time, rest in disturb.records(data)
            for number, part in enumerate(fragments(rest[8:]))
        ]
        file.write_bytes(disturb.written(data, kept))


def fragments(frame: bytes, mtu: int = 1500) -> list[bytes]:
    """Return the frame, or its two fragments (RFC 791, 3.2)."""
    if len(frame) <= ETHERNET + mtu:
        return [frame]
    ip = dpkt.ip.IP(frame[ETHERNET:])
    carried, cut = frame[ETHERNET + IP_HEADER : ETHERNET + ip.len], (mtu - IP_HEADER) // 8 * 8
    parts = ((0x2000, carried[:cut]), (cut // 8, carried[cut:]))
    return [frame[:ETHERNET] + _fragment(ip, flags, part) for flags, part in parts]


def _fragment(ip: dpkt.ip.IP, flags: int, part: bytes) -> bytes:
    made = dpkt.ip.IP(src=ip.src, dst=ip.dst, p=ip.p, ttl=ip.ttl, id=ip.id, data=part)
    made._flags_offset, made.len, made.sum = flags, IP_HEADER + len(part), 0
    head = made.pack_hdr()
    return head[:10] + struct.pack(">H", dpkt.in_cksum(head)) + head[12:] + part


INCIDENTS = [
    Incident(
        "13 large segments are lost",
        "projectcalico/calico#7651",
        "mtu-black-hole",
        None,
        lambda: calicos("vxlan"),
        [*both_ways(WEB, DB), fetch(WEB, DB, 1.2, size=6000)],
        large_segments_are_lost,
    ),
    Incident(
        "13 fragmentation needed is not handed on",
        "projectcalico/calico#8854",
        "pmtud-icmp-lost",
        "node3",
        lambda: calicos("direct", third_subnet=True),
        [*both_ways(WEB, CACHE), fetch(WEB, CACHE, 1.2, size=6000)],
        narrow_router,
    ),
    Incident(
        "14 overhead of WireGuard",
        "flannel-io/flannel#1567",
        "mtu-black-hole",
        None,
        pods_with_the_mtu_of_the_uplink,
        [*both_ways(WEB, DB), fetch(WEB, DB, 1.2, size=6000)],
        narrow_uplinks,
        twin=False,
    ),
    Incident(
        "14 outer fragments of WireGuard",
        "k3s-io/k3s#5101",
        "outer-fragmentation",
        "node2",
        pods_with_the_mtu_of_the_uplink,
        [*both_ways(WEB, DB), fetch(WEB, DB, 1.2, size=6000)],
        after=split_outer_packets,
        twin=False,
    ),
    Incident(
        "14 outer fragments of VXLAN",
        "cilium/cilium#37919",
        "outer-fragmentation",
        "node2",
        lambda: pods_with_the_mtu_of_the_uplink("vxlan"),
        [*both_ways(WEB, DB), fetch(WEB, DB, 1.2, size=6000)],
        after=split_outer_packets,
        twin=False,
    ),
]
