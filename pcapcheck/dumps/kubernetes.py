"""The objects of Kubernetes, Calico and Cilium that describe the network.

Takes objects as `kubectl get -o json` gives them, and gives plain records. A field that is absent or
malformed is left out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pcapcheck.dumps.host import network_or_none
from pcapcheck.topology.topology import Service, ServicePort

KubeObject = Mapping[str, Any]
# Where the peers of a node send its tunnel, if Kubernetes does not know that address: flannel's --public-ip.
_PREFIX: Final = "flannel.alpha.coreos.com/"
_TUNNEL_ENDS: Final = tuple(
    f"{_PREFIX}{key}{ending}" for key in ("public-ip", "public-ipv6") for ending in ("", "-overwrite")
)


@dataclass(slots=True)
class KubeNode:
    """A node as Kubernetes and the annotations of the CNI describe it."""

    name: str
    addresses: tuple[str, ...] = ()
    pod_cidrs: tuple[str, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class KubePod:
    """A pod. `networks` holds what Multus says about its interfaces."""

    name: str
    node: str
    addresses: tuple[str, ...] = ()
    host_network: bool = False
    networks: tuple[KubeObject, ...] = ()
    identity: int | None = None


@dataclass(slots=True)
class Cluster:
    """All that Kubernetes says about the network."""

    nodes: dict[str, KubeNode] = field(default_factory=dict)
    pods: dict[str, KubePod] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    pools: list[KubeObject] = field(
        default_factory=list
    )  # Calico's IP pools: cidr, ipipMode, vxlanMode, blockSize
    service_cidrs: tuple[str, ...] = ()


def read_cluster(objects: Iterable[KubeObject]) -> Cluster:
    """Return what the objects say together."""
    by_kind: dict[str, list[KubeObject]] = {}
    for each in objects:
        by_kind.setdefault(str(each.get("kind")), []).append(each)
    cluster = Cluster()
    for each in by_kind.get("Node", ()):
        node = _node(each)
        cluster.nodes[node.name] = node
    _add_blocks(cluster, by_kind.get("CiliumNode", ()), by_kind.get("BlockAffinity", ()))
    for each in by_kind.get("Pod", ()):
        pod = _pod(each)
        if pod.node:
            cluster.pods[pod.name] = pod
    _add_identities(cluster, by_kind.get("CiliumEndpoint", ()))
    endpoints = dict(_endpoints(by_kind))
    for each in by_kind.get("Service", ()):
        cluster.services[_name(each)] = _service(each, endpoints.get(_name(each)))
    cluster.pools = [
        each["spec"] for each in by_kind.get("IPPool", ()) if isinstance(each.get("spec"), Mapping)
    ]
    cluster.service_cidrs = tuple(
        cidr
        for each in by_kind.get("ServiceCIDR", ())
        for cidr in _list(each, "spec", "cidrs")
        if network_or_none(cidr)
    )
    return cluster


def _at(thing: Any, *keys: str) -> Any:
    for key in keys:
        thing = thing.get(key) if isinstance(thing, Mapping) else None
    return thing


def _list(thing: Any, *keys: str) -> list[Any]:
    found = _at(thing, *keys)
    return found if isinstance(found, list) else []


def _addresses(found: Iterable[object]) -> tuple[str, ...]:
    """Return the values that are addresses; a headless service has `None`."""
    return tuple(str(each) for each in found if network_or_none(each))


def _name(thing: KubeObject) -> str:
    namespace, name = _at(thing, "metadata", "namespace"), _at(thing, "metadata", "name")
    return f"{namespace}/{name}" if namespace else str(name)


def _node(thing: KubeObject) -> KubeNode:
    listed = [each for each in _list(thing, "status", "addresses") if _at(each, "type") == "InternalIP"]
    cidrs = _list(thing, "spec", "podCIDRs") or [_at(thing, "spec", "podCIDR")]
    annotations = _at(thing, "metadata", "annotations")
    kept = annotations if isinstance(annotations, Mapping) else {}
    own = _addresses(_at(each, "address") for each in listed)
    return KubeNode(
        name=_name(thing),
        addresses=tuple(dict.fromkeys((*own, *_addresses(map(kept.get, _TUNNEL_ENDS))))),
        pod_cidrs=tuple(each for each in cidrs if network_or_none(each)),
        annotations=kept,
    )


def _add_blocks(cluster: Cluster, cilium: Iterable[KubeObject], calico: Iterable[KubeObject]) -> None:
    """Replace the blocks of nodes by those of a CNI that manages addresses itself."""
    blocks: dict[str, list[str]] = {}
    for each in cilium:
        blocks.setdefault(_name(each), []).extend(map(str, _list(each, "spec", "ipam", "podCIDRs")))
    for each in calico:
        if _at(each, "spec", "cidr") and str(_at(each, "spec", "deleted")).lower() != "true":
            blocks.setdefault(str(_at(each, "spec", "node")), []).append(str(_at(each, "spec", "cidr")))
    for name, cidrs in blocks.items():
        valid = tuple(each for each in cidrs if network_or_none(each))
        if valid:
            cluster.nodes.setdefault(name, KubeNode(name)).pod_cidrs = valid


def _add_identities(cluster: Cluster, endpoints: Iterable[KubeObject]) -> None:
    for each in endpoints:
        identity = _at(each, "status", "identity", "id")
        if _name(each) in cluster.pods and isinstance(identity, int):
            cluster.pods[_name(each)].identity = identity


def _pod(thing: KubeObject) -> KubePod:
    addresses = [_at(each, "ip") for each in _list(thing, "status", "podIPs")] or [
        _at(thing, "status", "podIP")
    ]
    running = _at(thing, "status", "phase") not in ("Succeeded", "Failed")
    return KubePod(
        name=_name(thing),
        node=str(_at(thing, "spec", "nodeName") or "") if running else "",
        addresses=_addresses(addresses),
        host_network=_at(thing, "spec", "hostNetwork") is True,
        networks=tuple(_networks(_at(thing, "metadata", "annotations", "k8s.v1.cni.cncf.io/network-status"))),
    )


def _networks(text: object) -> Iterator[KubeObject]:
    """Yield what Multus says about each interface: name, ips, mac, default."""
    try:
        found = json.loads(text) if isinstance(text, str) else []
    except (ValueError, RecursionError):
        return
    yield from (each for each in found if isinstance(each, Mapping)) if isinstance(found, list) else ()


def _service(thing: KubeObject, endpoints: tuple[str, ...] | None) -> Service:
    addresses = _list(thing, "spec", "clusterIPs") or [_at(thing, "spec", "clusterIP")]
    balancers = [_at(each, "ip") for each in _list(thing, "status", "loadBalancer", "ingress")]
    external = [*_list(thing, "spec", "externalIPs"), *balancers]
    kind = str(_at(thing, "spec", "type") or "ClusterIP")
    real = _addresses(addresses)
    return Service(
        name=_name(thing),
        addresses=real,
        ports=tuple(_port(each) for each in _list(thing, "spec", "ports") if _is_port(_at(each, "port"))),
        endpoints=endpoints,
        external_ips=_addresses(external),
        type=kind if real or kind == "ExternalName" else "Headless",
        external_traffic_policy=str(_at(thing, "spec", "externalTrafficPolicy") or "Cluster"),
    )


def _port(thing: KubeObject) -> ServicePort:
    node_port = thing.get("nodePort")
    return ServicePort(
        thing["port"],
        str(thing.get("protocol", "TCP")).lower(),
        node_port if _is_port(node_port) else None,
    )


def _endpoints(by_kind: Mapping[str, list[KubeObject]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield service names with `address:port` of each ready endpoint; slices count before Endpoints."""
    found: dict[str, list[str]] = {}
    for each in by_kind.get("Endpoints", ()):
        found[_name(each)] = [
            _endpoint(_at(address, "ip"), port)
            for subset in _list(each, "subsets")
            for address in _list(subset, "addresses")
            for port in _list(subset, "ports")
        ]
    slices: dict[str, list[str]] = {}
    for each in by_kind.get("EndpointSlice", ()):
        service = _at(each, "metadata", "labels", "kubernetes.io/service-name")
        name = f"{_at(each, 'metadata', 'namespace')}/{service}"
        slices.setdefault(name, []).extend(
            _endpoint(address, port)
            for endpoint in _list(each, "endpoints")
            if _at(endpoint, "conditions", "ready") is not False
            for address in _list(endpoint, "addresses")
            for port in _list(each, "ports")
        )
    for name, endpoints in (found | slices).items():
        yield name, tuple(dict.fromkeys(each for each in endpoints if each))


def _is_port(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 < number < 65536


def _endpoint(address: object, port: KubeObject) -> str:
    number = _at(port, "port")
    if not isinstance(address, str) or not network_or_none(address) or not _is_port(number):
        return ""
    return f"[{address}]:{number}" if ":" in address else f"{address}:{number}"
