"""Services as kube-proxy writes them into iptables, for clusters of which only nodes were dumped.

Takes the text of iptables-save; gives services with ports and endpoints. The chains are those of kubernetes,
pkg/proxy/iptables/proxier.go: KUBE-SERVICES, KUBE-NODEPORTS, KUBE-EXT, KUBE-SVC, KUBE-SVL and KUBE-SEP.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pcapcheck.documents.values import endpoint
from pcapcheck.dumps.host import network_or_none
from pcapcheck.topology.topology import Service, ServicePort

_RULE: Final = re.compile(r"^-A (KUBE-\S+|FLANNEL-\S+) (.*)$", re.MULTILINE)
_COMMENT: Final = re.compile(r'--comment "?([^":\s]+/[^":\s]+)')
_OPTIONS: Final = {
    name: re.compile(rf"(?<!! )(?:{option}) (\S+)")
    for name, option in {
        "destination": "-d",
        "protocol": "-p",
        "port": "--dport",
        "target": "-j",
        "endpoint": "--to-destination",
    }.items()
}


class _Rule(NamedTuple):
    chain: str
    service: str
    destination: str
    protocol: str
    port: str
    target: str
    endpoint: str
    external: bool


def services_of(texts: Iterable[str]) -> dict[str, Service]:
    """Return the services that the rules of all nodes together name."""
    jumps: dict[str, set[str]] = defaultdict(set)
    endpoints: dict[str, str] = {}
    rules: dict[str, list[_Rule]] = defaultdict(list)
    fronts: dict[str, None] = {}
    for rule in (rule for text in texts for rule in _rules(text)):
        jumps[rule.chain].add(rule.target)
        rules[rule.service].append(rule)
        if rule.endpoint:
            endpoints[rule.chain] = rule.endpoint
        if rule.service and rule.chain in ("KUBE-SERVICES", "KUBE-NODEPORTS"):
            fronts[rule.service] = None
    return {name: _service(name, rules[name], jumps, endpoints) for name in fronts}


def pod_networks(texts: Iterable[str]) -> list[str]:
    """Return the cluster's pod networks: flannel's, or those that kube-proxy does not masquerade."""
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(re.findall(r"^-A FLANNEL-FWD -s (\S+)", text, re.MULTILINE)))
        found.update(dict.fromkeys(re.findall(r"^-A KUBE-SVC-\S+ ! -s (\S+) -d ", text, re.MULTILINE)))
    return [each for each in found if network_or_none(each)]


def _rules(text: str) -> Iterator[_Rule]:
    for chain, rest in _RULE.findall(text):
        comment = _COMMENT.search(rest)
        options = {
            name: (match[1] if (match := pattern.search(rest)) else "") for name, pattern in _OPTIONS.items()
        }
        rule = _Rule(
            chain,
            comment[1] if comment else "",
            external=" external" in rest or "loadbalancer" in rest,
            **options,
        )
        if _readable(rule):
            yield rule


def _readable(rule: _Rule) -> bool:
    """Return whether a rule's addresses, port and protocol can be read; the text may contain anything."""
    try:
        endpoint(rule.endpoint or "0.0.0.0:1")
    except ValueError:
        return False
    port = rule.port.isascii() and rule.port.isdigit() and 0 < int(rule.port[:6]) < 65536
    return (not rule.destination or network_or_none(rule.destination) is not None) and (
        not rule.port or (port and rule.protocol in ("tcp", "udp", "sctp"))
    )


def _service(name: str, rules: list[_Rule], jumps: dict[str, set[str]], endpoints: dict[str, str]) -> Service:
    fronts = [each for each in rules if each.chain == "KUBE-SERVICES" and each.destination and each.port]
    node_ports = {_hash(each): int(each.port) for each in rules if _is_node_port(each)}
    reached = _reached({each.target for each in rules}, jumps)
    local = any(each.startswith(("KUBE-SVL", "KUBE-XLB")) for each in reached)
    ports = [
        ServicePort(int(each.port), each.protocol, node_ports.get(_hash(each)))
        for each in fronts
        if not each.external
    ]
    return Service(
        name=name,
        addresses=tuple(dict.fromkeys(_bare(each.destination) for each in fronts if not each.external)),
        ports=tuple(dict.fromkeys(ports)),
        endpoints=tuple(sorted(endpoints[each] for each in reached if each in endpoints)),
        external_ips=tuple(dict.fromkeys(_bare(each.destination) for each in fronts if each.external)),
        type="NodePort" if node_ports else "ClusterIP",
        external_traffic_policy="Local" if local else "Cluster",
    )


def _is_node_port(rule: _Rule) -> bool:
    return rule.chain == "KUBE-NODEPORTS" and rule.port != ""


def _hash(rule: _Rule) -> str:
    """Return the hash that the chains of one port of a service share: KUBE-EXT-X, KUBE-SVC-X, KUBE-SVL-X."""
    return rule.target.rpartition("-")[2]


def _reached(chains: set[str], jumps: dict[str, set[str]]) -> set[str]:
    """Return the chains that can be reached. Those of kube-proxy never loop, but those of a text may."""
    reached: set[str] = set()
    waiting = list(chains)
    while waiting:
        chain = waiting.pop()
        if chain not in reached:
            reached.add(chain)
            waiting.extend(jumps.get(chain, ()))
    return reached


def _bare(address: str) -> str:
    return address.partition("/")[0]
