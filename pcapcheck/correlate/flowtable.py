"""Flows: address tuples joined across NAT and across both directions, with their ends in the topology.

A *direction* is one of the two ways of a flow: all address tuples that its packets had on the way. This takes
the tuples and their groups (`nat`) and gives a row for each direction. It knows no paths and does not judge.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.addresses import DHCP_CLIENT
from pcapcheck.correlate.nat import reverse_of
from pcapcheck.decode.stack import PORTED
from pcapcheck.documents import values
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import OwnerKind

# The end of a joined group is the address whose owner ranks first; the others stand for it by translation.
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


def owned(tuples: pl.DataFrame, owners: Owners) -> pl.DataFrame:
    """Return the tuples with kind, name, node and rank of the owner of each end: `source_kind` and so on."""
    addresses = pl.concat([tuples["source"], tuples["destination"]]).drop_nulls().unique().sort().to_list()
    known = [owners.of(address) for address in addresses]
    table = pl.DataFrame(
        {
            "address": addresses,
            "kind": [str(owner.kind) for owner in known],
            "name": [owner.name for owner in known],
            "node": [owner.node for owner in known],
            "rank": [RANK[owner.kind] for owner in known],
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
    """Return a row for each direction, in order of its number: DIRECTIONS_SCHEMA up to `flow_text`.

    Args:
        tuples: as `owned` gives them, with `direction`, `opens` (sent a SYN, an INIT or an echo request),
            `opened` (when it did last), `first` (time), packets.
    """
    ends = [_end(end) for end in END]
    frame = tuples.group_by("direction").agg(
        pl.col("kind").first().alias("l4"),
        *[column for columns in ends for column in columns],
        pl.col("opens").any(),
        pl.col("opened").max(),
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
    """Return the columns of one end: those of the tuple whose address ranks first, then is the smallest."""
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
    """Add `via`: the node whose address stood for a pod, by a NodePort, or by SNAT towards the outside."""
    outside = [str(OwnerKind.EXTERNAL), str(OwnerKind.ROUTER)]
    inbound = pl.col("source_kind").is_in(outside) & (pl.col("destination_kind") != str(OwnerKind.NODE))
    outbound = pl.col("destination_kind").is_in(outside) & (pl.col("source_kind") != str(OwnerKind.NODE))
    pods = [str(OwnerKind.POD), str(OwnerKind.POD_NETWORK)]
    within = pl.all_horizontal(pl.col(f"{end}_kind").is_in(pods) for end in END)
    asked = "destination_is_node"
    via = pl.when(inbound | within).then(asked).when(outbound).then("source_is_node")
    return frame.with_columns(via.alias("via"))


def _paired(frame: pl.DataFrame, tuples: pl.DataFrame) -> pl.DataFrame:
    """Add the direction of the answers, and which of the two directions is the client's."""
    numbered = tuples.with_columns(pl.Series("answer", reverse_of(tuples)))
    answers = numbered.select(pl.col("tuple").alias("answer"), pl.col("direction").alias("reverse"))
    reverse = numbered.join(answers, on="answer").group_by("direction").agg(pl.col("reverse").min())
    paired = frame.join(reverse, on="direction", how="left", maintain_order="left")
    other = frame.select(
        pl.col("direction").alias("reverse"),
        *(pl.col(name).alias(f"other_{name}") for name in ("opens", "opened", "first")),
    )
    asking = paired.join(other, on="reverse", how="left", maintain_order="left").with_columns(
        _asks().alias("asks")
    )
    back = asking.select(pl.col("direction").alias("reverse"), pl.col("asks").alias("other_asks"))
    asking = asking.join(back, on="reverse", how="left", maintain_order="left")
    first = pl.col("reverse").is_null() | (pl.col("direction") < pl.col("reverse"))
    client = (
        pl.when(pl.col("reverse").is_null() | (pl.col("reverse") == pl.col("direction")))
        .then(pl.lit(value=True))
        .when(first)
        .then("asks")
        .otherwise(~pl.col("other_asks"))
    )
    client = pl.when(pl.col("l4") == "dhcp").then(pl.col("source") == DHCP_CLIENT).otherwise(client)
    flow = pl.min_horizontal("direction", pl.col("reverse").fill_null(pl.col("direction")))
    named = asking.with_columns(flow.alias("flow"), client.alias("client"))
    dropped = ("asks", "other_asks", "opened", "other_opens", "other_opened", "other_first")
    return named.with_columns(_text(_clients_of_dhcp(named)).alias("flow_text")).drop(dropped)


def _asks() -> pl.Expr:
    """Return whether a direction looks like the client's; of two directions the lower number decides.

    Either end of SCTP may open an association, often from and to one port: the last to do so is the client.
    """
    both = (pl.col("l4") == "sctp") & pl.col("opens") & pl.col("other_opens")
    return (
        pl.when(pl.col("opens") != pl.col("other_opens"))
        .then("opens")
        .when(both)
        .then(pl.col("opened") >= pl.col("other_opened"))
        .when(pl.col("destination_port") != pl.col("source_port"))
        .then(pl.col("destination_port") < pl.col("source_port"))
        .otherwise(pl.col("first") <= pl.col("other_first"))
    )


def _clients_of_dhcp(frame: pl.DataFrame) -> dict[int, str]:
    """Return the MACs of clients by their number, which stands for their port (`addresses`)."""
    leases = frame.filter(pl.col("l4") == "dhcp")
    numbers = pl.concat([leases["source_port"], leases["destination_port"]]).unique().to_list()
    return {number: values.mac_text(number) for number in numbers}


def _text(clients_of_dhcp: dict[int, str]) -> pl.Expr:
    """Return a flow as reports write it, the client first; "" where there are no addresses."""
    client = pl.col("client")
    a, b = (
        pl.when(client).then(x).otherwise(y)
        for x, y in (("source", "destination"), ("destination", "source"))
    )
    ap, bp = (
        pl.when(client).then(x).otherwise(y)
        for x, y in (("source_port", "destination_port"), ("destination_port", "source_port"))
    )
    a, b = (
        pl.when(address.str.contains(":", literal=True)).then(pl.format("[{}]", address)).otherwise(address)
        for address in (a, b)
    )
    ports = pl.col("l4").is_in(PORTED)
    mac = ap.replace_strict(clients_of_dhcp, default="", return_dtype=pl.String)
    echo = pl.format("icmp/{}-{}#{}", a, b, ap)
    other = pl.format("{}/{}-{}", "l4", a, b)
    return (
        pl.when(ports)
        .then(pl.format("{}/{}:{}-{}:{}", "l4", a, ap, b, bp))
        .when(pl.col("l4") == "echo")
        .then(echo)
        .when(pl.col("l4") == "dhcp")
        .then(pl.format("dhcp/{}", mac))
        .otherwise(other)
        .fill_null("")
    )
