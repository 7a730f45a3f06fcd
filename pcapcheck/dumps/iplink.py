"""One interface of a dump as an interface of the topology: its role, and the numbers that the role needs.

Takes a Link; gives an Interface, or None if a topology has no use for it: loopback, dummies, and devices
that the kernel makes unasked.
"""

from typing import Final

from pcapcheck.decode.tunnels import TUNNELS, VNI
from pcapcheck.documents import values
from pcapcheck.dumps.host import Link
from pcapcheck.topology.devices import DEVICE_KINDS, FALLBACKS
from pcapcheck.topology.interfacenames import belongs, kind_of
from pcapcheck.topology.roles import role_of
from pcapcheck.topology.topology import Interface, Role

_WITH_VNI: Final = frozenset(device for each in TUNNELS if each.id_name == VNI for device in each.devices)
_FLANNEL_UDP: Final = 8285  # flannel, pkg/backend/udp/udp_amd64.go: the default


def interface_of(
    link: Link, *, pod: str | None, masters: frozenset[str], listening: int | None = None
) -> Interface | None:
    """Return the interface of the topology that a link is.

    Args:
        link: what the dump says.
        listening: its port, if `wg` says one.
        pod: the pod to which it leads.
        masters: the bridges of the node that have ports.
    """
    role = _role(link, pod, masters)
    if role is None:
        return None
    return Interface(
        name=link.name,
        role=role,
        mac=link.mac or None,
        addresses=tuple(link.addresses),
        mtu=link.mtu or None,
        ifindex=link.index or None,
        pod=pod if role == Role.VETH else None,
        bridge=link.master or None if role in (Role.VETH, Role.VTEP) else None,
        parent=link.parent or None if role in (Role.VLAN, Role.MACVLAN, Role.IPVLAN) else None,
        parameters=_parameters(link) | ({"port": listening} if listening else {}),
    )


def _role(link: Link, pod: str | None, masters: frozenset[str]) -> Role | None:
    if link.medium == "loopback" or (link.name in FALLBACKS and not link.addresses):
        return None
    if link.kind == "veth":
        return _role_of_veth(link, pod)
    known = DEVICE_KINDS.get(_kind(link))
    role = known.role if known else None
    if role == Role.BRIDGE:
        return role if link.name in masters or belongs(link.name, "pod-bridge") else None
    if role is None and not link.kind and link.medium in ("ether", ""):
        named = role_of(link.name)
        if named is None and kind_of(link.name):  # its name tells that it is no way out
            return Role.VETH if pod else None
        return None if named == Role.BRIDGE and not link.addresses else named or Role.UPLINK
    return role


def _kind(link: Link) -> str:
    """Return the kind of a link as `ip -d` prints it.

    Without -d, the link layer tells the kind of tunnels without Ethernet.
    """
    return link.kind or (link.medium if link.medium in DEVICE_KINDS else "")


def _role_of_veth(link: Link, pod: str | None) -> Role | None:
    """Return the role of a veth: a pod's host end, or a substitute for a NIC; within one node it has none."""
    if pod:
        return Role.VETH
    named = role_of(link.name)
    if named == Role.VTEP:
        return named  # cilium_host, which leads to cilium_net
    if link.parent and not link.far:
        return None
    if named == Role.UPLINK or (link.addresses and not link.master and named != Role.VETH):
        return Role.UPLINK
    return Role.VETH


def _parameters(link: Link) -> dict[str, object]:
    kind, data = _kind(link), link.data
    role = DEVICE_KINDS[kind].role if kind in DEVICE_KINDS else None
    found: dict[str, object] = {}
    if role in (Role.VTEP, Role.TUNNEL):
        found["type"] = kind
    if kind in _WITH_VNI:
        if not data.get("external"):
            found["vni"] = data.get("id", data.get("vni"))
        found["port"] = data.get("port")
    elif kind == "tun" and belongs(link.name, "flannel-udp"):
        found["port"] = _FLANNEL_UDP  # flanneld holds the socket; no dump shows it
    elif kind == "vlan":
        found["vlan"] = data.get("id")
    elif kind.endswith("gretap") and _key(data.get("okey")):  # RFC 7637: 24 bits VSID, 8 bits FlowID
        found["vsid"], found["flow_id"] = divmod(_key(data.get("okey")), 256)
    elif "gre" in kind and _key(data.get("okey")):
        found["key"] = _key(data.get("okey"))
    return {name: value for name, value in found.items() if value is not None}


def _key(text: object) -> int:
    """Return a GRE key, which ip(8) writes as a number or like an IPv4 address."""
    try:
        return values.ipv4_number(str(text)) if "." in str(text) else values.number(str(text))
    except ValueError:
        return 0
