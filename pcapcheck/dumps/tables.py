"""The tables of `kubectl get nodes,pods,services -o wide`, turned into objects of Kubernetes.

Takes text; a column is as wide as its header says. Source: kubectl,
pkg/printers/internalversion/printers.go.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from pcapcheck.documents import values
from pcapcheck.dumps.host import Host
from pcapcheck.dumps.kubernetes import KubePod
from pcapcheck.topology.roles import role_of
from pcapcheck.topology.topology import Role

TableObject = dict[str, Any]
_PORT: Final = re.compile(r"(\d+)(?::(\d+))?/(\w+)")
_NOTHING: Final = "<none>"


def objects_of(text: str) -> Iterator[TableObject]:
    """Yield the nodes, pods and services of all tables in a text."""
    columns: list[tuple[str, int, int]] = []
    for line in text.splitlines():
        if line.startswith(("NAME ", "NAMESPACE ")):
            columns = _columns(line)
        elif columns and line.strip():
            row = {name: line[start:stop].strip() for name, start, stop in columns}
            yield from _object({name: "" if value == _NOTHING else value for name, value in row.items()})
        else:
            columns = []


def _columns(header: str) -> list[tuple[str, int, int]]:
    """Return name, start and stop of each column; two blanks separate them."""
    found = [(match[0], match.start()) for match in re.finditer(r"\S+(?: \S+)*", header)]
    ends = [start for _, start in found[1:]] + [1 << 16]
    return [(name, start, stop) for (name, start), stop in zip(found, ends, strict=True)]


def _object(row: Mapping[str, str]) -> Iterator[TableObject]:
    if not row.get("NAME"):
        return
    made = next((make for column, make in _KINDS.items() if column in row), None)
    if made:
        yield made(row)


def _node(row: Mapping[str, str]) -> TableObject:
    addresses = [{"type": "InternalIP", "address": row["INTERNAL-IP"]}] if row["INTERNAL-IP"] else []
    return {"kind": "Node", "metadata": {"name": row["NAME"]}, "status": {"addresses": addresses}}


def _pod(row: Mapping[str, str]) -> TableObject:
    status = {"phase": "Succeeded" if row.get("STATUS") == "Completed" else row.get("STATUS")}
    return {
        "kind": "Pod",
        "metadata": _metadata(row),
        "spec": {"nodeName": row["NODE"]},
        "status": {**status, "podIP": row.get("IP", "")},
    }


def _service(row: Mapping[str, str]) -> TableObject:
    found = _PORT.findall(row.get("PORT(S)", ""))
    ports = [
        {"port": int(port), "protocol": protocol} | ({"nodePort": int(node)} if node else {})
        for port, node, protocol in found
    ]
    spec = {"type": row.get("TYPE", "ClusterIP"), "clusterIP": row["CLUSTER-IP"], "ports": ports}
    return {"kind": "Service", "metadata": _metadata(row), "spec": spec}


def _metadata(row: Mapping[str, str]) -> TableObject:
    return {"name": row["NAME"], "namespace": row.get("NAMESPACE") or "default"}


# The column that only one kind has.
_KINDS: Final[Mapping[str, Callable[[Mapping[str, str]], TableObject]]] = {
    "INTERNAL-IP": _node,
    "CLUSTER-IP": _service,
    "NODE": _pod,
}


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
