"""The intended network: nodes, interfaces, pods and services, and the kinds of owner an address can have.

Plain data, as a topology file says or as `infer` has guessed. How files are read is for `load`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a capture point is in the path of a packet (DESIGN, vocabulary)."""

    POD = "pod"
    VETH = "veth"
    BRIDGE = "bridge"
    VTEP = "vtep"
    TUNNEL = "tunnel"
    UPLINK = "uplink"
    VLAN = "vlan"
    MACVLAN = "macvlan"
    IPVLAN = "ipvlan"
    LO = "lo"
    ANY = "any"


@dataclass(frozen=True, slots=True, order=True)
class CapturePoint:
    """Where packets were captured; `pod` is the pod around the point, or the pod that a veth serves."""

    node: str | None
    interface: str
    role: Role
    pod: str | None = None

    @property
    def text(self) -> str:
        """Return how sentences name this point: a pod's own interface belongs to the pod, not to its node."""
        owner = f"pod {self.inside}" if self.inside else self.node or "an unknown node"
        return f"{owner} {self.interface}".rstrip()

    @property
    def inside(self) -> str | None:
        """Return the pod that has this interface itself; None for a node's, such as a veth."""
        return self.pod if self.role in (Role.POD, Role.LO) else None


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface of a node, or of a pod that has several (Multus).

    `pod` is the pod that a veth serves, `bridge` the bridge of which it is a port, `parent` the interface
    under a vlan or macvlan. `parameters` holds the rest as the file gives it: vni, port, vlan, vsid, flow_id,
    key, type, mode, local, remote, fdb …
    """

    name: str
    role: Role
    mac: str | None = None
    addresses: tuple[str, ...] = ()  # with prefix length where the file has one: 192.168.10.11/24
    mtu: int | None = None
    ifindex: int | None = None
    pod: str | None = None
    bridge: str | None = None
    parent: str | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """A route that a node should have. `to` is a network or `default`."""

    to: str
    via: str | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A node. Its interfaces are in the order of the file."""

    name: str
    addresses: tuple[str, ...] = ()
    pod_cidrs: tuple[str, ...] = ()
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()

    def of_role(self, role: str) -> tuple[Interface, ...]:
        """Return the interfaces of one role."""
        return tuple(each for each in self.interfaces.values() if each.role == role)


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod; `interface` is on the cluster network, `interfaces` has all if there are several."""

    name: str  # namespace/name
    node: str
    addresses: tuple[str, ...]
    mac: str | None = None
    interface: str = "eth0"
    interfaces: Mapping[str, Interface] = field(default_factory=dict)
    host_network: bool = False
    type: str | None = None  # macvlan | ipvlan
    mode: str | None = None
    parent: str | None = None
    leaves_by: str | None = None  # the node's interface that has its address in the network outside (AWS)
    identity: int | None = None  # a VNI that is the sender's (Cilium)
    vni: int | None = None  # the tenant's segment
    gateway_ip: str | None = None
    gateway_mac: str | None = None
    mtu: int | None = None


@dataclass(frozen=True, slots=True)
class ServicePort:
    """One port of a service."""

    port: int
    protocol: str = "tcp"
    node_port: int | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A service: every address that clients may use, and the endpoints `address:port` behind it."""

    name: str
    addresses: tuple[str, ...]
    ports: tuple[ServicePort, ...] = ()
    endpoints: tuple[str, ...] | None = None  # None: not known; (): none is ready
    external_ips: tuple[str, ...] = ()
    type: str = "ClusterIP"
    external_traffic_policy: str = "Cluster"


@dataclass(frozen=True, slots=True)
class CaptureEntry:
    """An entry of `captures:`. Times are int nanoseconds since 1970 UTC."""

    pattern: str  # file name or glob
    node: str | None
    pod: str | None
    interface: str  # "": the name is in the pcapng file
    start: int | None = None
    end: int | None = None
    dropped: int | None = None
    clock: str | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """An entry of `traffic:`. `source` and `destination` are names, addresses or networks."""

    source: str
    destination: str
    protocol: str | None
    port: int | None
    expect: str  # ok | blocked


@dataclass(frozen=True, slots=True)
class Accepted:
    """An entry of `accepted:`: the id or pattern of a cause or rule that is known, and why it is accepted."""

    id: str
    comment: str


class OwnerKind(StrEnum):
    """Who an address belongs to, most specific first."""

    POD = "pod"
    SERVICE = "service"
    NODE = "node"
    POD_NETWORK = "pod-network"  # in a pod CIDR, but of no known pod
    ROUTER = "router"
    EXTERNAL = "external"
    GROUP = "group"  # multicast, broadcast, link-local, loopback, unspecified


@dataclass(frozen=True, slots=True)
class Owner:
    """Who an address belongs to. `name` is the pod, service or node; `node` where it lives, if known."""

    kind: OwnerKind
    name: str | None = None
    node: str | None = None


@dataclass(frozen=True)
class Topology:
    """The intended network. A rule that needs something missing here is not evaluable; it does not pass."""

    profile: str | None = None
    pod_cidrs: tuple[str, ...] = ()
    service_cidrs: tuple[str, ...] = ()
    parameters: Mapping[str, object] = field(default_factory=dict)
    nodes: Mapping[str, Node] = field(default_factory=dict)
    pods: Mapping[str, Pod] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    routers: Mapping[str, str] = field(default_factory=dict)  # subnet or address -> MAC, "" if not known
    external: tuple[str, ...] = ()  # networks outside, even if a block of the cluster contains them
    captures: tuple[CaptureEntry, ...] = ()
    traffic: tuple[Expectation, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    source: str = "none"  # file name, "inferred" or "none"
    inferred: tuple[str, ...] = ()  # what was guessed, as sentences for the report
    unplaced: bool = False  # no name says where any capture was taken: they may be of no cluster at all
    contradicted: tuple[str, ...] = ()  # statements that the packets contradict, as sentences
    notes: tuple[str, ...] = ()  # e.g. a parameter that the profile lacks
