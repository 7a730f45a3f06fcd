"""Traffic kinds and expected paths of directions.

Both follow from the client's direction, for both directions of a flow. It takes directions (`flowtable`) and
the paths of a profile, and does not know which hops were captured.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.paths import Ends, Paths, Step
from pcapcheck.correlate.traffic import OUTSIDE_OWNERS, Client, way, where, who
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import OwnerKind

OUTSIDE: Final = [str(kind) for kind in OUTSIDE_OWNERS]
CLIENT: Final = list(Client._fields)
# What the path of a direction depends on.
ROUTED_COLUMNS: Final = (
    *(f"{end}_{what}" for end in ("source", "destination") for what in ("kind", "name", "node")),
    *("flow_via", "who", "where", "client", "version"),
)


def routed(flows: pl.DataFrame, paths: Paths, owners: Owners) -> tuple[pl.DataFrame, list[tuple[Step, ...]]]:
    """Return the directions with who, where, version (of IP) and path, and the paths by number."""
    flows = _kinds(flows, owners)
    distinct = flows.select(ROUTED_COLUMNS).unique(maintain_order=True)
    numbers: dict[tuple[Step, ...], int] = {}
    column = [
        numbers.setdefault(paths.expected(_ends(row)), len(numbers)) for row in distinct.iter_rows(named=True)
    ]
    numbered = distinct.with_columns(pl.Series("path", column, pl.Int64))
    return flows.join(numbered, on=ROUTED_COLUMNS, how="left", nulls_equal=True, maintain_order="left"), list(
        numbers
    )


def _kinds(flows: pl.DataFrame, owners: Owners) -> pl.DataFrame:
    """Add the traffic kinds, which follow from the client's direction, to both directions."""
    flows = flows.with_columns((4 + 2 * pl.col("source").str.contains(":", literal=True)).alias("version"))
    clients = flows.filter(pl.col("client")).unique("flow", keep="first", maintain_order=True)
    services = flows.drop_nulls("service").unique("flow", keep="first").select("flow", named="service")
    # Only the answers may show the service's address, where the client's way was captured behind the node.
    asked = clients.join(services, on="flow", how="left", maintain_order="left")
    answers = flows.filter(~pl.col("client")).drop_nulls("source_is_service").select("flow")
    # A pod that speaks to the outside by a service's address, of its own accord, asks no service.
    asks_none = (
        pl.col("destination_kind").is_in(OUTSIDE)
        & pl.col("destination_is_service").is_null()
        & ~pl.col("flow").is_in(answers["flow"].implode())
    )
    service = pl.when(asks_none).then(None).otherwise(pl.coalesce("service", "named"))
    clients = asked.with_columns(service.alias("service")).drop("named")
    combinations = clients.select(CLIENT).unique(maintain_order=True)
    clients_seen = [Client(*row) for row in combinations.iter_rows()]
    words = combinations.with_columns(
        pl.Series("who", [who(ends) for ends in clients_seen], pl.String),
        pl.Series("where", [where(ends, owners.same_subnet) for ends in clients_seen], pl.String),
    )
    named = clients.join(words, on=CLIENT, how="left", nulls_equal=True).select(
        "flow", "who", "where", pl.col("via").alias("flow_via"), pl.col("service").alias("flow_service")
    )
    named_all = flows.join(named, on="flow", how="left", maintain_order="left")
    asks = pl.col("l4").is_in(["arp", "nd"])  # questions about addresses, and their answers, cross no path
    return named_all.with_columns(
        pl.when(asks).then(pl.lit("arp")).otherwise("who").alias("who"),
        pl.when(asks).then(pl.lit("")).otherwise("where").alias("where"),
    )


def _ends(row: dict[str, object]) -> Ends:
    def word(name: str) -> str | None:
        value = row[name]
        return value if isinstance(value, str) else None

    def pod(end: str) -> str | None:
        return word(f"{end}_name") if row[f"{end}_kind"] == OwnerKind.POD else None

    return Ends(
        pod("source"),
        word("source_node"),
        pod("destination"),
        word("destination_node"),
        word("flow_via"),
        way(str(row["who"]), str(row["destination_kind" if row["client"] else "source_kind"])),
        str(row["where"]),
        not row["client"],
        6 if row["version"] == 6 else 4,
    )
