"""Which fields tell what a network does to packets, and not what a flow happens to be."""

from typing import Final, NamedTuple

from pcapcheck.decode.columns import kind_of

OUTER: Final = ("ip.ttl", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst")
INNER: Final = tuple(f"inner.{name}" for name in (*OUTER, "ipv6.hlim"))
# What tells a tunnel from others, by its form; in IP in IP, the outermost UDP is the flow's.
TUNNEL: Final = {
    "vxlan": ("udp.dstport", "vxlan.vni"),
    "geneve": ("udp.dstport", "geneve.vni"),
    "gre": ("gre.key",),
    "nvgre": ("gre.key",),
    **dict.fromkeys(("wireguard", "flannel-udp", "fou", "gue"), ("udp.dstport",)),
}
LINK: Final = ("eth.src", "eth.dst", "vlan.id")
INNER_LINK: Final = ("inner.eth.src", "inner.eth.dst")


class Observed(NamedTuple):
    """A field that is looked at; `kind` is integer, mac, ipv4, ipv6 or text."""

    name: str
    kind: str

    @property
    def is_address(self) -> bool:
        """Whether its values are addresses, which have owners."""
        return self.kind in ("mac", "ipv4", "ipv6")


def fields_of(form: str) -> tuple[Observed, ...]:
    """Return the fields to look at in packets of a form; in plain ones, outer and inner are the same."""
    names = (
        (*LINK, *INNER) if form == "plain" else (*LINK, *OUTER, *TUNNEL.get(form, ()), *INNER_LINK, *INNER)
    )
    return tuple(Observed(name, kind_of(name)) for name in names)
