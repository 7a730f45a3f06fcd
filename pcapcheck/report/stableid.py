"""Fingerprints of findings and causes, which are equal in two runs over the same network.

SARIF reports carry them, and baselines compare them. The fingerprint of a finding depends on rule, role,
node, the pods or else their networks, protocol and server port. It never depends on frames, ephemeral ports
or times.
"""

import ipaddress
import re
from collections.abc import Mapping
from hashlib import sha256

from pcapcheck.check.finding import Finding
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.escape import visible
from pcapcheck.report.flowname import FLOW_NAME
from pcapcheck.report.quantity import place
from pcapcheck.report.report import FlowSummary

FINGERPRINT_KEY = "pcapcheck/v1"  # the key under which SARIF reports carry it
FINGERPRINT_DIGITS = 32  # hexadecimal: 128 bits, so that no two findings share one by chance
STABLE_PREFIX_BITS = {4: 24, 6: 64}  # prefix length of the network that stands for an address without a pod
FLOW_END = re.compile(r"\[?(?P<address>[0-9A-Fa-f:.]*?)\]?(?::(?P<port>\d+))?")


def fingerprint(finding: Finding, flows: Mapping[str, FlowSummary]) -> str:
    """Return the finding's fingerprint.

    Args:
        finding: of this run.
        flows: the flows of the same run by their names.
    """
    hop, flow = finding.hop, flows.get(finding.flow)
    protocol, client, server, port = _ends(finding.flow)
    source, destination = (flow.source, flow.destination) if flow else ("", "")
    parts = (finding.rule, hop.role, hop.node or "", source or client, destination or server, protocol, port)
    return sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:FINGERPRINT_DIGITS]


def fingerprint_of_cause(diagnosis: Diagnosis) -> str:
    """Return the diagnosis's fingerprint: the cause, and where to act."""
    return visible(f"{diagnosis.id}/{place(diagnosis.node, diagnosis.interface)}")


def _ends(flow: str) -> tuple[str, str, str, str]:
    """Return protocol, network of the client, network of the server, port of the server."""
    match = FLOW_NAME.fullmatch(flow)
    if not match:
        return flow, "", "", ""
    client, server = FLOW_END.fullmatch(match["client"]), FLOW_END.fullmatch(match["server"])
    port = (server["port"] or "") if server else ""
    return match["protocol"], _network(client, match["client"]), _network(server, match["server"]), port


def _network(end: re.Match[str] | None, text: str) -> str:
    try:
        address = ipaddress.ip_address(end["address"] if end else "")
    except ValueError:
        return text
    return str(ipaddress.ip_network((address, STABLE_PREFIX_BITS[address.version]), strict=False))
