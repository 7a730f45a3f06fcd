"""The flannel sample in other shapes: one pcapng, captures of `any`, a tagged uplink, IPv6 pods.

Made by the library of samples/ into a folder of the test. Each function returns that folder, with
topology.yaml beside the captures; the packets are those of the sample, so what holds for it must hold for
all of them.
"""

import copy
import struct
from dataclasses import replace
from pathlib import Path

from cluster import Cluster
from families import ipv6
from make import load
from network import SECOND, Network, Sighting
from profiles import DB, WEB, flannel
from sample import LINKTYPES, SNAPLEN, Sample, both_ways, pcap, shown, topology_text
from way import Point
from wire import BROADCAST

SLL2 = 276
HARDWARE = {"ethernet": 1, "raw": 768, "cooked": 778}  # linux/if_arp.h
FIRST_INDEX = 2  # 1 is lo


def one_pcapng(folder: Path, name: str = "flannel-vxlan") -> Path:
    """Write all points into one pcapng: `if_name` is the interface, `if_description` its node or pod."""
    cluster, network, _ = load(name).run()
    points = cluster.points()
    (folder / "all.pcapng").write_bytes(pcapng(network, points))
    (folder / "topology.yaml").write_text(topology_text(cluster, []), encoding="utf-8")
    return folder


def pcapng_per_node(folder: Path, name: str = "flannel-vxlan") -> Path:
    """Write a pcapng for each node, with an interface for each of its points."""
    cluster, network, _ = load(name).run()
    for node in cluster.topology["nodes"]:
        points = [point for point in cluster.points() if point.owner == node]
        (folder / f"{node}.pcapng").write_bytes(pcapng(network, points))
    (folder / "topology.yaml").write_text(topology_text(cluster, []), encoding="utf-8")
    return folder


def any_files(folder: Path, name: str = "flannel-vxlan", *, indexes: bool = True) -> Path:
    """Write `tcpdump -i any` of each node; with `indexes` the topology says which index is which."""
    cluster, network, _ = load(name).run()
    for node in cluster.topology["nodes"]:
        points = [point for point in cluster.points() if point.owner == node]
        (folder / f"{node}_any.pcap").write_bytes(any_pcap(cluster, network, points))
        for number, point in enumerate(points if indexes else ()):
            cluster.interface(node, point.interface)["ifindex"] = FIRST_INDEX + number
    anywhere = [Point(node, "any", "any") for node in cluster.topology["nodes"]]
    (folder / "topology.yaml").write_text(topology_text(cluster, anywhere), encoding="utf-8")
    return folder


def tagged_uplinks(folder: Path, name: str = "flannel-vxlan", tag: int = 100) -> Path:
    """Write the sample with an 802.1Q tag on everything that the uplinks show."""
    cluster, network, _ = load(name).run()
    for point in cluster.points():
        if point.role == "uplink":
            cluster.interface(point.owner, point.interface)["vlan"] = tag
            network.sightings[point] = [_tagged(sighting, tag) for sighting in network.sightings[point]]
    return write(folder, cluster, network)


def ipv6_pods(folder: Path) -> Path:
    """Write the sample with IPv6 pods, nodes and VTEPs, as flannel makes them with IPv6 alone."""
    sample = Sample("flannel-vxlan", lambda: ipv6(flannel()), both_ways(WEB, DB))
    cluster, network, _ = sample.run()
    return write(folder, cluster, network)


def write(folder: Path, cluster: Cluster, network: Network) -> Path:
    """Write one pcap for each point, and the topology."""
    points = cluster.points()
    for point in points:
        (folder / point.file).write_bytes(pcap(point, network.sightings[point]))
    (folder / "topology.yaml").write_text(topology_text(copy.deepcopy(cluster), points), encoding="utf-8")
    return folder


def pcapng(network: Network, points: list[Point]) -> bytes:
    """Return a section with an interface for each point, its packets in order of time."""
    interfaces = b"".join(_interface(point) for point in points)
    sightings = [(each, number) for number, point in enumerate(points) for each in network.sightings[point]]
    packets = b"".join(_packet(*each) for each in sorted(sightings, key=lambda each: each[0].time))
    return _block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + interfaces + packets


def any_pcap(cluster: Cluster, network: Network, points: list[Point]) -> bytes:
    """Return a capture of linktype 276: a cooked header with the interface's index before each packet."""
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, SLL2)
    sightings = [(each, number) for number, point in enumerate(points) for each in network.sightings[point]]
    in_order = sorted(sightings, key=lambda each: each[0].time)
    return header + b"".join(_cooked(cluster, each, FIRST_INDEX + number) for each, number in in_order)


def _cooked(cluster: Cluster, sighting: Sighting, index: int) -> bytes:
    frame, point = sighting.frame, sighting.hop.point
    own = cluster.interface(point.owner, point.interface).get("mac")
    hardware = HARDWARE[point.link]
    address = bytes.fromhex(frame.source.replace(":", "")) if hardware == 1 else b""
    direction = _packet_type(sighting, own)
    header = struct.pack(
        ">HHIHBB8s", frame.content.ethertype, 0, index, hardware, direction, len(address), address
    )
    data = header + bytes(frame.content)
    seconds, microseconds = divmod(sighting.time, SECOND)
    return struct.pack("<IIII", seconds, microseconds, len(data), len(data)) + data


def _packet_type(sighting: Sighting, own: str | None) -> int:
    """Return PACKET_HOST, _BROADCAST, _MULTICAST, _OTHERHOST or _OUTGOING (linux/if_packet.h)."""
    destination = sighting.frame.destination
    if sighting.hop.out:
        return 4
    if destination == BROADCAST:
        return 1
    if destination.startswith("33:33"):
        return 2
    return 0 if own is None or destination == own else 3


def _tagged(sighting: Sighting, tag: int) -> Sighting:
    return replace(sighting, hop=replace(sighting.hop, tags=(tag,)))


def _interface(point: Point) -> bytes:
    owner = point.owner.rpartition("/")[2]
    label = f"k8s.podName={owner};k8s.namespace=default" if point.role == "pod" else f"k8s.node={owner}"
    options = _option(2, point.interface.encode()) + _option(3, label.encode()) + _option(9, b"\x06")
    return _block(1, struct.pack("<HHI", LINKTYPES[point.link], 0, SNAPLEN) + options + bytes(4))


def _packet(sighting: Sighting, interface: int) -> bytes:
    data = shown(sighting)
    high, low = divmod(sighting.time, 1 << 32)
    fixed = struct.pack("<IIIII", interface, high, low, len(data), len(data))
    return _block(6, fixed + data + bytes(-len(data) % 4))


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + value + bytes(-len(value) % 4)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length
