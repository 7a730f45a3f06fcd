"""A scene: what pods of a small simulated cluster say to each other, as a Case to take evidence from.

The packets are made by the library of samples/; a test breaks something, or adds frames of its own.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import disturb
import pytest
import yaml
from captures_build import pcap

from cluster import Cluster
from network import START, Network
from pcapcheck.capture.inputs import find_inputs
from pcapcheck.diagnose.case import Case
from pcapcheck.diagnose.causes import diagnose
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.diagnose.fact import Fact
from pcapcheck.report import judge
from pcapcheck.run.check import Settings, run
from pcapcheck.topology.load import load_topology
from profiles import DB, WEB, flannel
from sample import Fault, Sample, Talk, both_ways
from wire import Frame

WEB_IP, DB_IP, CNI0_IP = "10.100.0.2", "10.100.1.2", "10.100.0.1"
NODE1, NODE2 = "192.168.186.128", "192.168.186.129"
NODE1_MAC, NODE2_MAC = "00:0c:29:bc:fe:d8", "00:0c:29:56:e7:1b"
WEB_MAC, DB_MAC, CNI0_MAC, CNI1_MAC = (
    "4e:0b:b1:7a:90:12",
    "f2:50:98:b4:ea:01",
    "0a:58:0a:64:00:01",
    "b2:12:0d:e4:eb:46",
)
AT_WEB = ("web-1_eth0.pcap", "node1_veth1f6c2a90.pcap", "node1_cni0.pcap")
AT_DB = ("node2_cni0.pcap", "node2_veth83d07be4.pcap", "db-0_eth0.pcap")

Frames = Mapping[str, Sequence[tuple[float, bytes]]]  # file -> (seconds since the start, frame)
Change = Callable[[dict], None]


def case_of(folder: Path) -> Case:
    """Run the pipeline on a folder, and return what evidence is taken from."""
    seen: list[Case] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge, "diagnose", lambda case: seen.append(case) or ())
        inputs = find_inputs((str(folder),))
        run(inputs, load_topology(inputs.topology.path), Settings())
    return seen[0]


def network_of(folder: Path) -> Network:
    """Run the pipeline on a folder of captures that has a topology, and return the network."""
    return case_of(folder).network


def scene(
    folder: Path,
    talks: Sequence[Talk] | None = None,
    cluster: Callable[[], Cluster] = flannel,
    breaks: Callable[[Cluster, Network], None] | None = None,
    put: Frames | None = None,
    topology: Change | None = None,
    missing: Sequence[str] = (),
) -> Case:
    """Write captures and topology of a scene, and return its Case.

    Args:
        folder: where to write.
        talks: what the pods say; a ping, a page and a name both ways if None.
        cluster: the intended cluster.
        breaks: what is broken.
        put: frames to add.
        topology: changes what the topology file says.
        missing: captures that nobody made.
    """
    fault = Fault("", None, None, "", "", breaks) if breaks else None
    Sample("", cluster, both_ways(WEB, DB) if talks is None else talks, fault).write(folder)
    (folder / "truth.json").unlink()
    for file in missing:
        (folder / file).unlink()
    for file, frames in (put or {}).items():
        add(folder / file, frames)
    if topology:
        path = folder / "topology.yaml"
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        topology(told)
        path.write_text(yaml.safe_dump(told), encoding="utf-8")
    return case_of(folder)


def dropping(file: str, which: Callable[[Frame], bool]) -> Callable[[Cluster, Network], None]:
    """Return what loses the frames that `which` names just before a point."""
    return lambda _, network: network.drop(file, which)


def add(path: Path, frames: Sequence[tuple[float, bytes]]) -> None:
    """Add frames to a capture."""
    header = path.read_bytes() if path.exists() else pcap()
    kept = list(disturb.records(header))
    for seconds, frame in frames:
        lengths = len(frame).to_bytes(4, "little") * 2
        kept.append((START * 1000 + int(seconds * disturb.SECOND), lengths + frame))
    path.write_bytes(disturb.written(header, sorted(kept)))


def cut(path: Path, since: float, until: float) -> None:
    """Keep what a capture saw between two moments, in seconds since the start."""
    header = path.read_bytes()
    first, last = (START * 1000 + int(seconds * disturb.SECOND) for seconds in (since, until))
    kept = [(time, rest) for time, rest in disturb.records(header) if first <= time <= last]
    path.write_bytes(disturb.written(header, kept))


def everywhere(files: Sequence[str], *frames: tuple[float, bytes]) -> dict[str, list[tuple[float, bytes]]]:
    """Let several points see the same frames, one after another."""
    return {
        file: [(seconds + number / 10_000, frame) for seconds, frame in frames]
        for number, file in enumerate(files)
    }


def facts(case: Case, evidence: str) -> list[Fact]:
    """Return what one kind of evidence says of a case."""
    return list(importlib.import_module(f"pcapcheck.diagnose.evidence.{evidence}").find(case))


def causes(case: Case) -> list[str]:
    """Return the ids of the root causes of a case, the first one first."""
    return [each.id for each in diagnosed(case)]


def diagnosed(case: Case) -> tuple[Diagnosis, ...]:
    return diagnose(case)
