"""What the name of a capture file says: whose it is, and of which interface.

Takes a path relative to the folder that was given, and gives possible readings of it, the likeliest first.
It does not know which names exist.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from pcapcheck.bind.points import Binding, Points
from pcapcheck.decode.registry import link_type
from pcapcheck.topology.aliases import Aliases
from pcapcheck.topology.interfacenames import belongs, kind_of
from pcapcheck.topology.roles import is_of_a_node, role_of
from pcapcheck.topology.topology import CapturePoint, Role, Topology

_COMPRESSED: Final = re.compile(r"\.(?:gz|zst|zstd|xz|lz4|bz2)$", re.IGNORECASE)
# tcpdump's -C and -W write .pcap0 and .pcap00001; others append a date.
# What texts are called that tools or people wrote, and the word that often stands before.
_TEXT: Final = re.compile(r"\.(?:txt|log|md|out|text)$", re.IGNORECASE)
_TOOL: Final = re.compile(r"(?:tcpdump|tshark|capture|dump|pcap|trace|output)[-_.]+(?=.)", re.IGNORECASE)
_SUFFIX: Final = re.compile(r"\.(?:pcapng|pcap|cap|dmp|dump)\d*(?:\.[\w:-]+)*$", re.IGNORECASE)
_DATE: Final = re.compile(
    r"[-_.]?(?:\d{8}[-_T]?\d{6}|\d{4}-\d\d-\d\d[T_-]\d\d[-_:]?\d\d(?:[-_:]?\d\d)?)(?:UTC|Z)?$|[-_]\d{5}$"
)


def stem(path: str) -> str:
    """Return the name of a file without the endings of its format and compression."""
    name = _COMPRESSED.sub("", PurePosixPath(path).name)
    if _TEXT.search(name):
        name = _TOOL.sub("", _TEXT.sub("", name), count=1)
    return _SUFFIX.sub("", name)


def stems(path: str) -> tuple[str, ...]:
    """Return the stem of a file, and the stem without a date or counter at its end."""
    whole = stem(path)
    short = whole
    while match := _DATE.search(short):
        short = short[: match.start()]
    return (whole, short) if short not in ("", whole) else (whole,)


def folders(path: str) -> tuple[str, ...]:
    """Return the folders that a path names, the innermost first."""
    return tuple(each for each in reversed(PurePosixPath(path).parent.parts) if each not in ("/", ".", ".."))


def splits(path: str) -> Iterator[tuple[str, str]]:
    """Yield (owner, interface) as a path may say them: `node1_eth0`, `node1/eth0`, `node1-eth0`."""
    for each in stems(path):
        yield from _cut(each, "_")
        yield from ((folder, each) for folder in folders(path))
        yield from (pair for pair in _cut(each, "-") if "-" not in pair[1] or role_of(pair[1]))
        yield from (pair for pair in _cut(each, ".") if role_of(pair[1]))


def _cut(text: str, separator: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and after each separator; an interface may contain one (cilium_vxlan)."""
    parts = text.split(separator)
    for number in range(1, len(parts)):
        left, right = separator.join(parts[:number]), separator.join(parts[number:])
        if left and right:
            yield left, right


_NAME: Final = r"[a-z0-9][a-z0-9.-]*"  # RFC 1123, as Kubernetes wants names
_OWNERS: Final = (
    re.compile(rf"\d+_(?P<namespace>{_NAME})_(?P<pod>{_NAME})_pod"),  # KubeSkoop
    re.compile(rf"\d+_(?P<node>{_NAME})_host"),
    re.compile(rf"hubble_\d+_[0-9A-Za-z]+_(?P<node>{_NAME})"),  # Cilium's recorder
)
_MERGED: Final = {
    "Kubeshark": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-\d{4}-\d\d-\d\d_\d\d-\d\d"),
    "netobserv": re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z"),
}


@dataclass(frozen=True, slots=True)
class NamedOwner:
    """Whose a capture is: a node's, or a pod's (`namespace/name`)."""

    node: str | None = None
    pod: str | None = None


def owner_said(path: str) -> NamedOwner | None:
    """Return whose a capture is, if a tool gives its files such names."""
    found = next((match for each in _OWNERS if (match := each.fullmatch(stem(path)))), None)
    if found is None:
        return None
    parts = found.groupdict()
    return NamedOwner(parts.get("node"), f"{parts['namespace']}/{parts['pod']}" if "pod" in parts else None)


def merged_by(path: str) -> str | None:
    """Return the tool that merges the captures of all nodes into files with such names."""
    if PurePosixPath(path).suffix not in (".pcap", ".pcapng"):
        return None
    return next((tool for tool, name in _MERGED.items() if name.fullmatch(stem(path))), None)


# The five letters that Kubernetes puts behind the name of a pod: k8s.io/apimachinery/pkg/util/rand.
_GENERATED: Final = re.compile(r".+-[bcdfghjklmnpqrstvwxz2456789]{5}")
# What installers and clouds call nodes: kubeadm, kind, k3d, EKS, GKE, AKS, OpenShift.
_NODE_LIKE: Final = re.compile(
    r"(?:.*[-_])?(?:k?node|worker|master|control-?plane|server|agent|host|minion|vmss|kubelet)[-_]?\w*(?:[-.].*)?"
    r"|ip-\d+-\d+-\d+-\d+(?:[-.].*)?|(?:gke|aks)-.*",
    re.IGNORECASE,
)


def called_like_a_node(name: str) -> bool:
    """Return whether a name looks like a node's; names of a Deployment's pods end in five random letters."""
    return bool(_NODE_LIKE.fullmatch(name)) and not _GENERATED.fullmatch(name)


class Naming:
    """Reads the names of the files of one folder."""

    def __init__(self, topology: Topology, files: Iterable[str]) -> None:
        self._topology = topology
        self._aliases = Aliases(topology)
        self._points = Points(topology)
        self._hosts = _hosts(files)

    def find(self, path: str, linktype: int | None) -> Binding | None:
        """Return where the name of a file says that it was captured, or None if it does not say."""
        pairs = list(splits(path))
        return (
            next((found for pair in pairs if (found := self._known(*pair))), None)
            or next((found for pair in _cut(stems(path)[-1], "_") if (found := self._of_host(*pair))), None)
            or next((found for pair in pairs if (found := self._guessed(*pair))), None)
            or self._of_tool(path, linktype)
            or self._alone(path)
            or self._mentioned(path, linktype)
        )

    def owner(self, path: str) -> tuple[str | None, str | None]:
        """Return the (node, pod) that a path names; names that the topology knows come first."""
        for left, right in splits(path):
            node, pod = self._aliases.node(left), self._aliases.pod(left)
            if (node or pod) and role_of(right):
                return node, pod
        node, pod = self._aliases.within(path)
        if node or pod or self._topology.nodes:
            return node, pod
        return next((left for left, right in splits(path) if role_of(right)), stems(path)[-1]), None

    def _known(self, left: str, right: str) -> Binding | None:
        """Return the interface `right` of `left` if the topology has both, or the only veth of that name."""
        node, pod = self._aliases.node(left), self._aliases.pod(left)
        if node and self._points.has(node, right):
            return _named(self._points.of_node(node, right))
        if pod and self._points.knows(pod, right):
            return _named(self._points.of_pod(pod, right))
        nodes = self._points.nodes_with(right)
        return (
            _named(self._points.of_node(nodes[0], right))
            if len(nodes) == 1 and role_of(right) == Role.VETH
            else None
        )

    def _guessed(self, left: str, right: str) -> Binding | None:
        """Return the interface `right` of `left` where only its name tells the role."""
        role = role_of(right)
        node, pod = self._aliases.node(left), self._aliases.pod(left)
        if role is None:
            veth = left in self._hosts and kind_of(right) == "veth"  # such a name tells it only of a host's
            return _named(CapturePoint(node or left, right, Role.VETH)) if veth else None
        if node:
            return _named(self._points.of_node(node, right))
        if pod:
            return _named(self._points.of_pod(pod, right))
        possible = self.possible(left, right)
        return (
            Binding(None, "name", f"may be a node or a pod called `{left}`", possible)
            if len(possible) > 1
            else (_named(possible[0]) if possible else None)
        )

    def _of_host(self, left: str, right: str) -> Binding | None:
        """Return the interface `right` of what its name or other captures show to be a host."""
        if left not in self._hosts and not (role_of(right) is None and called_like_a_node(left)):
            return None
        if role_of(right) is None and right == "host":  # KubeSkoop: the node itself
            return None
        if role_of(right) is not None or kind_of(right) == "veth" or self._topology.nodes:
            return self._guessed(left, right)
        reason = f"is of {left}, and the name {right} does not tell what it is"
        return Binding(None, "name", reason, self._points.possible(left, right))

    def possible(self, left: str, right: str) -> tuple[CapturePoint, ...]:
        """Return the points of an owner that the topology does not know: a node, a pod, or either."""
        node = None if self._topology.nodes else self._points.of_node(left, right)
        pod = None if self._topology.pods else self._points.of_pod(left.replace("_", "/", 1), right)
        if left in self._hosts or (is_of_a_node(right) and not self._is_of_pod(left, right)):
            return (node,) if node else ()
        if is_of_a_node(right) or role_of(right) == Role.POD:
            return (pod,) if pod else ()
        return tuple(each for each in (node, pod) if each)

    @staticmethod
    def _is_of_pod(left: str, right: str) -> bool:
        """Whether a host's interface has the name of its pod, as in captures of Calico's PacketCapture."""
        calico = belongs(right, "calico") and not called_like_a_node(left)
        return bool(_GENERATED.fullmatch(left)) or calico

    def _of_tool(self, path: str, linktype: int | None) -> Binding | None:
        """Return the point of a file that has such a name as a tool gives."""
        said = owner_said(path)
        if said and said.pod:
            pod = self._aliases.pod(said.pod) or said.pod
            known = self._topology.pods.get(pod)
            inside = "any" if link_type(linktype).cooked else known.interface if known else "eth0"
            return _named(self._points.of_pod(pod, inside))
        if said and said.node and link_type(linktype).cooked:
            return _named(self._points.of_node(self._aliases.node(said.node) or said.node, "any"))
        return None

    def _alone(self, path: str) -> Binding | None:
        """Return the point of a file that is named only after an interface."""
        for name in stems(path):
            nodes = self._points.nodes_with(name)
            known = tuple(point for each in nodes if (point := self._points.of_node(each, name)))
            role = role_of(name)
            if len(known) == 1 or (role and not known and is_of_a_node(name)):
                return _named(known[0] if known else self._points.of_node(None, name))
            if role:
                possible = known if is_of_a_node(name) else ()  # a pod may have it too
                return Binding(None, "name", f"is called {name}, but its name does not say whose", possible)
        return None

    def _mentioned(self, path: str, linktype: int | None) -> Binding | None:
        """Return the point of a file whose name contains that of a known node or pod."""
        node, pod = self._aliases.within("/".join((*reversed(folders(path)), *stems(path)[-1:])))
        if pod:
            known = self._topology.pods[pod]
            return _named(self._points.of_pod(pod, "any" if link_type(linktype).cooked else known.interface))
        if node and link_type(linktype).cooked:
            return _named(self._points.of_node(node, "any"))
        if node:
            reason = f"is of {node}, but its name does not say which interface"
            return Binding(None, "name", reason, self._points.all_of_node(node))
        return None


def _named(point: CapturePoint | None) -> Binding | None:
    if point is None:
        return None
    owner = point.pod if point.node is None or point.role == Role.POD else point.node
    return Binding(
        point,
        "name",
        f"is called after {point.interface} of {owner}" if owner else f"is called {point.interface}",
    )


def _hosts(files: Iterable[str]) -> frozenset[str]:
    """Return the names that have captures of interfaces which only nodes have.

    One veth proves nothing: Calico names the capture of a veth after its pod.
    """
    found: dict[str, set[str]] = defaultdict(set)
    every: dict[str, set[str]] = defaultdict(set)
    for path in files:
        for left, right in splits(path):
            every[left].add(right)
            if is_of_a_node(right):
                found[left].add(right)
    return frozenset(
        name
        for name, interfaces in found.items()
        if len(interfaces) > 1
        or any(role_of(each) != Role.VETH for each in interfaces)
        or (len(every[name]) > 1 and called_like_a_node(name))
    )
