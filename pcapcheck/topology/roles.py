"""The role of an interface, guessed from its name as CNIs and the kernel give them.

Takes a name, gives a role or None. Sources: the names that flannel, Calico, Cilium, Antrea, the AWS, Azure
and GKE plug-ins, Docker, libvirt and systemd (systemd.net-naming-scheme) create.
"""

import re
from typing import Final

from pcapcheck.topology.topology import Role

_UPLINK: Final = (
    r"(?:eth\d+|en[opsxP][0-9a-zA-Z]+|em\d+|p\d+p\d+|bond\d+|team\d+|wl[opx][0-9a-z]+|wlan\d+|ib\d+)"
)
_PATTERNS: Final[dict[Role, str]] = {
    Role.ANY: r"any",
    Role.LO: r"lo\d*",
    Role.POD: r"net\d+",  # Multus
    Role.VLAN: rf"{_UPLINK}\.\d+|vlan[.\d]+",
    Role.MACVLAN: r"mac(?:vlan|vtap|v)[-.\d]*",
    Role.IPVLAN: r"ipv(?:lan|tap|l)[-.\d]*",
    Role.VETH: (
        r"cali[0-9a-f]+|veth[0-9a-zA-Z]+|lxc_?[0-9a-f]+|lxc_health|eni[0-9a-f]{11}|azv[0-9a-f]+|gke[0-9a-f]+"
    ),
    Role.BRIDGE: (
        r"(?:cni|cbr|docker|nerdctl|podman|cni-podman|br|lxcbr|lxdbr|virbr|ovsbr)\d*|kube-bridge|weave|br-.+"
    ),
    Role.VTEP: (
        r"flannel(?:-v6)?\.\d+|vxlan(?:-v6)?\.calico|cilium_(?:vxlan|geneve)|genev_sys.*|geneve?\d+"
        r"|vxlan.*|vx\d+|nvgre.*|gretap\d*|antrea-gw\d"
    ),
    Role.TUNNEL: (
        r"tunl\d+|(?:ip6)?gre\d*|sit\d*|ip6tnl\d*|ipip\d*|tun\d+|flannel\d+|flannel-wg(?:-v6)?|wireguard\.cali"
        r"|wg-v6\.cali|wg[-.\d]*|cilium_wg\d+|cilium_ipip\d?|kilo\d+|vti\d+|tailscale\d+"
    ),
    Role.UPLINK: _UPLINK,
}
_ROLES: Final = {role: re.compile(pattern) for role, pattern in _PATTERNS.items()}
_SURE_UPLINK: Final = re.compile(r"(?!eth)" + _UPLINK)
HOST_SIDE: Final = frozenset(
    {Role.VETH, Role.BRIDGE, Role.VTEP, Role.TUNNEL, Role.VLAN, Role.MACVLAN, Role.IPVLAN}
)


def role_of(name: str) -> Role | None:
    """Return the role of an interface of this name, or None; `eth0`, which pods have too, is an uplink."""
    return next((role for role, pattern in _ROLES.items() if pattern.fullmatch(name)), None)


def is_of_a_node(name: str) -> bool:
    """Return whether an interface of this name is found on nodes and never in pods."""
    return role_of(name) in HOST_SIDE or bool(_SURE_UPLINK.fullmatch(name))
