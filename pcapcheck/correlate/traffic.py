"""The traffic kinds of a flow: who talks to whom, and where the packets travel.

It takes the ends of the client's direction and gives two words. It does not know profiles.
"""

from collections.abc import Callable
from typing import NamedTuple

from pcapcheck.topology.topology import OwnerKind

OUTSIDE_OWNERS = (OwnerKind.EXTERNAL, OwnerKind.ROUTER)
POD_OWNER_KINDS = (OwnerKind.POD, OwnerKind.POD_NETWORK)


class Client(NamedTuple):
    """The ends of a flow, the client's first.

    `service` is the service that the client asked, `via` the node whose address stood for a pod, `version`
    that of IP.
    """

    source_kind: str
    source_name: str | None
    source_node: str | None
    destination_kind: str
    destination_name: str | None
    destination_node: str | None
    via: str | None
    service: str | None
    version: int = 4


def who(ends: Client) -> str:
    """Return pod-to-pod, pod-to-service, pod-to-external, external-to-pod, pod-to-node, node-to-pod or host.

    It is "" for what pods send to a group.
    """
    source, destination = ends.source_kind, ends.destination_kind
    if source not in POD_OWNER_KINDS and destination not in POD_OWNER_KINDS:
        return "host"
    if OwnerKind.GROUP in (source, destination):
        return ""
    if source in POD_OWNER_KINDS and (ends.service or destination == OwnerKind.SERVICE):
        return "pod-to-service"
    if source not in POD_OWNER_KINDS:
        return "external-to-pod" if source in OUTSIDE_OWNERS else "node-to-pod"
    if destination in POD_OWNER_KINDS:
        return "pod-to-pod"
    return "pod-to-node" if destination == OwnerKind.NODE else "pod-to-external"


def where(ends: Client, same_subnet: Callable[[str, str, int], bool | None]) -> str:
    """Return same-pod, same-node, cross-node or cross-subnet; "" where a node is not known.

    Of traffic with the outside it is the way between the pod's node and the node that the outside sees.
    """
    a = ends.via if ends.source_kind in OUTSIDE_OWNERS else ends.source_node
    b = ends.via if ends.destination_kind in OUTSIDE_OWNERS else ends.destination_node
    a, b = (
        a or (b if ends.source_kind in OUTSIDE_OWNERS else None),
        b or (a if ends.destination_kind in OUTSIDE_OWNERS else None),
    )
    if a is None or b is None:
        return ""
    if a != b:
        return "cross-subnet" if same_subnet(a, b, ends.version) is False else "cross-node"
    pod = ends.source_kind == OwnerKind.POD and ends.source_name == ends.destination_name
    return "same-pod" if pod and not ends.service else "same-node"
