"""A scenario with other addresses, MACs, ports, names and times: captures and topology alike.

It reads packets by itself, byte by byte, and shares no code with `pcapcheck`. A checksum moves by what the
bytes under it moved, so a right one stays right and a wrong one wrong; one that was left to the card stays
that.
"""

import ipaddress
import json
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import disturb
import yaml

MODULUS = 0xFFFF
TCP, UDP, ICMP, IPIP, IPV6, GRE, ICMPV6 = 6, 17, 1, 4, 41, 47, 58
TAGS = (0x8100, 0x88A8)
BRIDGED = 0x6558  # Ethernet in GRE or Geneve
ETHERNET, RAW, COOKED = 1, 101, 113
TUNNELS = {4789: "vxlan", 8472: "vxlan", 6081: "geneve", 8285: "ip"}  # ports and what they carry
KEPT_PORTS = frozenset((0, 53, 51820, *TUNNELS))
LAST_PORTS = 0xEE00  # those above are in one range with the last that Linux gives, 60999
MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
AGREED = (bytes.fromhex("ee" * 6), bytes.fromhex("aabbccddeeff"), bytes(6))  # Calico's, Antrea's, nobody's
PREFIX = "renamed-"


@dataclass(frozen=True)
class Words:
    """What stands for what; another `seed` gives another network.

    Networks stay networks: bits of addresses are turned over or not, whatever stands before them; within 32
    addresses hosts change places, but for the first, the second and the last.
    """

    seed: int = 1
    ports: dict[int, int] = field(default_factory=dict)  # of tunnels, when the topology says them

    def ipv4(self, address: bytes) -> bytes:
        first, second, third, host = address
        if first >= 224 or first in (0, 127) or (first, second) == (169, 254):
            return address
        place = host & 31
        moved = place if place in (0, 1, 31) else 2 + (place - 2 + 11 * self.seed) % 29
        turned = (
            first ^ 0x04 ^ 0x08 * (self.seed & 1),
            second ^ 5 * self.seed & 0x7F,
            third ^ 9 * self.seed & 0x7F,
        )
        return bytes((*turned, host & 0xE0 | moved))

    def ipv6(self, address: bytes) -> bytes:
        if address[0] == 0xFF or address[:2] == b"\xfe\x80" or address[:15] == bytes(15):
            return address
        turn = struct.pack(">HHHHI", 0, 0x3 * self.seed, 0x15, 0x2A00, 0)
        return bytes(a ^ b for a, b in zip(address[:12], turn, strict=True)) + address[12:]

    def mac(self, address: bytes) -> bytes:
        if address[0] & 1 or address in AGREED:
            return address
        turn = bytes((0, 0x1B, 0x3C, 0x55, 0x21, 0x07 * self.seed & 0xFF))
        return bytes(a ^ b for a, b in zip(address, turn, strict=True))

    def port(self, number: int) -> int:
        if number in self.ports:
            return self.ports[number]
        other = number ^ 0x25 ^ 0x40 * (self.seed & 1) ^ 0x80 * (self.seed >> 1 & 1)
        closed = {number, other} & (KEPT_PORTS | {*self.ports.values()})
        return number if closed or number >= LAST_PORTS else other


def fold(total: int) -> int:
    return total % MODULUS


def words(data: bytes | bytearray) -> int:
    """Return the sum of 16-bit words, an odd byte filled up."""
    padded = bytes(data) + bytes(len(data) % 2)
    return fold(sum(struct.unpack(f">{len(padded) // 2}H", padded)))


class Packet:
    """One packet that is being rewritten."""

    def __init__(self, data: bytes, say: Words) -> None:
        self.data, self.say = bytearray(data), say
        self.moved: list[tuple[int, int]] = []  # place -> by what the sum of its words moved

    def change(self, at: int, new: bytes) -> None:
        old = self.data[at : at + len(new)]
        if len(old) == len(new) and old != new:
            self.moved.append((at, words(new) - words(old)))
            self.data[at : at + len(new)] = new

    def by(self, start: int, stop: int) -> int:
        return sum(moved for at, moved in self.moved if start <= at < stop)

    def number(self, at: int, size: int = 2) -> int:
        return int.from_bytes(self.data[at : at + size])

    def ethernet(self, at: int, stop: int) -> None:
        for place in (at, at + 6):
            self.mac(place)
        kind, at = self.number(at + 12), at + 14
        while kind in TAGS:
            kind, at = self.number(at + 2), at + 4
        self.network(kind, at, stop)

    def mac(self, at: int) -> None:
        if at + 6 <= len(self.data):
            self.change(at, self.say.mac(bytes(self.data[at : at + 6])))

    def cooked(self, at: int, stop: int) -> None:
        if self.number(at + 4) == 6:
            self.mac(at + 6)
        self.network(self.number(at + 14), at + 16, stop)

    def network(self, kind: int, at: int, stop: int) -> None:
        if kind == 0x0800:
            self.ipv4(at, stop)
        elif kind == 0x86DD:
            self.ipv6(at, stop)
        elif kind == 0x0806:
            for mac, address in ((8, 14), (18, 24)):
                self.mac(at + mac)
                self.address(at + address, 4)
        elif kind == BRIDGED:
            self.ethernet(at, stop)

    def address(self, at: int, size: int) -> None:
        if at + size <= len(self.data):
            turn = self.say.ipv4 if size == 4 else self.say.ipv6
            self.change(at, turn(bytes(self.data[at : at + size])))

    def ipv4(self, at: int, stop: int) -> None:
        if at + 20 > len(self.data):
            return
        head = 4 * (self.data[at] & 15)
        ends = bytes(self.data[at + 12 : at + 20])
        for place in (at + 12, at + 16):
            self.address(place, 4)
        self.correct(at + 10, self.by(at, at + head))
        stop = min(stop, at + self.number(at + 2)) if self.number(at + 2) else stop
        if not self.number(at + 6) & 0x1FFF:
            self.transport(self.data[at + 9], at + head, stop, ends, bytes(self.data[at + 12 : at + 20]))

    def ipv6(self, at: int, stop: int) -> None:
        if at + 40 > len(self.data):
            return
        ends = bytes(self.data[at + 8 : at + 40])
        for place in (at + 8, at + 24):
            self.address(place, 16)
        kind, place, now = self.data[at + 6], at + 40, bytes(self.data[at + 8 : at + 40])
        first = True
        while kind in (0, 43, 44, 60) and place + 8 <= len(self.data):
            first = first and not (kind == 44 and self.number(place + 2) & 0xFFF8)
            size = 8 if kind == 44 else 8 + 8 * self.data[place + 1]
            kind, place = self.data[place], place + size
        if first:
            self.transport(kind, place, min(stop, at + 40 + self.number(at + 4)), ends, now)

    def transport(self, kind: int, at: int, stop: int, before: bytes, after: bytes) -> None:
        """Rewrite what an IP header carries; `before` and `after` are its addresses."""
        match kind:
            case 6 | 17:
                self.segment(kind, at, stop, before, after)
            case 1:
                self.icmp(at, stop)
            case 58:
                self.icmpv6(at, stop, before, after)
            case 4:
                self.ipv4(at, stop)
            case 41:
                self.ipv6(at, stop)
            case 47:
                self.gre(at, stop)

    def segment(self, kind: int, at: int, stop: int, before: bytes, after: bytes) -> None:
        ports = [self.number(place) for place in (at, at + 2)]
        if at + 4 > len(self.data):
            return
        if kind == UDP:
            self.carried(ports, at + 8, stop)
        field_at = at + {TCP: 16, UDP: 6}[kind]
        length = self.number(at + 4) if kind == UDP else stop - at
        for place, port in zip((at, at + 2), ports, strict=True):
            self.change(place, struct.pack(">H", self.say.port(port)))
        self.checksum(field_at, at, stop, kind, length, before, after)

    def carried(self, ports: list[int], at: int, stop: int) -> None:
        """Rewrite what a UDP tunnel carries: VXLAN, and Geneve with Ethernet, are known on any port."""
        tunnel = TUNNELS.get(ports[1]) or TUNNELS.get(ports[0])
        looks = (
            self.data[at : at + 4] == b"\x08\0\0\0"
            and at + 22 < stop
            and self.number(at + 20) in (0x0800, 0x86DD)
        )
        if tunnel == "vxlan" or looks:
            self.ethernet(at + 8, stop)
        elif tunnel == "geneve" or self.looks_like_geneve(at, stop):
            self.network(self.number(at + 2), at + 8 + 4 * (self.data[at] & 0x3F), stop)
        elif tunnel == "ip" and stop > at:
            self.network({4: 0x0800, 6: 0x86DD}.get(self.data[at] >> 4, 0), at, stop)

    def looks_like_geneve(self, at: int, stop: int) -> bool:
        """Say whether a header of version 0, with nothing reserved set, says that Ethernet follows."""
        bare = at + 8 < stop and self.data[at] < 0x40 and not self.data[at + 1] & 0x3F
        return bare and self.data[at + 7] == 0 and self.number(at + 2) == BRIDGED

    def checksum(
        self, field_at: int, at: int, stop: int, kind: int, length: int, before: bytes, after: bytes
    ) -> None:
        """Move the checksum of a segment; one that holds the pseudo-header only keeps doing so."""
        old = self.number(field_at)
        if field_at + 2 > len(self.data) or (kind == UDP and old == 0):
            return
        turned = words(after) - words(before)
        for said in (length, 0):
            if old == fold(words(before) + kind + said):
                self.change(field_at, struct.pack(">H", fold(words(after) + kind + said) or old))
                break
        else:
            self.correct(field_at, self.by(at, stop) + turned)
        self.moved.append((at, -turned - self.by(at, stop)))  # as if the card had done its work

    def correct(self, at: int, moved: int) -> None:
        """Move a checksum by what moved under it (RFC 1624)."""
        if at + 2 <= len(self.data) and moved % MODULUS:
            new = fold((0xFFFF ^ self.number(at)) + moved)
            self.change(at, struct.pack(">H", (0xFFFF ^ new) or MODULUS))

    def icmp(self, at: int, stop: int) -> None:
        if self.data[at] in (3, 4, 5, 11, 12):
            self.ipv4(at + 8, stop)
        self.correct(at + 2, self.by(at, stop))

    def icmpv6(self, at: int, stop: int, before: bytes, after: bytes) -> None:
        if at + 8 > len(self.data):
            return
        kind = self.data[at]
        if kind < 128:
            self.ipv6(at + 8, stop)
        if kind in (133, 135, 136):  # router solicitation, neighbour solicitation and advertisement
            place = at + (8 if kind == 133 else 24)
            if kind > 133:
                self.address(at + 8, 16)
            while place + 8 <= min(stop, len(self.data)):
                self.mac(place + 2)
                place += 8 * max(1, self.data[place + 1])
        self.correct(at + 2, self.by(at, stop) + words(after) - words(before))

    def gre(self, at: int, stop: int) -> None:
        flags = self.number(at)
        size = 4 + 4 * sum(bool(flags & bit) for bit in (0x8000, 0x2000, 0x1000))
        self.network(self.number(at + 2), at + size, stop)


def rewritten(data: bytes, linktype: int, say: Words) -> bytes:
    """Return a packet with other addresses and ports."""
    packet = Packet(data, say)
    match linktype:
        case 1:
            packet.ethernet(0, len(data))
        case 113:
            packet.cooked(0, len(data))
        case 101:
            packet.network({4: 0x0800, 6: 0x86DD}[data[0] >> 4], 0, len(data))
    return bytes(packet.data)


def capture(data: bytes, say: Words, later: int) -> bytes:
    """Return a capture with rewritten packets, `later` ns later."""
    linktype = struct.unpack_from("<I", data, 20)[0]
    return disturb.written(
        data,
        [
            (time + later, rest[:8] + rewritten(rest[8:], linktype, say))
            for time, rest in disturb.records(data)
        ],
    )


class Topology:
    """Maps the texts and ports of a topology file."""

    def __init__(self, told: dict[str, Any], say: Words, prefix: str = PREFIX) -> None:
        self.say, self.prefix = say, prefix
        nodes, pods = told["nodes"], told.get("pods") or {}
        plain = {*nodes, *(name for node in nodes.values() for name in node["interfaces"])}
        plain |= {each["interface"] for each in pods.values() if "interface" in each}
        self.names = {name: prefix + name[::-1] for name in plain}
        for name in (*pods, *(told.get("services") or {})):
            space, _, short = name.rpartition("/")
            self.names[name] = f"{prefix}{space}/{prefix}{short[::-1]}"

    def of(self, value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {self.text(name): self.of(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [self.of(each, key) for each in value]
        if isinstance(value, int) and "port" in key:
            return self.say.port(value)
        return self.text(value) if isinstance(value, str) and key not in ("kind", "type", "mode") else value

    def text(self, text: str) -> str:
        if text in self.names:
            return self.names[text]
        if MAC.fullmatch(text):
            return self.say.mac(bytes.fromhex(text.replace(":", ""))).hex(":")
        if "/" not in text and re.fullmatch(r"\[.*\]:\d+|[\d.]+:\d+", text):
            address, _, port = text.rpartition(":")
            inside = self._address(address.strip("[]"))
            return f"{f'[{inside}]' if ':' in inside else inside}:{self.say.port(int(port))}"
        address, slash, length = text.partition("/")
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return text
        return self._network(address, int(length)) if slash else self._address(address)

    def _address(self, text: str) -> str:
        packed = ipaddress.ip_address(text).packed
        return str(ipaddress.ip_address(self.say.ipv4(packed) if len(packed) == 4 else self.say.ipv6(packed)))

    def _network(self, address: str, length: int) -> str:
        """Return a network as a network, and the address of an interface with its length."""
        network = ipaddress.ip_network(f"{address}/{length}", strict=False)
        turned = self._address(address)
        if address == str(network.network_address) and length < network.max_prefixlen:
            return str(ipaddress.ip_network(f"{turned}/{length}", strict=False))
        return f"{turned}/{length}"


def tunnel_ports(told: dict[str, Any]) -> set[int]:
    """Return the ports of tunnels that a topology says."""
    parameters = told["cluster"].get("parameters") or {}
    devices = [each for node in told["nodes"].values() for each in node["interfaces"].values()]
    said = {value for name, value in parameters.items() if name.endswith("_port")}
    return said | {each["port"] for each in devices if "port" in each}


def scenario(folder: Path, into: Path, seed: int = 1, later: int = 86_412_345_678_901_000) -> Topology:
    """Write a rewritten copy of a scenario, without its truth; return what stands for the names."""
    told = yaml.safe_load((folder / "topology.yaml").read_text(encoding="utf-8"))
    ports = {port: 11_000 + port % 50_000 for port in sorted(tunnel_ports(told))} if seed % 2 == 0 else {}
    say = Words(seed, ports)
    mapped = Topology(told, say, f"{PREFIX}{seed}-")
    into.mkdir(parents=True, exist_ok=True)
    files = {
        file.name: f"c{seed}-{number:02}.pcap" for number, file in enumerate(sorted(folder.glob("*.pcap")))
    }
    for old, new in files.items():
        (into / new).write_bytes(capture((folder / old).read_bytes(), say, later))
    captures = {files[name]: entry for name, entry in told.pop("captures").items()}
    made = mapped.of(told) | {"captures": mapped.of(captures)}
    (into / "topology.yaml").write_text(yaml.safe_dump(made, sort_keys=False), encoding="utf-8")
    return mapped


def truth(folder: Path) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return known
