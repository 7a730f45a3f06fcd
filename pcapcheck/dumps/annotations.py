"""What a CNI writes on Kubernetes's nodes about their tunnels, for nodes that were not dumped.

Rule files say which annotation tells of which interface. Its value is the interface's address (Calico:
node/pkg, `projectcalico.org/IPv4…`), or JSON with the VNI and MAC of a VTEP, whose address is the first of
the node's pod network (flannel: pkg/subnet/kube/annotations.go).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pcapcheck.documents import values
from pcapcheck.dumps.host import mac_or_none, network_or_none
from pcapcheck.dumps.kubernetes import KubeNode
from pcapcheck.topology.devices import InterfaceName
from pcapcheck.topology.interfacenames import cni_names
from pcapcheck.topology.topology import Interface, Node


def annotated(node: Node, record: KubeNode | None) -> Node:
    """Return the node with the tunnel interfaces that its annotations name and no dump shows."""
    if record is None:
        return node
    told = {
        each.name: each
        for entry in cni_names()
        for key, name in entry.annotations.items()
        for each in _told(record, entry, key, name)
    }
    return replace(node, interfaces={**told, **node.interfaces})


def _told(record: KubeNode, entry: InterfaceName, key: str, name: str) -> Iterator[Interface]:
    """Yield the interface that one annotation describes."""
    text = record.annotations.get(key)
    if entry.role is None:
        return
    if "{VNI}" not in name:
        if network_or_none(text):
            yield Interface(name, entry.role, addresses=(f"{text}/32",), parameters={"type": entry.kind})
        return
    data = _data(text)
    vni = data.get("VNI")
    if isinstance(vni, int):
        yield Interface(
            name.replace("{VNI}", str(vni)),
            entry.role,
            mac=mac_or_none(data.get("VtepMAC")),
            addresses=_of_pod_network(record, ipv6="-v6-" in key),
            parameters={"type": entry.kind, "vni": vni},
        )


def _data(text: object) -> Mapping[str, object]:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _of_pod_network(record: KubeNode, *, ipv6: bool) -> tuple[str, ...]:
    """Return the first address of the node's pod network as a host route, which flannel gives its VTEP."""
    blocks = [values.cidr(each) for each in record.pod_cidrs if (":" in each) == ipv6]
    return tuple(values.cidr_text(values.Span(each.low, each.low, each.bits)) for each in blocks[:1])
