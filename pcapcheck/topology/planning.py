"""Plans where to capture in a cluster, and writes the shell script that captures at all places at once.

The capture points are given as entries of `captures:`, and the script runs tcpdump by `kubectl debug` or ssh.
It also writes the topology with these entries beside the files, so that pcapcheck need not guess where each
file was captured.
"""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from pcapcheck.topology.topology import CaptureEntry, Interface, Node, Pod, Role, Topology
from pcapcheck.topology.writing import written

_ON_NODES: Final = (Role.UPLINK, Role.VLAN, Role.VTEP, Role.TUNNEL, Role.BRIDGE)
_MOST_PODS: Final = 20
IMAGE: Final = "nicolaka/netshoot"
_END: Final = "END_OF_TOPOLOGY"


@dataclass(frozen=True, slots=True)
class PlanMeans:
    """How the nodes are reached, and which options tcpdump gets."""

    via: str = "kubectl"  # or ssh
    seconds: int = 60
    snap: int = 0  # 0: whole packets, without which checksums cannot be verified
    image: str = IMAGE
    folder: str = "captures"


def chosen_pods(topology: Topology, names: Iterable[str]) -> list[Pod]:
    """Return the pods to look at: those named, else those of `traffic:`, else all if they are few."""
    wanted = list(names) or [each for entry in topology.traffic for each in (entry.source, entry.destination)]
    pods = [each for each in topology.pods.values() if not each.host_network]
    if wanted:
        return [each for each in pods if each.name in wanted]
    return pods if len(pods) <= _MOST_PODS else []


def captures_for(topology: Topology, pods: Iterable[Pod]) -> list[CaptureEntry]:
    """Return every point that packets of these pods cross, on nodes and in pods; without pods, all nodes'."""
    pods = list(pods)
    names = {each.name for each in pods}
    homes = {each.node for each in pods} or set(topology.nodes)
    nodes = [node for name, node in topology.nodes.items() if name in homes]
    entries = [
        CaptureEntry(f"{_file(node.name)}_{_file(each.name)}.pcap", node.name, None, each.name)
        for node in nodes
        for each in _crossed(node, names)
    ]
    inside = [
        CaptureEntry(f"{_file(pod.name)}_{_file(interface)}.pcap", None, pod.name, interface)
        for pod in pods
        for interface in pod.interfaces or (pod.interface,)
    ]
    return entries + inside


def script(topology: Topology, pods: Iterable[Pod], means: PlanMeans) -> str:
    """Return a shell script that captures everywhere at once, and stores the topology with the files."""
    entries = captures_for(topology, pods)
    return "\n".join(_script(replace(topology, captures=tuple(entries)), entries, means)) + "\n"


def _script(topology: Topology, entries: list[CaptureEntry], means: PlanMeans) -> Iterator[str]:
    folder = shlex.quote(means.folder)
    yield "#!/bin/sh"
    yield f"# Captures for {means.seconds} s at {len(entries)} points at once; make your traffic meanwhile."
    yield f"mkdir -p {folder} && cd {folder} || exit 1"
    yield f"cat > topology.yaml <<'{_END}'"
    yield written(topology).rstrip("\n")
    yield _END
    for node in topology.nodes:
        files = [(each.interface, each.pattern) for each in entries if each.node == node]
        if files:
            yield _on_node(node, files, means)
    for pod in topology.pods:
        files = [(each.interface, each.pattern) for each in entries if each.pod == pod]
        if files:
            yield _in_pod(pod, files, means)
    yield "wait"
    yield "ls -l"


def _on_node(node: str, files: list[tuple[str, str]], means: PlanMeans) -> str:
    work = shlex.quote(_work(files, means))
    if means.via == "ssh":
        return f"ssh -- {shlex.quote(node)} sudo sh -c {shlex.quote(work)} | tar xf - &"
    return _debug(f"{shlex.quote(f'node/{node}')} --profile=sysadmin", work, means)


def _in_pod(pod: str, files: list[tuple[str, str]], means: PlanMeans) -> str:
    namespace, _, name = pod.rpartition("/")
    where = f"-n {shlex.quote(namespace)} " if namespace else ""
    return _debug(
        f"{where}{shlex.quote(f'pod/{name}')} --profile=netadmin", shlex.quote(_work(files, means)), means
    )


def _debug(target: str, work: str, means: PlanMeans) -> str:
    return f"kubectl debug {target} -q -i --image={shlex.quote(means.image)} -- sh -c {work} | tar xf - &"


def _work(files: list[tuple[str, str]], means: PlanMeans) -> str:
    """Return the commands for one place: a tcpdump for each interface, then a tar of the files."""
    dumps = "".join(
        f"timeout {means.seconds} tcpdump -Z root -n -i {shlex.quote(interface)} -s {means.snap} -B 8192"
        f" --time-stamp-precision=nano -w {shlex.quote(file)} 2>{shlex.quote(file + '.log')} & "
        for interface, file in files
    )
    return f"cd $(mktemp -d) && {{ {dumps}wait; tar cf - *.pcap *.log; }}"


def _crossed(node: Node, pods: set[str]) -> Iterator[Interface]:
    for each in node.interfaces.values():
        if each.role in _ON_NODES or (each.role == Role.VETH and each.pod in pods):
            yield each


def _file(name: str) -> str:
    return name.replace("/", "_").replace("*", "_").replace("[", "_").replace("?", "_")
