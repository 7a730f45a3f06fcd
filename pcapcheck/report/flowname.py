"""Names of flows on the command line: a flow's name, its two ends, or its row in `pcapcheck flows`."""

import re
from collections.abc import Sequence
from typing import TypeVar

from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.report.report import FlowSummary

AnyFlow = TypeVar("AnyFlow", bound=FlowSummary)

MAX_LISTED_FLOWS = 10  # in an error message
FLOW_NAME = re.compile(r"(?P<protocol>[^/]+)/(?P<client>\[[^]]*\][^-]*|[^-[]+)-(?P<server>[^#]+)(?P<id>#.*)?")
PORT_SUFFIX = re.compile(r":(\d+)$")


def find_flow(flows: Sequence[AnyFlow], wanted: str) -> AnyFlow:
    """Return the one flow that `wanted` matches.

    Args:
        flows: in the order of the flow table.
        wanted: `tcp/10.244.0.5:41000-10.244.1.7:80` in either direction, `POD-POD[:port]`, or a row number.

    Raises:
        InputError: no flow, or more than one, is meant; then they are listed.
    """
    found = matching_flows(flows, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        listed = "\n".join(f"    {flow.flow}" for flow in found[:MAX_LISTED_FLOWS])
        more = f"\n    and {len(found) - MAX_LISTED_FLOWS} more" if len(found) > MAX_LISTED_FLOWS else ""
        raise InputError(wanted, f"matches {len(found)} flows\n{listed}{more}", "name one of them")
    near = did_you_mean(wanted, (flow.flow for flow in flows), "`pcapcheck flows` lists the flows")
    raise InputError(wanted, f"there is no such flow among {len(flows)}", near)


def matching_flows(flows: Sequence[AnyFlow], wanted: str) -> list[AnyFlow]:
    """Return all flows that `wanted` matches, in their order."""
    if wanted.isdecimal():
        number = int(wanted)
        return list(flows[number - 1 : number]) if number else []
    names = {wanted, reversed_name(wanted)}
    exact = [flow for flow in flows if flow.flow in names]
    return exact or [flow for flow in flows if _between(flow, wanted)]


def reversed_name(flow: str) -> str:
    """Return the flow's name with its two ends swapped; text that is not a flow's name stays as it is."""
    match = FLOW_NAME.fullmatch(flow)
    if not match:
        return flow
    return f"{match['protocol']}/{match['server']}-{match['client']}{match['id'] or ''}"


def _between(flow: FlowSummary, wanted: str) -> bool:
    """Tell whether `wanted` names the two ends of the flow: `POD-POD[:port]`, in either direction."""
    port = PORT_SUFFIX.search(wanted)
    if port and not re.search(rf":{port[1]}(#.*)?$", flow.flow):
        return False
    ends = wanted[: port.start()] if port else wanted
    sources, destinations = _names(flow.source), _names(flow.destination)
    pairs = {f"{one}-{other}" for one in sources for other in destinations}
    return ends in pairs | {f"{other}-{one}" for one in sources for other in destinations}


def _names(name: str) -> tuple[str, ...]:
    """Return how a user may write a pod's name: with its namespace or without."""
    return (name, name.rpartition("/")[2]) if name else ()
