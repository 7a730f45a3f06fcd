"""Bind capture files to capture points: by the topology, by the metadata of a pcapng, or by name.

Takes file names relative to the folder that was given, and what a file says about its interfaces; gives a
point, or the points that are possible. It reads no packets: what only packets can settle (`infer.settle`)
comes back as candidates.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from pcapcheck.bind.filename import Naming
from pcapcheck.bind.points import Binding, Points
from pcapcheck.decode.registry import link_type
from pcapcheck.topology.roles import role_of
from pcapcheck.topology.topology import CaptureEntry, Topology

PLACE: Final = "place"  # of a console in a text: as a file would be called that was captured there
_UNREAL: Final = frozenset(
    {"", "virtual", "intf0", "-", "unknown"}
)  # written by tools that know no interface


class Binder:
    """Binds the files of one folder. It knows all their names, because a name tells more among others."""

    def __init__(self, topology: Topology, files: Iterable[str]) -> None:
        self._topology = topology
        self._points = Points(topology)
        self._naming = Naming(topology, files)

    def bind(
        self, path: str, *, name: str = "", description: str = "", linktype: int | None = None
    ) -> Binding:
        """Return where an interface of a file was captured.

        Args:
            path: relative to the folder that was given.
            name: the interface, as a pcapng file calls it (if_name).
            description: what a pcapng file says about it (if_description).
            linktype: the LINKTYPE_ number, if it is known.
        """
        name = "" if name in _UNREAL else name
        labels = _labels(description)
        path = labels.get(PLACE, path)
        return (
            self._by_topology(path, name, linktype)
            or self._by_metadata(path, name, labels)
            or self._naming.find(path, linktype)
            or Binding(None, "nothing", "has a name that contains neither a node nor a pod")
        )

    def _by_topology(self, path: str, name: str, linktype: int | None) -> Binding | None:
        entries = self._entries(path)
        if not entries:
            return None
        entry = next((each for each in entries if each.interface == name), entries[0])
        interface = self._interface(entry, name)
        if not interface:
            return self._without_interface(path, entry, linktype)
        node, pod = (entry.node, entry.pod) if entry.node or entry.pod else self._naming.owner(path)
        point = self._points.of_pod(pod, interface) if pod else self._points.of_node(node, interface)
        if point is None:
            reason = (
                f"has an entry in the topology, but what `{interface}` of {entry.node} is it does not say"
            )
            return Binding(None, "topology", reason, self._points.possible(entry.node, interface), entry)
        return Binding(point, "topology", "has an entry in the topology", entry=entry)

    def _interface(self, entry: CaptureEntry, name: str) -> str:
        """Return the entry's interface, or the one that the file names if the same node has it."""
        if not entry.interface or (name and self._points.has(entry.node, name)):
            return name
        return entry.interface

    def _without_interface(self, path: str, entry: CaptureEntry, linktype: int | None) -> Binding:
        """Bind a file whose entry names only the node."""
        named = self._naming.find(path, linktype)
        if named and named.point and named.point.node == entry.node:
            return replace(named, by="topology", entry=entry)
        if link_type(linktype).cooked:
            point = self._points.of_node(entry.node, "any")
            return Binding(point, "topology", "has an entry in the topology", entry=entry)
        reason = f"has an entry in the topology that says {entry.node}, but no interface"
        return Binding(None, "topology", reason, self._points.all_of_node(entry.node or ""), entry)

    def _entries(self, path: str) -> list[CaptureEntry]:
        """Return the topology's entries for a file: those with its name, else those whose glob matches."""
        names = (path, PurePosixPath(path).name)
        exact = [each for each in self._topology.captures if each.pattern in names]
        return exact or [
            each for each in self._topology.captures if any(fnmatchcase(name, each.pattern) for name in names)
        ]

    def _by_metadata(self, path: str, name: str, labels: dict[str, str]) -> Binding | None:
        """Bind by Inspektor Gadget's labels, or by the interface in the file and the owner in its path."""
        pod = _pod_of(labels)
        if pod:
            known = self._topology.pods.get(pod)
            point = self._points.of_pod(pod, name or (known.interface if known else "eth0"))
            return Binding(
                replace(point, node=point.node or labels.get("k8s.node")),
                "metadata",
                f"says it is of pod {pod}",
            )
        node = labels.get("k8s.node")
        if name and (role_of(name) or self._points.nodes_with(name)):
            return self._interface_of(path, name, node)
        if name and node:
            reason = f"says it is {name} of {node}, and that name does not reveal a role"
            return Binding(None, "metadata", reason, self._points.possible(node, name))
        return None

    def _interface_of(self, path: str, name: str, node: str | None) -> Binding | None:
        """Bind an interface that the file names to the owner that its path names."""
        owner, pod = (node, None) if node else self._naming.owner(path)
        if pod and (self._points.knows(pod, name) or not owner):
            return Binding(
                self._points.of_pod(pod, name), "metadata", f"says it is {name}, and is called after {pod}"
            )
        if not self._topology.nodes and not node and owner:
            possible = self._naming.possible(owner, name)
            if len(possible) != 1:
                reason = f"says it is {name}, and may be of a node or a pod called `{owner}`"
                return Binding(None, "metadata", reason, possible)
            return Binding(possible[0], "metadata", f"says it is {name} of {owner}")
        point = self._points.of_node(owner, name) if owner else None
        return Binding(point, "metadata", f"says it is {name} of {owner}") if point else None


def place_of(description: str) -> str | None:
    """Return the place that the description of an interface names in place of a file's name."""
    return _labels(description).get(PLACE)


def _labels(description: str) -> dict[str, str]:
    """Return the `key=value;…` of an interface description, which Inspektor Gadget escapes as in a URL."""
    if description.startswith("{"):
        return _of_tracee(description)
    pairs = (each.partition("=") for each in description.split(";"))
    return {key.strip(): unquote(value) for key, equals, value in pairs if equals}


def _of_tracee(description: str) -> dict[str, str]:
    """Return the labels of Tracee's JSON: aquasecurity/tracee#4072."""
    try:
        found = json.loads(description)
    except (ValueError, RecursionError):
        return {}
    kubernetes = found.get("kubernetes") if isinstance(found, dict) else None
    if not isinstance(kubernetes, dict) or not kubernetes.get("podName"):
        return {}
    namespace = kubernetes.get("podNamespace") or "default"
    return {"k8s.podName": str(kubernetes["podName"]), "k8s.namespace": str(namespace)}


def _pod_of(labels: dict[str, str]) -> str | None:
    pod, namespace = labels.get("k8s.podName"), labels.get("k8s.namespace", "default")
    return f"{namespace}/{pod}" if pod else None
