"""Flows: address tuples joined across NAT and across both directions, with the ends they have in the topology.

A *direction* is one way of a flow: all tuples that its packets had on the way. Takes the tuples and their groups (`nat`), gives a row
a direction. It does not know paths, nor what is right.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.tuples import TUPLE
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import OwnerKind

# The end points of a joined group: the address of the first kind that it has; the others beside it are translations.
RANK: Final = {
    OwnerKind.POD: 0,
    OwnerKind.POD_NETWORK: 1,
    OwnerKind.EXTERNAL: 2,
    OwnerKind.ROUTER: 2,
    OwnerKind.NODE: 3,
    OwnerKind.SERVICE: 4,
    OwnerKind.GROUP: 5,
}
END: Final = ("source", "destination")
POD_KINDS: Final = (OwnerKind.POD, OwnerKind.POD_NETWORK)


def owned(tuples: pl.DataFrame, owners: Owners) -> pl.DataFrame:
    """Return the tuples with kind, name, node and rank of the owner of each address: source_kind, source_name, …"""
    addresses = pl.concat([tuples["source"], tuples["destination"]]).drop_nulls().unique().sort().to_list()
    found = [owners.of(address) for address in addresses]
    table = pl.DataFrame(
        {
            "address": addresses,
            "kind": [str(each.kind) for each in found],
            "name": [each.name for each in found],
            "node": [each.node for each in found],
            "rank": [RANK[each.kind] for each in found],
        },
        schema={
            "address": pl.String,
            "kind": pl.String,
            "name": pl.String,
            "node": pl.String,
            "rank": pl.Int64,
        },
    )
    for end in END:
        named = table.rename({name: f"{end}_{name}" for name in ("kind", "name", "node", "rank")})
        tuples = tuples.join(named, left_on=end, right_on="address", how="left", maintain_order="left")
    return tuples


def directions(tuples: pl.DataFrame) -> pl.DataFrame:
    """Return a row a direction, in order of its number.

    Args:
        tuples: as `owned` gives them, with `direction`, `opens` (sent a SYN or an echo request), `first` (time), packets.

    The columns of the result: direction, kind, and for each end its address, port, kind, name, node; `via` (node whose address was
    translated), `service`, `translated`, `tuples` (how many), `reverse` (direction of the answers or null), `flow`, `client`.
    """
    ends = [_end(end) for end in END]
    frame = tuples.group_by("direction").agg(
        pl.col("kind").first().alias("l4"),
        *[column for columns in ends for column in columns],
        pl.col("opens").any(),
        pl.col("first").min(),
        pl.len().alias("tuples"),
        *[_other(end, kind) for end in END for kind in (OwnerKind.NODE, OwnerKind.SERVICE)],
    )
    frame = frame.sort("direction").with_columns(
        pl.coalesce("source_is_service", "destination_is_service").alias("service"),
        (pl.col("tuples") > 1).alias("translated"),
    )
    return _paired(_via(frame), tuples)


def _end(end: str) -> list[pl.Expr]:
    """Return the columns of one end: those of the tuple whose address ranks first; of equals, the smallest address."""
    by = [f"{end}_rank", end, f"{end}_port"]
    return [
        pl.col(name).sort_by(by, nulls_last=True).first()
        for name in (end, f"{end}_port", f"{end}_kind", f"{end}_name", f"{end}_node")
    ]


def _other(end: str, kind: OwnerKind) -> pl.Expr:
    """Return the name of a node or service whose address one end had in some tuple."""
    return (
        pl.col(f"{end}_name")
        .filter(pl.col(f"{end}_kind") == str(kind))
        .sort()
        .first()
        .alias(f"{end}_is_{kind}")
    )


def _via(frame: pl.DataFrame) -> pl.DataFrame:
    """Name the node whose address stood for a pod towards the outside: NodePort at the destination, SNAT at the source."""
    outside = [str(OwnerKind.EXTERNAL), str(OwnerKind.ROUTER)]
    inbound = pl.col("source_kind").is_in(outside) & (pl.col("destination_kind") != str(OwnerKind.NODE))
    outbound = pl.col("destination_kind").is_in(outside) & (pl.col("source_kind") != str(OwnerKind.NODE))
    via = pl.when(inbound).then("destination_is_node").when(outbound).then("source_is_node")
    return frame.with_columns(via.alias("via"))


def _paired(frame: pl.DataFrame, tuples: pl.DataFrame) -> pl.DataFrame:
    """Find the direction of the answers, and which of the two the client's is."""
    back = tuples.select(
        "direction",
        "kind",
        pl.col("destination").alias("source"),
        pl.col("destination_port").alias("source_port"),
        pl.col("source").alias("destination"),
        pl.col("source_port").alias("destination_port"),
    )
    reverse = (
        back.join(tuples.select(*TUPLE, pl.col("direction").alias("reverse")), on=TUPLE)
        .group_by("direction")
        .agg(pl.col("reverse").min())
    )
    paired = frame.join(reverse, on="direction", how="left", maintain_order="left")
    flow = pl.min_horizontal("direction", pl.col("reverse").fill_null(pl.col("direction")))
    other = frame.select(
        pl.col("direction").alias("reverse"),
        pl.col("opens").alias("other_opens"),
        pl.col("first").alias("other_first"),
    )
    paired = paired.join(other, on="reverse", how="left", maintain_order="left")
    low = pl.col("destination_port") < pl.col("source_port")
    client = (
        pl.when(pl.col("reverse").is_null() | (pl.col("reverse") == pl.col("direction")))
        .then(pl.lit(value=True))
        .when(pl.col("opens") != pl.col("other_opens"))
        .then("opens")
        .when(pl.col("destination_port") != pl.col("source_port"))
        .then(low)
        .when(pl.col("first") != pl.col("other_first"))
        .then(pl.col("first") < pl.col("other_first"))
        .otherwise(pl.col("direction") < pl.col("reverse"))
    )
    return paired.with_columns(flow.alias("flow"), client.alias("client")).drop("other_opens", "other_first")
