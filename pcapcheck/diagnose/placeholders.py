"""Addresses that commands leave open, POD_ADDRESS and the like, filled from a flow that suffers."""

import re
from collections.abc import Iterator, Set
from typing import Any, Final

from pcapcheck.diagnose.case import Case
from pcapcheck.topology.topology import OwnerKind

PLACEHOLDER: Final = re.compile(r"\b(?:POD|SERVICE|PEER|NODE)_ADDRESS\b")


def known_addresses(case: Case, flows: Set[int]) -> dict[str, str]:
    """Return placeholder -> address, of the first of some flows; what is not known is left out."""
    rows = [row for flow in sorted(flows) if flow in case.flows for row in case.flows[flow] if row["client"]]
    return dict(_of_flow(case, rows[0])) if rows else {}


def _of_flow(case: Case, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    topology = case.network.topology
    pods = [row[end] for end in ("destination", "source") if row[f"{end}_kind"] == OwnerKind.POD]
    if pods:
        yield "POD_ADDRESS", pods[0]
    service = topology.services.get(row["destination_is_service"] or "")
    if service and service.addresses:
        yield "SERVICE_ADDRESS", service.addresses[0]
    node = topology.nodes.get(row["destination_node"] or "")
    if node and node.addresses:
        yield "PEER_ADDRESS", node.addresses[0]
        yield "NODE_ADDRESS", node.addresses[0]


def filled(text: str, addresses: dict[str, str]) -> str:
    """Return a text with the addresses that are known."""
    return PLACEHOLDER.sub(lambda found: addresses.get(found[0], found[0]), text)
