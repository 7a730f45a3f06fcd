"""Places: where captures were made, and how that is written into the files that are extracted.

The description of each interface names its node or pod as Inspektor Gadget does (`k8s.node=…`). The room
`bind` reads such descriptions.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote

from pcapcheck.anonymise.pseudonyms import Pseudonyms
from pcapcheck.anonymise.topologymap import anonymised_entry
from pcapcheck.bind.bind import Binder
from pcapcheck.bind.filename import called_like_a_node, splits
from pcapcheck.bind.place import relative
from pcapcheck.bind.points import Binding
from pcapcheck.capture.inputs import Input
from pcapcheck.capture.interface import CaptureInterface
from pcapcheck.topology.roles import HOST_SIDE, role_of
from pcapcheck.topology.topology import CaptureEntry, CapturePoint, Topology


class Places:
    """The capture points of the captures.

    Args:
        inputs: the captures.
        topology: the intended network.
        pseudonyms: replacements of names; None leaves them.
    """

    def __init__(
        self, inputs: Sequence[Input], topology: Topology, pseudonyms: Pseudonyms | None = None
    ) -> None:
        self._names = dict(zip(inputs, relative([each.shown for each in inputs]), strict=True))
        self._binder = Binder(topology, self._names.values())
        self._pseudonyms = pseudonyms

    def binding(self, file: Input, interface: CaptureInterface) -> Binding:
        """Return the capture point of an interface of a capture."""
        return self._binder.bind(
            self._names[file],
            name=interface.name,
            description=interface.description,
            linktype=interface.linktype,
        )

    def described(self, file: Input, interface: CaptureInterface) -> CaptureInterface:
        """Return the interface as the new file describes it."""
        point = self.binding(file, interface).point
        name = interface.name or (point.interface if point else "")
        description = _labels(self.renamed(point)) if point else ""
        if self._pseudonyms is None:
            return replace(interface, name=name, description=description or interface.description)
        return CaptureInterface(
            interface.linktype,
            name=self._pseudonyms.names.interface(name),
            description=description,
            snaplen=interface.snaplen,
            mac=self._pseudonyms.mac(interface.mac) if interface.mac else "",
            dropped=interface.dropped,
            start=interface.start,
            end=interface.end,
            absent=interface.absent,
            incomplete=interface.incomplete,
        )

    def renamed(self, point: CapturePoint) -> CapturePoint:
        """Return a capture point with its pseudonyms, if there are any."""
        if self._pseudonyms is None:
            return point
        names = self._pseudonyms.names
        return CapturePoint(
            point.node and names.node(point.node),
            names.interface(point.interface),
            point.role,
            point.pod and names.pod(point.pod),
        )

    def name(self, file: Input, interfaces: Sequence[CaptureInterface]) -> str:
        """Return the name of the new file for a capture, without an ending; "" if its place is unknown."""
        points = [self.binding(file, each).point for each in interfaces]
        known = [self.renamed(each) for each in points if each]
        if len(known) == len(points) == 1:
            return f"{_owner(known[0])}_{known[0].interface}" if _owner(known[0]) else known[0].interface
        nodes = {each.node for each in known if each.node}
        if len(known) == len(points) and len(nodes) == 1:
            return str(nodes.pop())
        return self._guessed(self._names[file]) if len(points) == 1 else ""

    def _guessed(self, path: str) -> str:
        """Return the new name of a file that is named after a node or a pod."""
        for left, right in splits(path):
            if role_of(right):
                return f"{self._guessed_owner(left)}_{self._interface(right)}"
        return ""

    def _guessed_owner(self, name: str) -> str:
        if self._pseudonyms is None:
            return name
        names = self._pseudonyms.names
        if called_like_a_node(name):
            return names.node(name)
        return names.pod(name.replace("_", "/", 1)).replace("/", "_")

    def _interface(self, name: str) -> str:
        return self._pseudonyms.names.interface(name) if self._pseudonyms else name

    def entries(
        self, file: Input, interfaces: Sequence[CaptureInterface], pattern: str
    ) -> tuple[CaptureEntry, ...]:
        """Return topology entries for the new file of a capture."""
        found = []
        for each in interfaces:
            binding = self.binding(file, each)
            if binding.point:
                entry = _entry(binding.point, binding.entry, pattern)
                found.append(
                    anonymised_entry(entry, self._pseudonyms, pattern) if self._pseudonyms else entry
                )
        return tuple(dict.fromkeys(each for each in found if each.node or each.pod))


def _entry(point: CapturePoint, told: CaptureEntry | None, pattern: str) -> CaptureEntry:
    node, pod = (None, point.pod) if _is_inside(point) else (point.node, None)
    plain = CaptureEntry(pattern, node, pod, point.interface)
    if told is None:
        return plain
    return replace(plain, start=told.start, end=told.end, dropped=told.dropped, clock=told.clock)


def _owner(point: CapturePoint) -> str:
    return str(point.pod).replace("/", "_") if _is_inside(point) else point.node or ""


def _is_inside(point: CapturePoint) -> bool:
    """Whether a point is inside its pod, and not the host end of the pod's interface."""
    return point.pod is not None and (point.node is None or point.role not in HOST_SIDE)


def _labels(point: CapturePoint) -> str:
    """Return the description of an interface at a capture point; "" if its owner is unknown."""
    labels = {}
    if point.node:
        labels["k8s.node"] = point.node
    if _is_inside(point):
        namespace, _, name = str(point.pod).rpartition("/")
        labels |= {"k8s.namespace": namespace or "default", "k8s.podName": name}
    return ";".join(f"{key}={quote(value)}" for key, value in labels.items())
