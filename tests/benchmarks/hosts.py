"""Captures of a cluster of any size, snapped at 128 bytes: flannel VXLAN, ten points a pair of nodes.

    python tests/benchmarks/hosts.py FOLDER PAIRS PACKETS [LOST]

Each pair of nodes has a pod at either end, and TCP flows between them; a packet crosses all ten points, and
counts ten times in PACKETS. LOST of a thousand packets get no further than the first node's uplink. The same
arguments give the same bytes.
"""

import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import yaml

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

SNAP: Final = 128
POINTS: Final = 10  # of a pair
FLOWS: Final = 20  # of a pair, at least
LONG: Final = 2500  # packets of a flow, at most, if more flows are possible
MOST: Final = 8000
DATA: Final = 1390  # bytes of a segment that carries data
STEP: Final = 20  # µs from packet to packet of a pair
HOP: Final = 15  # µs from point to point
START: Final = 1_790_000_000_000_000  # µs
CHUNK: Final = 100_000
INNER: Final = 14  # where the IP header begins in a frame that is not encapsulated
OUTER: Final = 50  # bytes that VXLAN puts before the inner frame


class Place(NamedTuple):
    """One capture point of a pair, as packets from its left pod to its right pod cross it."""

    file: str
    routed: int  # how many routers the packet has passed
    link: str  # whose MACs it has: pod, vtep, uplink or the bridge behind the tunnel


WAY: Final = (
    Place("{left_pod}_eth0", 0, "pod"),
    Place("{left}_veth0", 0, "pod"),
    Place("{left}_cni0", 0, "pod"),
    Place("{left}_flannel.1", 1, "vtep"),
    Place("{left}_eth0", 1, "uplink"),
    Place("{right}_eth0", 1, "uplink"),
    Place("{right}_flannel.1", 1, "vtep"),
    Place("{right}_cni0", 2, "far"),
    Place("{right}_veth0", 2, "far"),
    Place("{right_pod}_eth0", 2, "far"),
)
CROSSED: Final = 5  # points before the wire between the nodes


def names(pair: int) -> dict[str, str]:
    """Return what the two ends of a pair are called."""
    left, right = 2 * pair, 2 * pair + 1
    return {
        "left": f"node{left}",
        "right": f"node{right}",
        "left_pod": f"web-{left}",
        "right_pod": f"db-{right}",
    }


def topology(pairs: int) -> dict[str, object]:
    """Return the intended network."""
    nodes = {f"node{number}": _node(number) for number in range(2 * pairs)}
    pods = {
        f"default/{_pod(number)}": {
            "node": f"node{number}",
            "address": f"10.{100 + number // 256}.{number % 256}.2",
            "mac": _mac(1, number),
            "interface": "eth0",
        }
        for number in range(2 * pairs)
    }
    cluster = {
        "profile": "flannel-vxlan",
        "pod_cidr": [f"10.{100 + number}.0.0/16" for number in range(1 + 2 * pairs // 256)],
        "service_cidr": "10.96.0.0/16",
        "parameters": {"vni": 1, "vxlan_port": 8472},
    }
    return {"cluster": cluster, "nodes": nodes, "pods": pods}


def _pod(number: int) -> str:
    return f"{'db' if number % 2 else 'web'}-{number}"


def _mac(kind: int, number: int) -> str:
    return f"02:00:00:{kind:02x}:{number // 256:02x}:{number % 256:02x}"


def _node(number: int) -> dict[str, object]:
    net = f"10.{100 + number // 256}.{number % 256}"
    uplink = f"192.168.{number // 200}.{number % 200 + 10}"
    interfaces = {
        "eth0": {"kind": "uplink", "mac": _mac(4, number), "addresses": [f"{uplink}/16"], "mtu": 1500},
        "flannel.1": {
            "kind": "vtep",
            "mac": _mac(3, number),
            "addresses": [f"{net}.0/32"],
            "vni": 1,
            "port": 8472,
            "mtu": 1450,
        },
        "cni0": {"kind": "bridge", "mac": _mac(2, number), "addresses": [f"{net}.1/24"], "mtu": 1450},
        "veth0": {"kind": "veth", "pod": f"default/{_pod(number)}", "mac": _mac(5, number), "mtu": 1450},
    }
    return {"addresses": [uplink], "pod_cidr": f"{net}.0/24", "interfaces": interfaces}


def make(folder: Path, pairs: int, packets: int, lost: int = 0) -> None:
    """Write the captures and the topology."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "topology.yaml").write_text(yaml.safe_dump(topology(pairs), sort_keys=False))
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAP, 1)
    count = packets // POINTS // pairs
    flows = min(max(FLOWS, count // LONG), MOST)
    for pair in range(pairs):
        files = [(folder / f"{place.file.format(**names(pair))}.pcap").open("wb") for place in WAY]
        for file in files:
            file.write(head)
        for first in range(0, count, CHUNK):
            for number, records in _records(pair, np.arange(first, min(first + CHUNK, count)), flows, lost):
                files[number].write(records)
        for file in files:
            file.close()


def _records(pair: int, number: Ints, flows: int, lost: int) -> Iterator[tuple[int, bytes]]:
    """Yield the records of some packets of a pair, for each capture point."""
    turn = number // flows
    back = (turn % 2).astype(bool)
    gone = (number * 2_654_435_761 % 1_000_003) % 1000 < lost
    for at, place in enumerate(WAY):
        routed = np.where(back, 2 - place.routed, place.routed)
        frame, wire = _frames(pair, (number % flows, turn), routed, place)
        crossed = np.where(back, POINTS - 1 - at, at)
        time = START + number * STEP + crossed * HOP
        here = ~gone | (crossed < CROSSED)
        yield at, _pcap(frame[here], wire[here], time[here])


def _pcap(frame: Bytes, wire: Ints, time: Ints) -> bytes:
    captured = np.minimum(wire, SNAP)
    order = np.argsort(time, kind="stable")
    headers = np.stack([time // 1_000_000, time % 1_000_000, captured, wire], 1).astype("<u4")
    rows = np.hstack([headers.view(np.uint8), frame])[order]
    kept = np.arange(rows.shape[1]) < 16 + captured[order][:, None]
    return rows[kept].tobytes()


def _frames(pair: int, number: tuple[Ints, Ints], routed: Ints, place: Place) -> tuple[Bytes, Ints]:
    """Return frames as one place sees them, uint8 (n, SNAP), and how long they were on the wire."""
    left, right = 2 * pair, 2 * pair + 1
    flow, turn = number  # which flow, and the how manieth packet of it
    back = (turn % 2).astype(bool)
    data = np.where(~back & (turn >= 2), DATA, 0)
    frame = np.zeros((len(flow), SNAP), np.uint8)
    at = INNER + OUTER if place.link == "uplink" else INNER
    source, target = np.where(back, right, left), np.where(back, left, right)
    ident = 1 + (turn // 2 + 7919 * flow) % 65_000
    _ip(frame, at, 40 + data, 64 - routed, 6, (_pod_ip(source), _pod_ip(target)), ident)
    frame[:, at + 6] = 0x40
    _mend(frame, at)
    _tcp(frame, at + 20, flow, turn, back, data)
    inner = place.link if place.link != "uplink" else "vtep"
    _ethernet(frame, at - 14, inner, back, left, right)
    if place.link == "uplink":
        _tunnel(frame, source, target, 40 + data + 14, flow)
    return frame, at + 40 + data


def _ethernet(frame: Bytes, at: int, link: str, back: npt.NDArray[np.bool_], left: int, right: int) -> None:
    ends = {
        "pod": ((1, left), (2, left)),
        "vtep": ((3, left), (3, right)),
        "uplink": ((4, left), (4, right)),
        "far": ((2, right), (1, right)),
    }
    first, second = (
        np.frombuffer(bytes.fromhex(_mac(*end).replace(":", "")), np.uint8) for end in ends[link]
    )
    frame[:, at : at + 6] = np.where(back[:, None], first, second)
    frame[:, at + 6 : at + 12] = np.where(back[:, None], second, first)
    frame[:, at + 12] = 8


def _pod_ip(number: Ints) -> Bytes:
    return np.stack([np.full_like(number, 10), 100 + number // 256, number % 256, np.full_like(number, 2)], 1)


def _node_ip(number: Ints) -> Bytes:
    return np.stack(
        [np.full_like(number, 192), np.full_like(number, 168), number // 200, number % 200 + 10], 1
    )


def _put(frame: Bytes, at: int, value: Ints, size: int = 2) -> None:
    for byte in range(size):
        frame[:, at + byte] = value >> 8 * (size - 1 - byte) & 0xFF


def _sum(words: Bytes) -> Ints:
    total = (words.astype(np.int64).reshape(len(words), -1, 2) @ np.array([256, 1])).sum(1)
    for _ in range(2):
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _ip(
    frame: Bytes, at: int, total: Ints, ttl: Ints | int, protocol: int, ends: tuple[Bytes, Bytes], ident: Ints
) -> None:
    frame[:, at], frame[:, at + 8], frame[:, at + 9] = 0x45, ttl, protocol
    _put(frame, at + 2, total)
    _put(frame, at + 4, ident)
    frame[:, at + 12 : at + 16], frame[:, at + 16 : at + 20] = ends


def _mend(frame: Bytes, at: int) -> None:
    _put(frame, at + 10, _sum(frame[:, at : at + 20]))


def _tcp(frame: Bytes, at: int, flow: Ints, turn: Ints, back: npt.NDArray[np.bool_], data: Ints) -> None:
    client, server = 32_768 + flow, np.full_like(flow, 80)
    round_ = turn // 2
    sent = 1000 + np.where(round_ > 0, 1 + (round_ - 1) * DATA, 0)
    got = 1000 + 1 + round_ * DATA
    _put(frame, at, np.where(back, server, client))
    _put(frame, at + 2, np.where(back, client, server))
    _put(frame, at + 4, np.where(back, np.where(round_ > 0, 5001, 5000), sent) & 0xFFFFFFFF, 4)
    _put(frame, at + 8, np.where(back, got, np.where(round_ > 0, 5001, 0)) & 0xFFFFFFFF, 4)
    frame[:, at + 12] = 0x50
    frame[:, at + 13] = np.where(turn == 0, 0x02, np.where(turn == 1, 0x12, 0x10))
    _put(frame, at + 14, np.full_like(flow, 501))
    pseudo = np.hstack([frame[:, at - 8 : at], np.zeros((len(frame), 4), np.uint8)])
    pseudo[:, 9] = 6
    _put(pseudo, 10, 20 + data)
    _put(frame, at + 16, _sum(np.hstack([pseudo, frame[:, at : at + 20]])))  # data are zeros


def _tunnel(frame: Bytes, source: Ints, target: Ints, inside: Ints, flow: Ints) -> None:
    _ip(frame, 14, inside + 36, 64, 17, (_node_ip(source), _node_ip(target)), np.zeros_like(flow))
    _mend(frame, 14)
    back = source > target
    _put(frame, 34, np.where(back, 50_000, 40_000) + flow)
    _put(frame, 36, np.full_like(flow, 8472))
    _put(frame, 38, inside + 16)
    frame[:, 42] = 8
    frame[:, 48] = 1
    left = np.minimum(source, target)[0]
    _ethernet(frame, 0, "uplink", back, int(left), int(left) + 1)


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
