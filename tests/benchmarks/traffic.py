"""Large captures for measuring: stacks of many flows, no packet twice, every checksum right.

A template is a packet whose IP identification and sequence number are zero; `Pool.stamped` gives each copy
its own and mends the checksums (RFC 1624), so that millions cost seconds.
"""

import itertools
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from dpkt.dpkt import in_cksum

sys.path.append(str(Path(__file__).parents[1] / "builders"))  # packets of the tests

import packets as make

Bytes = npt.NDArray[np.uint8]
START: Final = 1_790_000_000_000_000  # µs
CHUNK: Final = 50_000
FLOW: Final = 40_503  # numbers of one flow are far from those of the next
BODY: Final = bytes(range(256)) * 4
POD_MACS: Final = ("02:00:00:00:0a:01", "02:00:00:00:0b:01")
BRIDGE_MACS: Final = ("02:00:00:00:0a:02", "02:00:00:00:0b:02")
VTEP_MACS: Final = ("02:00:00:00:0a:03", "02:00:00:00:0b:03")
NODE_MACS: Final = ("02:00:00:00:0a:04", "02:00:00:00:0b:04")
NODES: Final = ("192.168.7.11", "192.168.7.12")
PODS: Final = ("10.9.0.2", "10.9.1.2")


class Place(NamedTuple):
    """Where a number stands in a packet, and the checksum that covers it."""

    value: int
    checksum: int


class Template(NamedTuple):
    """A packet, and what differs from copy to copy: identification of each IP header, then sequence."""

    packet: bytes
    places: tuple[Place, ...]


def whole(segment: bytes, src: str, dst: str, protocol: int, at: int) -> bytes:
    """Return a TCP or UDP segment with its checksum, which stands at `at`."""
    pseudo = make.address(src) + make.address(dst) + struct.pack(">HH", protocol, len(segment))
    return segment[:at] + struct.pack(">H", in_cksum(pseudo + segment)) + segment[at + 2 :]


def datagram(number: int, size: int, ways: tuple[str, str], ttl: int, udp: bool = False) -> bytes:
    """Return an IPv4 datagram of flow `number` between two pods."""
    src, dst = ways
    port = 20_000 + number % 40_000
    if udp:
        segment = whole(make.udp(BODY[:size], port, 5353, checksum=0), src, dst, 17, 6)
        return bytes(make.ip(segment, src, dst, ttl, proto=17, id=0))
    segment = whole(make.tcp(BODY[:size], port, 443, seq=0, flags=0x10), src, dst, 6, 16)
    return bytes(make.ip(segment, src, dst, ttl, proto=6, id=0, df=1))


def frame(inner: bytes, macs: tuple[str, str]) -> bytes:
    """Return an Ethernet frame with an IPv4 packet."""
    return make.eth(inner, *macs, type=0x0800)


def places(base: int, udp: bool) -> tuple[Place, ...]:
    """Return the places of an IPv4 datagram at `base`: identification, low half of the TCP sequence."""
    ident = Place(base + 4, base + 10)
    return (ident,) if udp else (ident, Place(base + 26, base + 36))


def vxlan(number: int, size: int, udp: bool = False) -> Template:
    """Return a frame at a node's uplink: VXLAN as flannel has it."""
    inner = frame(datagram(number, size, _pods(number), 63, udp), VTEP_MACS)
    outer = make.ip(make.udp(make.vxlan(inner), 32_768 + number % 28_000, 8472), *NODES, proto=17, id=0)
    return Template(frame(outer, NODE_MACS), (Place(18, 24), *places(64, udp)))


def ipip(number: int, size: int) -> Template:
    """Return a frame at a node's uplink: IP in IP as Calico has it."""
    outer = make.ip(datagram(number, size, _pods(number), 63), *NODES, proto=4, id=0, df=1)
    return Template(frame(outer, NODE_MACS), (Place(18, 24), *places(34, False)))


def gre(number: int, size: int) -> Template:
    """Return a frame at a node's uplink: GRE with a key."""
    carried = make.gre(datagram(number, size, _pods(number), 63), proto=0x0800, key=1)
    outer = make.ip(carried, *NODES, proto=47, id=0, df=1)
    return Template(frame(outer, NODE_MACS), (Place(18, 24), *places(42, False)))


def plain(number: int, size: int) -> Template:
    """Return a frame without a tunnel."""
    return Template(frame(datagram(number, size, _pods(number), 63), NODE_MACS), places(14, False))


def odd(number: int, size: int) -> Template:
    """Return one of the packets that are few in any network."""
    quoted = datagram(number, 8, _pods(number), 62)[:28]
    kinds = (
        make.eth(make.arp()),
        make.eth(make.ip(make.icmp(quoted, type=3, code=4, word=1450))),
        make.eth(make.ipv6(make.extension(make.udp(BODY[:size], dport=53), nxt=17))),
        make.eth(make.ip(BODY[:64], proto=17, offset=1480, id=number)),
        make.eth(make.vlan(make.ip(make.tcp(BODY[:size])), id=1 + number % 4000), type=0x8100),
        make.eth(make.ipv6(make.neighbour())),
    )
    return Template(kinds[number % len(kinds)], ())


def _pods(number: int) -> tuple[str, str]:
    return (
        f"10.9.{number % 40}.{2 + number // 7 % 250}",
        f"10.9.{40 + number // 3 % 40}.{2 + number // 13 % 250}",
    )


Maker = Callable[[int, int], Template]
FLANNEL: Final[tuple[tuple[Maker, float], ...]] = ((vxlan, 1.0),)
MIXED: Final[tuple[tuple[Maker, float], ...]] = (
    (vxlan, 0.36),
    (lambda number, size: vxlan(number, size, udp=True), 0.2),
    (ipip, 0.15),
    (gre, 0.1),
    (plain, 0.15),
    (odd, 0.04),
)


class Pool:
    """Templates as rows of one array.

    Args:
        templates: at least one.
    """

    def __init__(self, templates: Sequence[Template]) -> None:
        self.sizes = np.array([len(each.packet) for each in templates])
        self.rows = np.zeros((len(templates), self.sizes.max()), np.uint8)
        for row, each in zip(self.rows, templates, strict=True):
            row[: len(each.packet)] = np.frombuffer(each.packet, np.uint8)
        grouped: dict[tuple[int, Place], list[int]] = {}
        for number, each in enumerate(templates):
            # Counted from the end, so that an outer header changes no inner number.
            for level, place in enumerate(reversed(each.places), 1):
                grouped.setdefault((level, place), []).append(number)
        everything = np.arange(len(templates))
        self.places = [(*key, np.isin(everything, rows)) for key, rows in grouped.items()]

    def stamped(self, picked: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]) -> Bytes:
        """Return copies of the picked templates, numbered: each flow and each header has its own numbers."""
        rows = self.rows[picked]
        for level, place, has in self.places:
            where = np.flatnonzero(has[picked])
            _stamp(rows, where, place, (numbers + picked // 2 * FLOW * level)[where] % 65_536)
        return rows


def _stamp(rows: Bytes, where: npt.NDArray[np.int64], place: Place, numbers: npt.NDArray[np.int64]) -> None:
    """Write numbers where zeros stood; the one's complement sum of what the checksum covers grows by them."""
    high, low = place.checksum, place.checksum + 1
    checksum = rows[where, high].astype(np.int64) << 8 | rows[where, low]
    total = (~checksum & 0xFFFF) + numbers
    checksum = ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF
    for at, values in ((place.value, numbers), (place.checksum, checksum)):
        rows[where, at] = values >> 8
        rows[where, at + 1] = values & 0xFF


def templates(mixture: Sequence[tuple[Maker, float]], flows: int, seed: int = 1) -> list[Template]:
    """Return templates of a mixture: two packets a flow, one short, one full."""
    random = np.random.default_rng(seed)
    makers, shares = zip(*mixture, strict=True)
    chosen = random.choice(len(makers), flows, p=np.array(shares) / sum(shares))
    return [makers[kind](number, size) for number, kind in enumerate(chosen) for size in (0, 870)]


def write(path: Path, pool: Pool, packets: int, seed: int = 1, snaplen: int = 262_144, late: int = 0) -> None:
    """Write a capture of `packets` copies of templates, 3 µs apart.

    Equal seeds pick equal templates and numbers: pools of the same flows at several interfaces give captures
    of the same packets. `late` is the time in µs after which they come by here.
    """
    random = np.random.default_rng(seed)
    with path.open("wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, snaplen, 1))
        for first in range(0, packets, CHUNK):
            count = min(CHUNK, packets - first)
            picked = random.integers(0, len(pool.rows), count)
            rows = pool.stamped(picked, first + np.arange(count))  # they count up, as a kernel's do
            times = START + late + (first + np.arange(count)) * 3
            file.write(b"".join(_records(rows, pool.sizes[picked], times, snaplen)))


def _records(
    rows: Bytes, sizes: npt.NDArray[np.int64], times: npt.NDArray[np.int64], snaplen: int
) -> Iterator[bytes]:
    captured = np.minimum(sizes, snaplen)
    heads = np.stack([times // 1_000_000, times % 1_000_000, captured, sizes], 1).astype("<u4").tobytes()
    data, width = rows.tobytes(), rows.shape[1]
    for number, size in enumerate(captured.tolist()):
        yield heads[16 * number : 16 * number + 16]
        yield data[width * number : width * number + size]


HOPS: Final = (
    "pod",
    "veth",
    "bridge",
    "vtep",
    "uplink",
    "far uplink",
    "far vtep",
    "far bridge",
    "far veth",
    "far pod",
)


def seen(hop: str, number: int, size: int) -> Template:
    """Return a packet of flow `number` as `hop` of flannel's way between two nodes sees it."""
    ttl = {"pod": 64, "veth": 64, "bridge": 64, "far bridge": 62, "far veth": 62, "far pod": 62}.get(hop, 63)
    inner = datagram(number, size, PODS, ttl)
    if hop in ("uplink", "far uplink"):
        carried = make.vxlan(frame(inner, VTEP_MACS))
        outer = make.ip(make.udp(carried, 32_768 + number % 28_000, 8472), *NODES, proto=17, id=0)
        return Template(frame(outer, NODE_MACS), (Place(18, 24), *places(64, False)))
    macs = {64: (POD_MACS[0], BRIDGE_MACS[0]), 63: VTEP_MACS, 62: (BRIDGE_MACS[1], POD_MACS[1])}[ttl]
    return Template(frame(inner, macs), places(14, False))


def way(folder: Path, packets: int, flows: int = 2_000) -> None:
    """Write ten captures of the same packets, one a hop, with their topology."""
    for late, (hop, name) in enumerate(zip(HOPS, FILES, strict=True)):
        pool = Pool([seen(hop, number, size) for number, size in itertools.product(range(flows), (0, 870))])
        write(folder / name, pool, packets, late=20 * late)
    (folder / "topology.yaml").write_text(TOPOLOGY, encoding="utf-8")


FILES: Final = (
    "web_eth0.pcap",
    "n1_veth1.pcap",
    "n1_cni0.pcap",
    "n1_flannel.1.pcap",
    "n1_eth0.pcap",
    "n2_eth0.pcap",
    "n2_flannel.1.pcap",
    "n2_cni0.pcap",
    "n2_veth1.pcap",
    "db_eth0.pcap",
)
TOPOLOGY: Final = f"""\
cluster: {{cni: flannel, profile: flannel-vxlan, pod_cidr: 10.9.0.0/16}}
nodes:
  n1:
    addresses: [{NODES[0]}]
    pod_cidr: 10.9.0.0/24
    interfaces:
      eth0: {{kind: uplink, mac: '{NODE_MACS[0]}', addresses: [{NODES[0]}/24]}}
      flannel.1: {{kind: vtep, mac: '{VTEP_MACS[0]}', addresses: [10.9.0.0/32], vni: 1, port: 8472}}
      cni0: {{kind: bridge, mac: '{BRIDGE_MACS[0]}', addresses: [10.9.0.1/24]}}
      veth1: {{kind: veth, pod: default/web}}
  n2:
    addresses: [{NODES[1]}]
    pod_cidr: 10.9.1.0/24
    interfaces:
      eth0: {{kind: uplink, mac: '{NODE_MACS[1]}', addresses: [{NODES[1]}/24]}}
      flannel.1: {{kind: vtep, mac: '{VTEP_MACS[1]}', addresses: [10.9.1.0/32], vni: 1, port: 8472}}
      cni0: {{kind: bridge, mac: '{BRIDGE_MACS[1]}', addresses: [10.9.1.1/24]}}
      veth1: {{kind: veth, pod: default/db}}
pods:
  default/web: {{node: n1, address: {PODS[0]}, mac: '{POD_MACS[0]}', interface: eth0}}
  default/db: {{node: n2, address: {PODS[1]}, mac: '{POD_MACS[1]}', interface: eth0}}
"""
