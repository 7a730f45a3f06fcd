"""A sample folder: captures of one scenario, the topology that was intended, and the truth about it."""

import copy
import json
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from cluster import Cluster
from conversations import Conversation, Dns, Ping
from families import merged
from fetch import Fetch
from network import SECOND, START, Network, Sighting
from way import Point

LINKTYPES = {"ethernet": 1, "raw": 101, "cooked": 113}  # tcpdump.org/linktypes.html
SNAPLEN = 262144
Talk = Callable[[Network, Cluster], Conversation]


@dataclass(frozen=True)
class Fault:
    """What is broken, for truth.json, and the change that breaks it."""

    id: str
    node: str | None
    interface: str | None
    description: str
    symptom: str
    breaks: Callable[[Cluster, Network], None]
    accept: tuple[str, ...] = ()
    pod: str | None = None


@dataclass(frozen=True)
class Sample:
    """A scenario: a cluster, what its pods say to each other, perhaps a fault. `write` makes the folder."""

    profile: str
    cluster: Callable[[], Cluster]
    talks: Sequence[Talk]
    fault: Fault | None = None
    seconds: int = 9
    clocks: dict[str, int] = field(default_factory=dict)

    def run(self) -> tuple[Cluster, Network, list[Conversation]]:
        """Let everybody talk; return the cluster as it is, the network and the conversations."""
        cluster = copy.deepcopy(self.cluster())
        network = Network(end=START + self.seconds * SECOND, clocks=self.clocks)
        if self.fault:
            self.fault.breaks(cluster, network)
        conversations = [talk(network, cluster) for talk in self.talks]
        for conversation in conversations:
            network.at(conversation.start, conversation.begin)
        network.run()
        return cluster, network, conversations

    def write(self, folder: Path) -> None:
        """Write the captures, topology.yaml and truth.json into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        _, network, conversations = self.run()
        intended = self.cluster()
        points = intended.points()
        seen = {point.file: sightings for point, sightings in network.sightings.items()}
        for point in points:
            (folder / point.file).write_bytes(pcap(point, seen.get(point.file, [])))
        (folder / "topology.yaml").write_text(topology_text(intended, points), encoding="utf-8")
        truth = self._truth(folder.name, points, network, conversations)
        (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")

    def _truth(
        self, name: str, points: Sequence[Point], network: Network, conversations: list[Conversation]
    ) -> dict[str, Any]:
        fault = self.fault
        return {
            "scenario": name,
            "profile": self.profile,
            "conformant": fault is None,
            "fault": fault
            and {
                "id": fault.id,
                "accept": list(fault.accept),
                "node": fault.node,
                "pod": fault.pod,
                "interface": fault.interface,
                "description": fault.description,
                "expected_symptom": fault.symptom,
            },
            "traffic": [_said(conversation) for conversation in conversations],
            "captures": [_captured(point, network) for point in points],
        }


def ping(source: str, destination: str, after: float, **options: Any) -> Talk:
    return lambda network, cluster: Ping(network, cluster, source, destination, _at(after), **options)


def dns(source: str, destination: str, after: float, **options: Any) -> Talk:
    return lambda network, cluster: Dns(network, cluster, source, destination, _at(after), **options)


def fetch(source: str, destination: str, after: float, **options: Any) -> Talk:
    return lambda network, cluster: Fetch(network, cluster, source, destination, _at(after), **options)


def in_ipv6(*talks: Talk) -> list[Talk]:
    """Return the same talk in IPv6, of a cluster with both families."""

    def say(talk: Talk, network: Network, cluster: Cluster) -> Conversation:
        assert cluster.six
        return talk(network, cluster.six)

    return [partial(say, talk) for talk in talks]


def both_ways(one: str, other: str, after: float = 0.1) -> list[Talk]:
    """Return ping, page and name in both directions, within a second."""
    return [
        ping(one, other, after),
        fetch(one, other, after + 0.5),
        dns(one, other, after + 0.6),
        ping(other, one, after + 0.65, count=1),
        fetch(other, one, after + 0.7),
        dns(other, one, after + 0.8),
    ]


def one_way(source: str, destination: str, after: float = 0.1, pings: int = 8) -> list[Talk]:
    """Return what people try on a network that is broken: pings every second, a page, a name."""
    return [
        ping(source, destination, after, count=pings, interval=SECOND),
        fetch(source, destination, after + 0.45),
        dns(source, destination, after + 0.7),
    ]


def pcap(point: Point, sightings: Sequence[Sighting]) -> bytes:
    """Return a capture file with microseconds, little-endian, as tcpdump writes it."""
    link = sightings[0].hop.point.link if sightings else point.link  # a wrong device has another one
    header = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, SNAPLEN, LINKTYPES[link])
    records = [_record(sighting) for sighting in sorted(sightings, key=lambda sighting: sighting.time)]
    return header + b"".join(records)


def shown(sighting: Sighting) -> bytes:
    """Return the bytes that a capture at the point shows."""
    hop = sighting.hop
    if hop.point.link == "raw":
        return sighting.frame.raw()
    if hop.point.link == "cooked":
        return sighting.frame.cooked(outgoing=hop.out)
    return sighting.frame.ethernet(hop.tags)


class Line(dict[str, Any]):
    """A mapping that is written on one line."""


yaml.SafeDumper.add_representer(
    Line, lambda dumper, line: dumper.represent_mapping("tag:yaml.org,2002:map", line, flow_style=True)
)


def topology_text(cluster: Cluster, points: Sequence[Point]) -> str:
    """Return topology.yaml: the intended network and which file was captured where; a line for each thing."""
    topology = merged(cluster)
    for node in topology["nodes"].values():
        node["interfaces"] = _lines(node["interfaces"])
    lines = {key: _lines(topology[key]) for key in ("pods", "services") if key in topology}
    captures = {point.file: Line(_place(point)) for point in points}
    document = topology | {"cluster": Line(topology["cluster"])} | lines | {"captures": captures}
    text: str = yaml.safe_dump(document, default_flow_style=None, sort_keys=False, width=1000)
    return text


def _lines(entries: dict[str, Any]) -> dict[str, Any]:
    return {name: Line(each) for name, each in entries.items()}


def _place(point: Point) -> dict[str, str]:
    return {"pod" if point.role in ("pod", "lo") else "node": point.owner, "interface": point.interface}


def _record(sighting: Sighting) -> bytes:
    data = shown(sighting)
    seconds, microseconds = divmod(sighting.time, SECOND)
    return struct.pack("<IIII", seconds, microseconds, len(data), len(data)) + data


def _at(after: float) -> int:
    return START + round(after * SECOND)


def _said(conversation: Conversation) -> dict[str, Any]:
    return {
        "kind": conversation.kind,
        "from": conversation.source,
        "to": conversation.destination,
        "port": conversation.port,
        "observed": conversation.observed,
    }


def _captured(point: Point, network: Network) -> dict[str, Any]:
    packets = sum(len(seen) for at, seen in network.sightings.items() if at.file == point.file)
    return {"file": point.file} | _place(point) | {"role": point.role, "packets": packets}
