"""What flannel and Calico write on Kubernetes's nodes about their tunnels, for nodes that were not dumped.

Sources: flannel, pkg/subnet/kube/annotations.go; calico, node/pkg/… `projectcalico.org/IPv4…` annotations.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pcapcheck.documents import values
from pcapcheck.dumps.host import mac_or_none, network_or_none
from pcapcheck.dumps.kubernetes import KubeNode
from pcapcheck.topology.topology import Interface, Node, Role


def annotated(node: Node, record: KubeNode | None) -> Node:
    """Return the node with the tunnel interfaces that its annotations tell and no dump has shown."""
    if record is None:
        return node
    told = {each.name: each for each in (*_flannel(record), *_calico(record))}
    return replace(node, interfaces={**told, **node.interfaces})


def _flannel(record: KubeNode) -> Iterator[Interface]:
    for suffix, name in (("", "flannel"), ("v6-", "flannel-v6")):
        data = _data(record.annotations.get(f"flannel.alpha.coreos.com/backend-{suffix}data"))
        if not isinstance(data.get("VNI"), int):
            continue
        block = next((each for each in record.pod_cidrs if (":" in each) == bool(suffix)), None)
        yield Interface(
            name=f"{name}.{data['VNI']}",
            role=Role.VTEP,
            mac=mac_or_none(data.get("VtepMAC")),
            addresses=(_first(block),) if block else (),
            parameters={"type": "vxlan", "vni": data["VNI"]},
        )


def _calico(record: KubeNode) -> Iterator[Interface]:
    names = {
        "IPv4IPIPTunnelAddr": ("tunl0", Role.TUNNEL, "ipip"),
        "IPv4VXLANTunnelAddr": ("vxlan.calico", Role.VTEP, "vxlan"),
        "IPv4WireguardInterfaceAddr": ("wireguard.cali", Role.TUNNEL, "wireguard"),
    }
    for key, (name, role, kind) in names.items():
        address = record.annotations.get(f"projectcalico.org/{key}")
        if network_or_none(address):
            yield Interface(name, role, addresses=(f"{address}/32",), parameters={"type": kind})


def _data(text: object) -> Mapping[str, object]:
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _first(block: str) -> str:
    """Return the first address of a block as a host route, which flannel gives its VTEP."""
    span = values.cidr(block)
    return values.cidr_text(values.Span(span.low, span.low, span.bits))
