"""Tunnels: one row for each kind, and every list of tunnel kinds in the package is derived from these rows.

A new kind is a file in `protocols/` and a row here. `tests/generate_schemas.py` then writes its name into the
schema of rule files. The table holds what is the same in every cluster; a profile says which tunnel a cluster
uses, and on which port.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

UDP_PORT: Final = "udp.dstport"
VNI: Final = "VNI"
_IP: Final = ("ip", "ipv6")


class IdPart(NamedTuple):
    """A parameter of profiles, and the bits of a tunnel's id that hold its value."""

    parameter: str
    shift: int = 0
    mask: int = 0xFFFFFFFF

    def value(self, number: int) -> int:
        """Return the parameter's value in an id."""
        return number >> self.shift & self.mask


@dataclass(frozen=True, slots=True)
class Tunnel:
    """One kind of tunnel.

    Attributes:
        name: the form of packets that travel in it, as rules and reports write it.
        layers: the layers that stand for it in a stack, its own header first. Several kinds may share one.
        after: the layer that it must follow to be this kind; "": any.
        before: the layer that must follow it to be this kind; "": any.
        carrier: its header alone shows a tunnel, even if nothing that is understood follows.
        in_udp: it runs in UDP, always or behind NAT.
        port: the field whose value tells tunnels of this kind apart by their port.
        port_parameter: the parameter of profiles that says the port.
        hashed_port: the outer source port is a hash of the inner flow.
        id: the field whose value tells tunnels of this kind apart.
        id_name: what readers call it.
        id_parts: the parameters of profiles that the id holds.
        id_optional: packets without an id are in a tunnel of their own.
        frames: nodes send Ethernet frames in it, so that what is inside has MACs.
        opaque: what is inside cannot be read.
        overhead: bytes that it adds to a packet over IPv4; None: not known. Over IPv6 it is 20 more.
        devices: what Linux calls its devices over IPv4; the first is the one that CNIs create.
        devices_ipv6: and over IPv6.
        device_words: words in the names of its devices and of profiles that use it.
        profile: the profile of a cluster with such devices whose names belong to no CNI.
        mode_parameter: the parameter of Calico's profiles that says between which nodes it is used.
        routed_networks: CNIs route whole pod networks of other nodes into its device.
    """

    name: str
    layers: tuple[str, ...]
    after: str = ""
    before: str = ""
    carrier: bool = True
    in_udp: bool = False
    port: str = ""
    port_parameter: str = ""
    hashed_port: bool = False
    id: str = ""
    id_name: str = "id"
    id_parts: tuple[IdPart, ...] = ()
    id_optional: bool = False
    frames: bool = False
    opaque: bool = False
    overhead: int | None = None
    devices: tuple[str, ...] = ()
    devices_ipv6: tuple[str, ...] = ()
    device_words: tuple[str, ...] = ()
    profile: str = ""
    mode_parameter: str = ""
    routed_networks: bool = False


TUNNELS: Final = (
    Tunnel(
        name="vxlan",  # RFC 7348
        layers=("vxlan",),
        in_udp=True,
        port=UDP_PORT,
        port_parameter="vxlan_port",
        hashed_port=True,
        id="vxlan.vni",
        id_name=VNI,
        id_parts=(IdPart("vni"), IdPart("vnis")),
        frames=True,
        overhead=50,  # Ethernet 14, IPv4 20, UDP 8, VXLAN 8
        devices=("vxlan",),
        device_words=("vxlan",),
        profile="vxlan",
        mode_parameter="vxlan_mode",
        routed_networks=True,
    ),
    Tunnel(
        name="ipip",  # RFC 2003, RFC 2473, RFC 4213: whichever versions
        layers=_IP,
        overhead=20,
        devices=("ipip", "sit"),
        devices_ipv6=("ip6tnl",),
        device_words=("ipip", "sit", "tunl"),
        mode_parameter="ipip_mode",
        routed_networks=True,
    ),
    Tunnel(
        name="gre",  # RFC 2784, RFC 2890
        layers=("gre",),
        id="gre.key",
        id_name="key",
        id_parts=(IdPart("key"),),
        id_optional=True,
        overhead=24,  # without a key
        devices=("gre",),
        devices_ipv6=("ip6gre",),
        device_words=("gre",),
        profile="gre",
    ),
    Tunnel(
        name="nvgre",  # RFC 7637
        layers=("gre",),
        before="eth",
        id="gre.key",
        id_name="key",
        id_parts=(IdPart("vsid", 8), IdPart("flow_id", 0, 0xFF)),  # RFC 7637, 3.2: both share the key
        frames=True,
        overhead=42,  # with a key
        devices=("gretap",),
        devices_ipv6=("ip6gretap",),
        device_words=("gretap",),
        profile="nvgre",
    ),
    Tunnel(
        name="geneve",  # RFC 8926
        layers=("geneve",),
        in_udp=True,
        port=UDP_PORT,
        port_parameter="geneve_port",
        hashed_port=True,
        id="geneve.vni",
        id_name=VNI,
        id_parts=(IdPart("vni"),),
        frames=True,
        overhead=50,  # without options
        devices=("geneve",),
        device_words=("genev",),  # Open vSwitch calls it genev_sys_6081
        profile="geneve",
    ),
    Tunnel(
        name="wireguard",  # wireguard.com/protocol
        layers=("wg",),
        in_udp=True,
        port=UDP_PORT,
        port_parameter="wireguard_port",
        opaque=True,
        overhead=60,  # IPv4 20, UDP 8, header 16, tag 16
        devices=("wireguard",),
        device_words=("wireguard",),
        routed_networks=True,
    ),
    Tunnel(
        name="flannel-udp",  # flannel, pkg/backend/udp: a bare IP packet, so an empty datagram shows nothing
        layers=("flannel-udp",),
        carrier=False,
        in_udp=True,
        port=UDP_PORT,
        port_parameter="udp_port",
        overhead=28,
        devices=("tun",),
        routed_networks=True,
    ),
    Tunnel(
        name="fou",  # Linux net/ipv4/fou_core.c: IP straight in UDP
        layers=_IP,
        after="udp",
        in_udp=True,
        port=UDP_PORT,
    ),
    Tunnel(
        name="gue",  # draft-ietf-intarea-gue: a control message carries no packet
        layers=("gue",),
        carrier=False,
        in_udp=True,
        port=UDP_PORT,
    ),
    Tunnel(
        name="erspan",  # draft-foschiano-erspan: its frames are mirrored from elsewhere, no node sends them
        layers=("gre",),
        before="erspan",
    ),
    Tunnel(
        name="esp",  # RFC 4303
        layers=("esp", "udpencap"),
        in_udp=True,  # RFC 3948: behind NAT, and always on port 4500
        opaque=True,
        devices=("vti",),
        devices_ipv6=("vti6",),
    ),
    Tunnel(
        name="ah",  # RFC 4302; rules may name it, yet a packet in AH has the form of what AH carries
        layers=(),
    ),
)
UDP_FIRST: Final = tuple(sorted(TUNNELS, key=lambda each: not each.in_udp))
# Where tunnels are nested, the one in UDP says more than the GRE around it.
ID_FIELDS: Final = tuple(dict.fromkeys(each.id for each in UDP_FIRST if each.id))
CARRIERS: Final = frozenset(each.layers[0] for each in TUNNELS if each.carrier and each.layers) - set(_IP)


def tunnel_at(previous: str, layer: str, following: str) -> Tunnel | None:
    """Return the tunnel that a layer stands for, given the layers around it; None: for none."""
    kinds = _BY_LAYER.get(layer, ())
    fitting = (each for each in kinds if each.after in ("", previous) and each.before in ("", following))
    return next(fitting, None)


def _by_layer() -> Mapping[str, Sequence[Tunnel]]:
    """Return the kinds of each layer; those that ask for neighbours come before those that take any."""
    found: dict[str, list[Tunnel]] = {}
    for each in sorted(TUNNELS, key=lambda each: not (each.after or each.before)):
        for layer in each.layers:
            found.setdefault(layer, []).append(each)
    return found


_BY_LAYER: Final = _by_layer()
