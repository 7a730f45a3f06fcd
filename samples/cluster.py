"""A cluster as its topology describes it, and the links between its nodes.

`Cluster` holds a topology as topology.yaml has it, plus what the nodes do with it. A fault is a change of
this data: another VNI on one node, another way between two nodes. What it returns are the segments that
network.py walks.
"""

import ipaddress
from dataclasses import dataclass, field, replace
from typing import Any

from tunnels import type_of
from way import Crossing, Hop, Path, Point, Segment, Step
from wire import NO_MAC, Station

LINKS = {"ipip": "raw", "wireguard": "raw", "tun": "raw", "gre": "cooked"}


@dataclass
class Cluster:
    """A topology and how it is used.

    `style` is bridge, routed, segment (one link layer over all nodes), macvlan, ipvlan-l2 or ipvlan-l3.
    `direct` says between which nodes no tunnel is used: none, subnet or all. `ways` overrides this for a
    node and its peer: tunnel, direct, default (to the router) or another node's name. `fdb` names the node
    to which a node sends what is meant for a peer, `neighbours` the MAC that it believes the peer's device
    has.
    """

    topology: dict[str, Any]
    style: str
    direct: str = "none"
    ways: dict[tuple[str, str], str] = field(default_factory=dict)
    fdb: dict[tuple[str, str], str | None] = field(default_factory=dict)
    neighbours: dict[tuple[str, str], str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)  # addresses that answer no question for their MAC
    gateway: str = "169.254.1.1"  # of pods without a bridge
    reflecting: bool = True  # the switch sends VEPA frames back to the port they came from
    outside: dict[str, str] = field(default_factory=dict)  # hosts behind the router, and their addresses
    loopbacks: tuple[str, ...] = ()  # pods in which lo is captured too
    permanent: set[tuple[str, str]] = field(default_factory=set)  # who knows whose MAC without asking
    every_gateway: str = "aa:bb:cc:dd:ee:ff"  # the MAC of all far gateways in Antrea's tunnels
    datapaths: dict[str, int] = field(default_factory=dict)  # OVN: node -> key of its logical switch
    inside_itself: set[tuple[str, str]] = field(default_factory=set)  # ways on which a tunnel carries itself
    flat: bool = False  # the network answers for pods: their addresses are its own
    six: "Cluster | None" = None  # the same nodes and pods as IPv6 sees them

    def node(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.topology["nodes"][name]
        return found

    def pod(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.topology["pods"][name]
        return found

    def interface(self, node: str, name: str) -> dict[str, Any]:
        """Return the interface itself: to change it is to break the node."""
        found: dict[str, Any] = self.node(node)["interfaces"][name]
        return found

    def named(self, node: str, kind: str) -> list[str]:
        """Return the names of the node's interfaces of that kind."""
        return [name for name, each in self.node(node)["interfaces"].items() if each["kind"] == kind]

    def points(self) -> list[Point]:
        """Return every point of the topology, nodes first."""
        nodes, pods = self.topology["nodes"], self.topology["pods"].items()
        names = [(node, name) for node in nodes for name in nodes[node]["interfaces"]]
        inside = [Point(pod, each["interface"], "pod") for pod, each in pods]
        inside += [Point(pod, "lo", "lo") for pod in self.loopbacks]
        others = self.six.points() if self.six else []
        return list(dict.fromkeys([*(self.point(*name) for name in names), *inside, *others]))

    def point(self, node: str, name: str) -> Point:
        interface = self.interface(node, name)
        tunnel = interface["kind"] in ("vtep", "tunnel")
        return Point(
            node, name, interface["kind"], LINKS.get(type_of(interface), "ethernet") if tunnel else "ethernet"
        )

    def address(self, owner: str) -> str:
        """Return the address of a pod, the first of a node, or that of a host outside."""
        if owner in self.outside:
            return self.outside[owner]
        if owner in self.topology["pods"]:
            return str(self.pod(owner)["address"])
        return str(self.node(owner)["addresses"][0])

    def place(self, owner: str) -> str | None:
        """Return the node of a pod; None: it is outside."""
        return None if owner in self.outside else str(self.pod(owner)["node"])

    def mtu(self, owner: str) -> int:
        """Return the MTU of a pod's interface (its veth has the same), or of a node's uplink."""
        if owner in self.outside:
            return 1500
        if owner in self.topology["nodes"]:
            return int(self.interface(owner, self.named(owner, "uplink")[0])["mtu"])
        interfaces = self.node(self.pod(owner)["node"])["interfaces"].values()
        return int(next((each["mtu"] for each in interfaces if each.get("pod") == owner), 1500))

    def subnet(self, node: str) -> str:
        uplink = self.interface(node, self.named(node, "uplink")[0])
        return str(ipaddress.ip_interface(uplink["addresses"][0]).network)

    def device(self, pod: str, node: str, peer: str) -> str | None:
        """Return the node's tunnel device; of several the one to this peer, or of the pod's tenant."""
        names = self.named(node, "vtep") + self.named(node, "tunnel")
        to_peer = [each for each in names if self.interface(node, each).get("remote") == self.address(peer)]
        return next(iter(to_peer or names[self.tenant(pod) :]), None)

    def tenant(self, pod: str) -> int:
        """Return the number of the pod's segment among those of the cluster."""
        vnis = sorted({each.get("vni", 0) for each in self.topology["pods"].values()})
        return vnis.index(self.pod(pod).get("vni", 0))

    def tunnel(self, source: str, node: str, peer: str) -> tuple[Segment, bool]:
        """Return the segment from a node's tunnel device to its peer's, and whether the right one gets it."""
        near, meant = self.device(source, node, peer), self.device(source, peer, node)
        assert near
        its_mac = self.interface(peer, meant).get("mac", NO_MAC) if meant else NO_MAC
        believed = self.neighbours.get((node, peer), its_mac)
        here = Station(self.interface(node, near).get("mac", NO_MAC), self.address(node))
        there = Station(believed, self.address(peer))
        hops, reached = self.tunnel_hops(source, node, peer)
        return Segment(hops, here, there, resolve=False), (reached, believed) == (peer, its_mac)

    def tunnel_hops(self, source: str, node: str, peer: str) -> tuple[tuple[Step, ...], str | None]:
        """Return the hops of a tunnel, both devices included, and the node that it leads to, if any."""
        reached = self.fdb.get((node, peer), peer)
        near = self.device(source, node, peer)
        assert near
        out = Hop(self.point(node, near), out=True)
        if reached is None:
            return (out,), None
        far = self.device(source, reached, node)
        seen = (Hop(self.point(reached, far), out=False),) if far else ()
        return (out, self.crossing(source, node, reached), *seen), reached

    def crossing(self, source: str, node: str, peer: str) -> Crossing:
        """Return the tunnel between two nodes for what the pod `source` sends."""
        near, far = self.device(source, node, peer), self.device(source, peer, node)
        assert near
        device = self.interface(node, near) | self._marks(source, peer)
        local, remote = str(device.get("local", self.address(node))), self.address(peer)
        there, home = Path(self.underlay(node, peer)), Path(self.underlay(peer, node))
        outer = Crossing(device, self.interface(peer, far) if far else None, local, remote, there, home)
        if (node, peer) not in self.inside_itself:
            return outer
        assert far
        hops = (Hop(self.point(node, near), out=True), outer, Hop(self.point(peer, far), out=False))
        ends = Station(device["mac"], local), Station(self.interface(peer, far)["mac"], remote)
        return replace(outer, there=Path((Segment(hops, *ends, resolve=False, routed=0),)))

    def _marks(self, source: str, peer: str) -> dict[str, Any]:
        """Return what the header says by packet: Cilium the sender's identity, OVN the far datapath.

        Open vSwitch sends with DF (vswitchd/vswitch.xml, df_default).
        """
        if "identity" in self.pod(source):
            return {"vni": self.pod(source)["identity"], "no_checksum": True}
        if peer in self.datapaths:
            return {"vni": self.datapaths[peer], "ports": (3, 5), "checksum": True, "df": True}
        return {"df": True} if self.style == "antrea" else {}

    def underlay(self, node: str, peer: str, *, routed: int = 0) -> tuple[Segment, ...]:
        """Return the way over the physical network: one link, or two with a router between."""
        here, there = self.attached(node, out=True), self._received(node, peer)
        source, target = self._station(node), self._station(peer)
        answered = target.address not in self.silent and len(there) == len(here)
        if self.subnet(node) == self.subnet(peer):
            others = [each for each in self.topology["nodes"] if each not in (node, peer)]
            neighbours = [each for each in others if self.subnet(each) == self.subnet(node)]
            seen = tuple(self.attached(each, out=False)[0] for each in neighbours)
            return (Segment(here + there, source, target, answered=answered, routed=routed, bystanders=seen),)
        near, far = self.router(node), self.router(peer)
        return Segment(here, source, near, routed=routed), Segment(there, far, target, answered=answered)

    def _received(self, node: str, peer: str) -> tuple[Hop, ...]:
        """Return the hops by which `peer` receives: a foreign VLAN tag gets no further than the uplink."""
        there, tags = self.attached(peer, out=False), self.attached(node, out=True)[-1].tags
        return there if there[0].tags == tags else (replace(there[0], tags=tags),)

    def to_router(self, node: str) -> Segment:
        return Segment(self.attached(node, out=True), self._station(node), self.router(node))

    def from_router(self, node: str) -> Segment:
        return Segment(self.attached(node, out=False), self.router(node), self._station(node), routed=0)

    def router(self, node: str) -> Station:
        router = self.topology["routers"][self.subnet(node)]
        return Station(router["mac"], router["addresses"][0])

    def _station(self, node: str) -> Station:
        name = (self.named(node, "vlan") + self.named(node, "uplink"))[0]
        interface = self.interface(node, name)
        return Station(interface["mac"], interface["addresses"][0].partition("/")[0])

    def attached(self, node: str, *, out: bool, parent: str | None = None) -> tuple[Hop, ...]:
        """Return the hops by which a node sends or receives: its uplink, behind a VLAN interface if any."""
        name = parent or (self.named(node, "vlan") + self.named(node, "uplink"))[0]
        interface = self.interface(node, name)
        if interface["kind"] != "vlan":
            return (Hop(self.point(node, name), out),)
        inner = tuple(interface.get("inner", ()))  # of a device that wrongly sits on another VLAN device
        hops = (
            Hop(self.point(node, name), out, inner),
            Hop(self.point(node, interface["parent"]), out, (interface["vlan"], *inner)),
        )
        return hops if out else hops[::-1]
