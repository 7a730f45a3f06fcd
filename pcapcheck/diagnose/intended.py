"""Intended: what is meant not to pass: traffic that the topology wants blocked, segments that never meet."""

from typing import Any

from pcapcheck import values
from pcapcheck.diagnose.case import Case
from pcapcheck.topology.topology import Expectation, Pod, Topology

Segment = tuple[object, object]


def blocked(case: Case) -> frozenset[int]:
    """Return the flows that the topology wants blocked."""
    wanted = [each for each in case.network.topology.traffic if each.expect == "blocked"]
    clients = [row for row in case.directions if row["client"]] if wanted else []
    return frozenset(row["flow"] for row in clients if any(_is(row, each) for each in wanted))


def _is(row: dict[str, Any], expectation: Expectation) -> bool:
    """Whether a client's direction is one that an expectation means."""
    return (
        expectation.protocol in (None, row["l4"], {"echo": "icmp"}.get(row["l4"]))
        and expectation.port in (None, row["destination_port"])
        and _names(expectation.source, row, "source")
        and _names(expectation.destination, row, "destination")
    )


def _names(word: str, row: dict[str, Any], end: str) -> bool:
    """Whether a word of a topology file names this end: a name, an address, or a network that holds it."""
    known = (row[end], row[f"{end}_name"], row["service"] if end == "destination" else None)
    if word in known or row[end] is None:
        return word in known
    try:
        low, high, bits = values.cidr(word)
        version, number = values.address_number(row[end])
    except ValueError:
        return False
    return bits == {4: 32, 6: 128}[version] and low <= number <= high


def segment(topology: Topology, pod: Pod) -> Segment:
    """Return the segment of a pod: tenants with another VNI or VLAN never hear it."""
    node = topology.nodes.get(pod.node)
    parent = node.interfaces.get(pod.parent) if node and pod.parent else None
    return pod.vni, parent.parameters.get("vlan") if parent else None
