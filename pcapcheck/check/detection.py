"""The packets by which a profile is recognised: those of pods, and those in tunnels.

What nodes send each other on their own account says nothing about the CNI, and neither do ARP and errors.
Variants with their points, and a topology (given or inferred), become a frame for `detect`.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from pcapcheck.correlate.addresses import addressed
from pcapcheck.decode.stack import PORTED
from pcapcheck.documents.values import ipv4_text
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, OwnerKind, Topology

POD_OWNERS: Final = (OwnerKind.POD, OwnerKind.POD_NETWORK)
DATA: Final = (*PORTED, "echo", "fragment", "other")


def detection_frame(
    variants: pl.DataFrame, points: Sequence[CapturePoint | None], topology: Topology
) -> pl.DataFrame:
    """Return the packets that detection looks at, with `role`, `interface_name` and `where`.

    Args:
        variants: of all captures, with `point`.
        points: capture points.
        topology: tells who addresses belong to.
    """
    if variants.is_empty():
        return variants
    named = {number: (str(point.role), point.interface) for number, point in enumerate(points) if point}
    roles = {number: role for number, (role, _) in named.items()}
    owners = Owners(topology)
    told = addressed(variants).with_columns(
        pl.col("point").replace_strict(roles, default=None, return_dtype=pl.String).alias("role"),
        _outer(variants, "ip.src").alias("outer_from"),
        _outer(variants, "ip.dst").alias("outer_to"),
    )
    told = told.filter(pl.col("kind").is_in(DATA) & pl.col("role").is_not_null())
    ends = ["source", "destination", "outer_from", "outer_to", "form"]
    distinct = told.select(ends).unique(maintain_order=True)
    where = [_where(owners, *row) for row in distinct.iter_rows()]
    known = distinct.with_columns(pl.Series("where", where, pl.String))
    seen = told.join(known, on=ends, how="left", nulls_equal=True, maintain_order="left")
    return seen.filter(pl.col("where").is_not_null())


def _outer(variants: pl.DataFrame, name: str) -> pl.Expr:
    """Return the outermost IPv4 address of packets in tunnels as text."""
    if name not in variants.columns:
        return pl.lit(None, pl.String)
    numbers = variants.filter(pl.col("form") != "plain")[name].drop_nulls().unique().to_list()
    text = {number: ipv4_text(number) for number in numbers}
    found = pl.col(name).replace_strict(text, default=None, return_dtype=pl.String)
    return pl.when(pl.col("form") != "plain").then(found)


def _where(
    owners: Owners, source: str | None, destination: str | None, outer: str | None, far: str | None, form: str
) -> str | None:
    """Return where packets travel: same-node, cross-node or cross-subnet, "" if that is unknown.

    The result is None for packets that are neither of pods nor in a tunnel.
    """
    if source is None or destination is None:
        return None
    ends = (owners.of(source), owners.of(destination))
    if form == "plain" and not any(end.kind in POD_OWNERS for end in ends):
        return None
    a, b = (end.node for end in ends)
    if form != "plain" and (a is None or b is None) and outer and far:
        a, b = owners.of(outer).node, owners.of(far).node
    if a is None or b is None:
        return "" if form == "plain" else "cross-node"
    if a == b:
        return "same-node"
    family = 6 if ":" in source else 4
    return "cross-subnet" if owners.same_subnet(a, b, family) is False else "cross-node"
