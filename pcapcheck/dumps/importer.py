"""A topology from a folder of dumps, as `topology import` makes it.

Takes the output of `ip`, `bridge`, `wg` and `iptables-save` of nodes and pods, and of `kubectl get -o json`.
Gives a Topology of what was intended, with notes on what was guessed or differs between nodes.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pcapcheck.capture.inputs import Inputs
from pcapcheck.documents import values
from pcapcheck.dumps.annotations import annotated
from pcapcheck.dumps.backend import Backend
from pcapcheck.dumps.blocks import apply_blocks, blocks_of, cluster_networks
from pcapcheck.dumps.dumps import Dumps, read_dumps, read_files
from pcapcheck.dumps.host import network_or_none
from pcapcheck.dumps.intent import intended
from pcapcheck.dumps.kubernetes import Cluster, read_cluster
from pcapcheck.dumps.logs import logged
from pcapcheck.dumps.members import Members, gather
from pcapcheck.dumps.natrules import pod_networks, services_of
from pcapcheck.dumps.residence import settle
from pcapcheck.topology.topology import Node, Pod, Role, Service, Topology

BESIDE: Final = "the dumps beside the captures"
# kubeadm's default, cmd/kubeadm/app/apis/kubeadm/v1beta4/defaults.go; kind has /16, k3s 10.43.0.0/16.
_SERVICES: Final = ("10.96.0.0/12", "10.96.0.0/16", "10.43.0.0/16")


def import_topology(folder: str | Path) -> Topology:
    """Return the topology that a folder of dumps shows; its `notes` say what was concluded or differs.

    Raises:
        InputError: the folder cannot be read, or holds no dump.
    """
    return _imported(read_dumps(Path(folder)), str(folder))


def import_beside(inputs: Inputs) -> Topology:
    """Return the topology that the files beside captures show; without a dump among them, an empty one."""
    dumps = read_files(inputs.others)
    found = _imported(dumps, BESIDE) if dumps.hosts or dumps.objects else Topology()
    entries, notes = logged(inputs)
    return replace(found, captures=entries, notes=(*found.notes, *notes))


def _imported(dumps: Dumps, source: str) -> Topology:
    cluster = read_cluster(dumps.objects)
    residences = settle(dumps.hosts, cluster.nodes)
    members = gather(dumps.hosts, residences, cluster)
    told = {name: annotated(node, cluster.nodes.get(name)) for name, node in members.nodes.items()}
    nodes, notes = intended(told)
    skipped = [f"{name} is neither a node nor a pod; it is ignored" for name in residences.others]
    topology = _concluded(members, nodes, cluster)
    return replace(topology, source=source, notes=(*dumps.notes, *skipped, *notes, *topology.notes))


def _concluded(members: Members, nodes: dict[str, Node], cluster: Cluster) -> Topology:
    """Return the topology of the members, with what they tell about the cluster as a whole."""
    blocks = blocks_of(members)
    nodes = apply_blocks(nodes, blocks)
    pods = _with_tenants(members.pods, nodes)
    rules = [host.nat for host in members.hosts.values()]
    services = cluster.services or services_of(rules)
    backend = Backend(nodes, members.hosts, pods)
    nodes = backend.own_interfaces()
    pools = [each["cidr"] for each in cluster.pools if network_or_none(each.get("cidr"))]
    parameters = backend.parameters(each for several in blocks.values() for each in several)
    return Topology(
        profile=backend.profile,
        pod_cidrs=cluster_networks(blocks.values(), pools or pod_networks(rules), members),
        service_cidrs=cluster.service_cidrs or _service_networks(services, pods.values()),
        parameters=parameters | _of_pools(cluster),
        nodes=nodes,
        pods=pods,
        services=services,
        routers=_routers(members, nodes),
        notes=tuple(backend.notes),
    )


def _service_networks(services: dict[str, Service], pods: Iterable[Pod]) -> tuple[str, ...]:
    """Return the service network.

    It is kubeadm's default, or the first /16 of that, if all services and no pod lie in it.
    """
    inside = _numbers(each for service in services.values() for each in service.addresses)
    others = _numbers(each for pod in pods for each in pod.addresses)
    for usual in _SERVICES if inside else ():
        span = values.cidr(usual)
        if all(span.low <= each <= span.high for each in inside) and not any(
            span.low <= each <= span.high for each in others
        ):
            return (usual,)
    return ()


def _numbers(addresses: Iterable[str]) -> list[int]:
    return [values.ipv4_number(each) for each in addresses if ":" not in each]


def _with_tenants(pods: dict[str, Pod], nodes: dict[str, Node]) -> dict[str, Pod]:
    """Give each pod its VNI, where a node has bridges with different ones."""
    found = {}
    for name, pod in pods.items():
        node = nodes.get(pod.node, Node(pod.node))
        vnis = {each.bridge: each.parameters.get("vni") for each in node.of_role(Role.VTEP) if each.bridge}
        bridge = next((each.bridge for each in node.of_role(Role.VETH) if each.pod == name), None)
        vni = vnis.get(bridge or "") if len(set(vnis.values())) > 1 else None
        found[name] = replace(pod, vni=vni) if isinstance(vni, int) else pod
    return found


def _routers(members: Members, nodes: dict[str, Node]) -> dict[str, str]:
    """Return the nodes' default gateways by subnet and address, with the MAC that the nodes know."""
    found: dict[str, str] = {}
    for name, host in members.hosts.items():
        spans = [values.cidr(each) for at in nodes[name].of_role(Role.UPLINK) for each in at.addresses]
        macs = {str(row.get("dst")): str(row.get("lladdr") or "") for row in host.neighbours}
        for row in host.routes:
            gateway = str(row.get("gateway") or "")
            for span in spans if row.get("dst") == "default" and gateway else ():
                if _in(gateway, span):
                    found[values.cidr_text(span)] = found.get(gateway) or macs.get(gateway, "")
                    found[gateway] = found[values.cidr_text(span)]
    return found


def _in(address: str, span: values.Span) -> bool:
    found = values.cidr(address)
    return found.bits == span.bits and span.low <= found.low <= span.high


def _of_pools(cluster: Cluster) -> dict[str, Any]:
    """Return the parameters in Calico's IP pools."""
    found: dict[str, Any] = {}
    for pool in cluster.pools:
        if pool.get("natOutgoing") is not None:
            found["masquerade"] = bool(pool["natOutgoing"])
    return found
