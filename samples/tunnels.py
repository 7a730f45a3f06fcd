"""How tunnels wrap what they carry, and what their far end does with it.

A tunnel device is an interface of a topology, as in topology.yaml: `kind` vtep or tunnel, `type`, `vni`,
`port`, `key`, `vsid`, `flow_id`. Values of outer headers are those that Linux 6.1 gives: drivers/net/vxlan,
geneve, wireguard; net/ipv4/ip_tunnel.c.
"""

import random
import struct
from collections.abc import Mapping
from enum import Enum

from wire import GRE, IPIP, IPV6, Frame, Packet, udp

Device = Mapping[str, object]
FIRST_PORT, LAST_PORT = 32768, 60999  # net.ipv4.ip_local_port_range; the last one is exclusive
TRANSPARENT_ETHERNET = 0x6558


class Answer(Enum):
    """What the far end does with a packet of a tunnel."""

    OPENED = "opened"
    SILENT = "dropped without a word"
    REFUSED = "answered with ICMP port unreachable"


def type_of(device: Device) -> str:
    """Return vxlan, geneve, gretap, ipip, gre, wireguard or tun (flannel's UDP back-end)."""
    return str(device.get("type", "vxlan" if device["kind"] == "vtep" else "ipip"))


def wrap(device: Device, frame: Frame, outer: Packet, peer: Device) -> Packet:
    """Return `outer` (addresses and IP ID are given) with `frame` in it."""
    wrapped = WRAPPERS[type_of(device)](device, frame, outer)
    if type_of(device) == "wireguard":
        return udp(wrapped, number(device, "port"), number(peer, "port"), wrapped.payload)
    return wrapped


def judge(device: Device, sent_by: Device) -> Answer:
    """Return what `device` does with packets that a device like `sent_by` sends to it."""
    kind = type_of(device)
    if kind != type_of(sent_by):
        return Answer.SILENT
    if "remote" in device and "local" in sent_by and device["remote"] != sent_by["local"]:
        return Answer.SILENT
    if device.get("port") != sent_by.get("port"):
        return Answer.REFUSED
    if kind in ("gre", "gretap"):
        same_key = all(device.get(key) == sent_by.get(key) for key in ("key", "vsid", "flow_id"))
        return Answer.OPENED if same_key else Answer.REFUSED
    any_vni = "vni" not in device  # metadata mode: a program decides, not the device
    return Answer.OPENED if any_vni or device["vni"] == sent_by.get("vni") else Answer.SILENT


def number(device: Device, name: str) -> int:
    value = device[name]
    assert isinstance(value, int)
    return value


def _vxlan(device: Device, frame: Frame, outer: Packet) -> Packet:
    header = struct.pack(">II", 0x08000000, number(device, "vni") << 8)  # RFC 7348, 5
    port = FIRST_PORT + (_hash(frame) * (LAST_PORT - FIRST_PORT) >> 32)
    with_sum = ":" in outer.source or not device.get("no_checksum")
    return udp(_df(outer, False), port, number(device, "port"), header + frame.ethernet(), with_sum)


def _geneve(device: Device, frame: Frame, outer: Packet) -> Packet:
    options = _ports(device["ports"]) if "ports" in device else b""
    flags = 0x40 if options else 0  # critical options are there: RFC 8926, 3.4
    fixed = struct.pack(">BBHI", len(options) // 4, flags, TRANSPARENT_ETHERNET, number(device, "vni") << 8)
    port = 1 + (_hash(frame) * (65535 - 1) >> 32)
    with_sum = ":" in outer.source or bool(device.get("checksum"))
    content = fixed + options + frame.ethernet()
    return udp(_df(outer, bool(device.get("df"))), port, number(device, "port"), content, with_sum)


def _ports(ports: object) -> bytes:
    """Return OVN's option: logical ports where the packet came in and goes out (ovn-architecture(7))."""
    assert isinstance(ports, tuple)
    into, out = ports
    return struct.pack(">HBBHH", 0x0102, 0x80, 1, into, out)


def _ipip(device: Device, frame: Frame, outer: Packet) -> Packet:
    inner = _inner(frame)
    protocol = IPV6 if ":" in inner.source else IPIP
    return _with(outer, protocol, bytes(inner), ttl=inner.ttl, df=inner.df)


def _gre(device: Device, frame: Frame, outer: Packet) -> Packet:
    key = struct.pack(">I", number(device, "key")) if "key" in device else b""
    header = struct.pack(">HH", 0x2000 if key else 0, frame.content.ethertype) + key  # RFC 2890, 2
    return _with(outer, GRE, header + frame.raw(), ttl=64, df=True)


def _nvgre(device: Device, frame: Frame, outer: Packet) -> Packet:
    key = number(device, "vsid") << 8 | number(device, "flow_id")  # RFC 7637, 3.2
    header = struct.pack(">HHI", 0x2000, TRANSPARENT_ETHERNET, key)
    ttl = frame.content.ttl if isinstance(frame.content, Packet) else 64
    return _with(outer, GRE, header + frame.ethernet(), ttl=ttl, df=True)


def _wireguard(device: Device, frame: Frame, outer: Packet) -> Packet:
    """Not encrypted but replaced: nobody can read it, and equal packets give equal bytes."""
    plain = bytes(_inner(frame))
    padded = -(-len(plain) // 16) * 16
    header = struct.pack(
        "<IIQ", 4, 0x1A2B3C4D, outer.identification
    )  # transport data: wireguard.com/protocol
    sealed = random.Random(plain).randbytes(padded + 16)
    return _with(outer, outer.protocol, header + sealed, ttl=64, df=False)


def handshake(device: Device, peer: Device, outer: Packet, initiation: bool) -> Packet:
    """Return a WireGuard handshake message: 148 bytes to begin, 92 to answer; TOS as the kernel sets it."""
    kind, size = (1, 148) if initiation else (2, 92)
    message = struct.pack("<I", kind) + random.Random(kind).randbytes(size - 4)
    packet = _with(outer, outer.protocol, b"", ttl=64, df=False, tos=0x88)
    return udp(packet, number(device, "port"), number(peer, "port"), message)


def _flannel_udp(device: Device, frame: Frame, outer: Packet) -> Packet:
    """Wrap as flanneld does: it lowers the TTL of what it reads from its tun device (proxy_amd64.c)."""
    port = number(device, "port")
    return udp(_df(outer, True), port, port, bytes(_inner(frame).routed()))


def _inner(frame: Frame) -> Packet:
    assert isinstance(frame.content, Packet), "this tunnel carries IP packets only"
    return frame.content


def _with(outer: Packet, protocol: int, payload: bytes, *, ttl: int, df: bool, tos: int = 0) -> Packet:
    return Packet(outer.source, outer.destination, protocol, payload, ttl, outer.identification, df, tos)


def _df(outer: Packet, df: bool) -> Packet:
    return _with(outer, outer.protocol, b"", ttl=64, df=df)


def _hash(frame: Frame) -> int:
    return frame.content.flow if isinstance(frame.content, Packet) else 0x5BD1E995


WRAPPERS = {
    "vxlan": _vxlan,
    "geneve": _geneve,
    "ipip": _ipip,
    "gre": _gre,
    "gretap": _nvgre,
    "wireguard": _wireguard,
    "tun": _flannel_udp,
}
