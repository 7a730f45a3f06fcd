"""The names that other tools give to captures, and what these say: whose a capture is, or that it is of many.

Takes a path relative to the folder that was given. Sources are the tools' own:
alibaba/kubeskoop:pkg/exporter/task-agent/capture.go, cilium/cilium:pkg/hubble/recorder/service.go,
kubeshark/kubeshark:cmd/pcapDumpRunner.go, netobserv/network-observability-cli:cmd/packet_capture.go.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from pcapcheck.topology.filename import stem

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
class Said:
    """Whose a capture is: a node's, or a pod's (`namespace/name`)."""

    node: str | None = None
    pod: str | None = None


def owner_said(path: str) -> Said | None:
    """Return whose a capture is, if the name is one that a tool gives."""
    found = next((match for each in _OWNERS if (match := each.fullmatch(stem(path)))), None)
    if found is None:
        return None
    parts = found.groupdict()
    return Said(parts.get("node"), f"{parts['namespace']}/{parts['pod']}" if "pod" in parts else None)


def merged_by(path: str) -> str | None:
    """Return the tool that merges the captures of all nodes into files called so."""
    if PurePosixPath(path).suffix not in (".pcap", ".pcapng"):
        return None
    return next((tool for tool, name in _MERGED.items() if name.fullmatch(stem(path))), None)
