"""Pods that no dump names: what nodes know as neighbours behind their bridges and veths.

Takes the hosts that are nodes, gives pods called after their addresses, as those are that are inferred. Used
where neither Kubernetes nor the pods themselves were dumped.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from pcapcheck import values
from pcapcheck.topology.importing.host import Host
from pcapcheck.topology.importing.kubernetes import KubePod
from pcapcheck.topology.roles import role_of
from pcapcheck.topology.topology import Role

_BEHIND: Final = frozenset({Role.BRIDGE, Role.VETH})
_LINK_LOCAL: Final = values.cidr("fe80::/10")


def pods_behind(nodes: Mapping[str, Host]) -> dict[str, KubePod]:
    """Return a pod for each neighbour with a MAC behind a bridge or a veth of a node."""
    return {
        f"pod-{address}": KubePod(f"pod-{address}", node, (address,))
        for node, host in nodes.items()
        for address in _addresses(host)
    }


def _addresses(host: Host) -> Iterator[str]:
    for row in host.neighbours:
        address, device = str(row.get("dst")), str(row.get("dev"))
        if row.get("lladdr") and role_of(device) in _BEHIND and not _is_link_local(address):
            yield address


def _is_link_local(address: str) -> bool:
    try:
        span = values.cidr(address)
    except ValueError:
        return True
    return span.bits == _LINK_LOCAL.bits and _LINK_LOCAL.low <= span.low <= _LINK_LOCAL.high
