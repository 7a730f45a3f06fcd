"""Network devices of Linux: one row for each kind, and the names of interfaces that no rule file owns.

A kind is what `ip -d -j link` calls a device: `veth`, `vxlan`. The table of tunnels says which kinds are
tunnels, and whether they carry frames. The names are those that the kernel, systemd, container runtimes and
CNIs without a profile give. The names that any other CNI gives stand in its rule file; `interfacenames` puts
both together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.topology.topology import Role

ETHER, LOOPBACK = 1, 772  # ARPHRD_ETHER, ARPHRD_LOOPBACK: linux/if_arp.h


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """One kind of device.

    Attributes:
        kind: what `ip -d -j link` calls it.
        role: of such an interface on a node; None: its name, or what it leads to, tells the role.
        hardware: its ARPHRD number; None: Ethernet's, or not known.
        on_parent: it stands on another interface, whose network it shares, and may be moved into a pod.
        shares_mac: its frames have the MAC of the interface on which it stands.
        fallback: the name of the device that the kernel makes unasked in every network namespace.
    """

    kind: str
    role: Role | None = None
    hardware: int | None = None
    on_parent: bool = False
    shares_mac: bool = False
    fallback: str = ""


@dataclass(frozen=True, slots=True)
class InterfaceName:
    """Names that interfaces have, and what they tell.

    Attributes:
        pattern: a regular expression that the whole name matches. A named group is a number in the name,
            called like the parameter of profiles (`vni`); `unique` is what tells the interfaces of one node
            apart, and may identify a pod.
        role: None: the name does not tell it.
        kind: of the device, where the name tells it.
        profile: of the cluster that has such an interface, or the shared profile of such clusters.
        rank: nodes with such an interface use the profile; where as many nodes have interfaces of another
            profile, the lower rank decides. None: the name alone does not tell the profile.
        annotations: of Kubernetes's nodes: key -> the name of the interface that the annotation describes.
    """

    pattern: str
    role: Role | None = None
    kind: str = ""
    profile: str = ""
    rank: int | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)


_KINDS: Final = (
    DeviceKind("veth"),  # a pod's host end, or a stand-in for a NIC
    DeviceKind("bridge", Role.BRIDGE),
    DeviceKind("openvswitch", Role.BRIDGE),
    DeviceKind("vlan", Role.VLAN),
    DeviceKind("macvlan", Role.MACVLAN, on_parent=True),
    DeviceKind("macvtap", on_parent=True),
    DeviceKind("ipvlan", Role.IPVLAN, on_parent=True, shares_mac=True),
    DeviceKind("ipvtap", on_parent=True, shares_mac=True),
    DeviceKind("bond", Role.UPLINK),
    DeviceKind("team", Role.UPLINK),
    DeviceKind("dummy"),
    DeviceKind("erspan", fallback="erspan0"),
    # Tunnels: `_tunnels` adds their roles. linux/if_arp.h; the drivers' init_net functions.
    DeviceKind("ipip", hardware=768, fallback="tunl0"),
    DeviceKind("ip6tnl", hardware=769, fallback="ip6tnl0"),
    DeviceKind("sit", hardware=776, fallback="sit0"),
    DeviceKind("gre", hardware=778, fallback="gre0"),
    DeviceKind("ip6gre", hardware=823, fallback="ip6gre0"),
    DeviceKind("gretap", fallback="gretap0"),
    DeviceKind("vti", fallback="ip_vti0"),
    DeviceKind("vti6", fallback="ip6_vti0"),
    DeviceKind("wireguard", hardware=65534),  # ARPHRD_NONE
    DeviceKind("tun", hardware=65534),
)


def _tunnels(rows: Mapping[str, DeviceKind]) -> Iterator[DeviceKind]:
    """Yield the kinds of tunnels, with their roles."""
    for tunnel in TUNNELS:
        for kind in (*tunnel.devices, *tunnel.devices_ipv6):
            yield replace(rows.get(kind, DeviceKind(kind)), role=Role.VTEP if tunnel.frames else Role.TUNNEL)


_ROWS: Final = {each.kind: each for each in _KINDS}
DEVICE_KINDS: Final[Mapping[str, DeviceKind]] = _ROWS | {each.kind: each for each in _tunnels(_ROWS)}
FALLBACKS: Final = frozenset(each.fallback for each in _KINDS if each.fallback)

UPLINK: Final = (  # the kernel's own names, systemd.net-naming-scheme(7), biosdevname(1)
    r"(?:eth\d+|en[opsxP][0-9a-zA-Z]+|em\d+|p\d+p\d+|bond\d+|team\d+|wl[opx][0-9a-z]+|wlan\d+|ib\d+)"
)
GENERIC_NAMES: Final = (
    InterfaceName(r"any", Role.ANY),  # libpcap's device for all interfaces
    InterfaceName(r"lo\d*", Role.LO),
    InterfaceName(r"net\d+", Role.POD),  # Multus: a further network of a pod
    InterfaceName(UPLINK, Role.UPLINK),
    InterfaceName(rf"{UPLINK}\.\d+|vlan[.\d]+", Role.VLAN, "vlan"),  # ip-link(8), ifupdown, Netplan
    InterfaceName(r"mac(?:vlan|vtap|v)[-.\d]*", Role.MACVLAN),
    InterfaceName(r"ipv(?:lan|tap|l)[-.\d]*", Role.IPVLAN),
    InterfaceName(r"veth(?P<unique>[0-9a-zA-Z]+)", Role.VETH, "veth"),  # the CNI plug-in `bridge`, Docker
    InterfaceName(r"(?:azv|gke)(?P<unique>[0-9a-f]+)", Role.VETH, "veth"),  # Azure CNI, GKE
    InterfaceName(r"br-(?P<unique>[0-9a-f]+)", Role.BRIDGE, "bridge"),  # Docker: the id of a network
    InterfaceName(r"br-.+", Role.BRIDGE, "bridge"),  # Open vSwitch: br-int; libvirt, OpenStack
    InterfaceName(r"(?:docker|nerdctl|podman|cni-podman|br|lxcbr|lxdbr|virbr)\d*", Role.BRIDGE, "bridge"),
    InterfaceName(rf"br{UPLINK}", Role.BRIDGE, "openvswitch"),  # OVN-Kubernetes: the uplink's bridge, breth0
    # Addresses of services that are no way out: kube-proxy's IPVS, NodeLocal DNSCache, kube-router.
    InterfaceName(r"kube-ipvs\d+|nodelocaldns|kube-dummy-if|dummy\d+", None, "dummy"),
    InterfaceName(r"cilium_net", None, "veth"),
    InterfaceName(r"ovsbr\d*|weave", Role.BRIDGE),  # Open vSwitch, Weave Net
    InterfaceName(r"vxlan.*", Role.VTEP, "vxlan"),  # Open vSwitch: vxlan_sys_4789, lib/dpif-netlink-rtnl.c
    InterfaceName(r"genev_sys.*|geneve?\d+", Role.VTEP, "geneve"),
    InterfaceName(r"vx\d+|nvgre.*", Role.VTEP),
    InterfaceName(r"gretap\d*", Role.VTEP, "gretap"),
    InterfaceName(r"tunl\d+|ipip\d*", Role.TUNNEL, "ipip"),  # the kernel's, as the following
    InterfaceName(r"gre\d*", Role.TUNNEL, "gre"),
    InterfaceName(r"ip6gre\d*", Role.TUNNEL, "ip6gre"),
    InterfaceName(r"sit\d*", Role.TUNNEL, "sit"),
    InterfaceName(r"ip6tnl\d*", Role.TUNNEL, "ip6tnl"),
    InterfaceName(r"vti\d+", Role.TUNNEL, "vti"),
    InterfaceName(r"tun\d+", Role.TUNNEL, "tun"),  # OpenVPN and others
    InterfaceName(r"wg[-.\d]*", Role.TUNNEL, "wireguard"),  # wg-quick(8)
    InterfaceName(r"kilo\d+|tailscale\d+", Role.TUNNEL),
)
VLAN_ID: Final = r"(?:.+\.|vlan)(?P<vlan_id>\d+)"  # eth0.5, vlan5: of an interface known to be a VLAN's
