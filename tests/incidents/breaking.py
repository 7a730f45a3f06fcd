"""Ways to break a network: which frames are meant, and what becomes of them."""

import struct
from collections.abc import Callable
from dataclasses import replace

from cluster import Cluster
from network import Network, Which
from wire import ICMP, IPIP, TCP, UDP, Arp, End, Frame, Packet, translated, with_checksum

VXLAN_HEADERS = 8 + 8 + 14  # UDP, VXLAN, Ethernet
Breaks = Callable[[Cluster, Network], None]


def lost(file: str, which: Which) -> Breaks:
    """Return what loses the frames that `which` names just before a point."""
    return lambda _, network: network.drop(file, which)


def to_node(cluster: Cluster, node: str) -> Which:
    """Return whether a frame is for a node's uplink."""
    mac = cluster.interface(node, "eth0")["mac"]
    return lambda frame: frame.destination == mac


def packet(frame: Frame) -> Packet | None:
    return frame.content if isinstance(frame.content, Packet) else None


def is_ip(frame: Frame) -> bool:
    return isinstance(frame.content, Packet)


def is_answer(frame: Frame) -> bool:
    """Return whether a frame is an ARP answer."""
    return isinstance(frame.content, Arp) and frame.content.operation == 2


def is_ipip(frame: Frame) -> bool:
    return isinstance(frame.content, Packet) and frame.content.protocol == IPIP


def ports(carried: Packet) -> tuple[int, int]:
    source, destination = struct.unpack_from(">HH", carried.payload)
    return source, destination


def in_vxlan(frame: Frame, port: int = 8472) -> bytes:
    """Return the IP packet inside VXLAN, or nothing."""
    outer = packet(frame)
    if outer is None or outer.protocol != UDP or ports(outer)[1] != port:
        return b""
    return outer.payload[VXLAN_HEADERS:]


def inner_protocol(frame: Frame, port: int = 8472) -> int:
    inner = in_vxlan(frame, port)
    return inner[9] if inner and inner[0] >> 4 == 4 else 0


def with_sum(carried: Packet, total: int) -> Packet:
    """Return a TCP or UDP packet with another checksum."""
    at = {TCP: 16, UDP: 6}[carried.protocol]
    payload = carried.payload[:at] + struct.pack(">H", total) + carried.payload[at + 2 :]
    return replace(carried, payload=payload)


def readdressed(carried: Packet, source: str = "", destination: str = "") -> Packet:
    """Return a packet with other addresses, as NAT leaves it."""
    source, destination = source or carried.source, destination or carried.destination
    if carried.protocol == ICMP:
        return replace(carried, source=source, destination=destination)
    here, there = ports(carried)
    return translated(carried, End(source, here), End(destination, there))


def with_flags(empty: Packet, sport: int, dport: int, flags: int, sequence: int) -> Packet:
    """Return a packet with a TCP segment without data."""
    header = struct.pack(">HHIIBBHHH", sport, dport, sequence, 0, 5 << 4, flags, 64240, 0, 0)
    segment = with_checksum(empty.source, empty.destination, TCP, header, 16)
    return replace(empty, protocol=TCP, payload=segment)


def rewrite(network: Network, file: str, which: Which, how: Callable[[Packet], Packet]) -> None:
    """Change the packets of some frames at a point, and from there on."""

    def change(frame: Frame) -> Frame:
        inside = packet(frame)
        return replace(frame, content=how(inside)) if inside and which(frame) else frame

    network.rewrite(file, change)


def deaf(network: Network, which: Callable[[Packet], bool]) -> None:
    """Let the receivers of some packets ignore them, though they arrive."""
    deliver = network.deliver

    def heard(*given, **more):
        return [each for each in deliver(*given, **more) if not which(each[0])]

    network.deliver = heard
