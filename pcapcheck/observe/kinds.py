"""Kinds of packets, and the fields that show what the network does to packets of each kind."""

from typing import Final, NamedTuple

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.decode.columns import kind_of
from pcapcheck.decode.tunnels import TUNNELS
from pcapcheck.topology.topology import OwnerKind

OUTER_FIELDS: Final = ("ip.ttl", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst")
INNER_FIELDS: Final = tuple(f"inner.{name}" for name in (*OUTER_FIELDS, "ipv6.hlim"))
# The fields that distinguish a tunnel from others, by its form. In IP in IP, the outermost UDP is the flow's.
TUNNEL_FIELDS: Final = {
    each.name: tuple(field for field in (each.port, each.id) if field) for each in TUNNELS
}
LINK_FIELDS: Final = ("eth.src", "eth.dst", "vlan.id")
INNER_LINK_FIELDS: Final = ("inner.eth.src", "inner.eth.dst")
# How packets are made up, beside their fields: the form of a packet, and the layers that it consists of.
FORM: Final = "form"
STACK: Final = "stack"


class Observed(NamedTuple):
    """A field that is observed; `kind` is integer, mac, ipv4, ipv6 or text."""

    name: str
    kind: str

    @property
    def is_address(self) -> bool:
        """Whether its values are addresses, which have owners."""
        return self.kind in ("mac", "ipv4", "ipv6")


def fields_of(form: str) -> tuple[Observed, ...]:
    """Return the fields to observe in packets of a form; in plain packets, outer and inner are the same."""
    if form == "plain":
        names: tuple[str, ...] = (*LINK_FIELDS, *INNER_FIELDS)
    else:
        tunnel = TUNNEL_FIELDS.get(form, ())
        names = (*LINK_FIELDS, *OUTER_FIELDS, *tunnel, *INNER_LINK_FIELDS, *INNER_FIELDS)
    return tuple(Observed(name, kind_of(name)) for name in names)


FLOW_ENDS: Final = ("source", "destination")
KIND_COLUMNS: Final = ("who", "where", "role", "side", "form")


class PacketKind(NamedTuple):
    """A kind of packets: the traffic kind (who, where), the hop (role, side) and the form."""

    who: str
    where: str
    role: str
    side: str
    form: str

    @property
    def traffic(self) -> str:
        """The traffic kind as text."""
        return f"{self.who} {self.where}".strip()

    @property
    def hop(self) -> str:
        """The hop as text."""
        return f"{self.role} ({self.side})" if self.side else self.role


def rows_of_kinds(network: Network) -> pl.DataFrame:
    """Return the variants of flows at known points, with `side` ("" is neither end) and `node`.

    ICMP errors, ARP and packets to groups are left out: they belong to no flow.
    """
    rows = network.variants
    if rows.is_empty():
        return rows
    told = rows.filter(
        pl.col("role").is_not_null()
        & pl.col("who").is_not_null()
        & (pl.col("who") != "arp")
        & (pl.col("kind") != "icmp-error")
    )
    apart = [pl.col(f"{end}_kind").ne_missing(str(OwnerKind.GROUP)) for end in FLOW_ENDS]
    ends = network.directions.filter(*apart).select("direction", "source_node", "destination_node")
    told = told.join(ends, on="direction", how="inner", maintain_order="left").with_columns(
        network.of_point("node").alias("node")
    )
    source, destination = (pl.col("node") == pl.col(f"{end}_node") for end in FLOW_ENDS)
    guessed = (
        pl.when(source & ~destination.fill_null(value=False))
        .then(pl.lit("source"))
        .when(destination & ~source.fill_null(value=False))
        .then(pl.lit("destination"))
    )
    known = pl.col("side").replace({"via": None})
    return told.with_columns(pl.coalesce(known, guessed, pl.lit("")).alias("side"))
