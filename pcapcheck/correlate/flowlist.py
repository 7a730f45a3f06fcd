"""The list of flows: a row for each flow, over all layers and capture points, in order of first packets.

It takes a network and needs no sightings. The command `flows` prints it, `trace` counts its rows, and reports
show its totals.
"""

from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.decode.stack import IDENTIFIED

COUNTED: Final = (*IDENTIFIED, "fragment", "other")
END_COLUMNS: Final = ("source", "destination")
INTERFACES: Final = 1 << 16  # of one file, at most
SCHEMA: Final = {
    "flow": pl.String(),
    "traffic": pl.List(pl.String),
    "source": pl.String(),
    "destination": pl.String(),
    "outcome": pl.String(),
    "forms": pl.List(pl.String),
    "packets": pl.Int64(),
    "bytes": pl.Int64(),
    "first": pl.Int64(),
    "duration": pl.Int64(),
    "points": pl.Int64(),
    "nat": pl.String(),
    "requested_last": pl.String(),
    "answered_first": pl.String(),
    "answered_last": pl.String(),
}
PLACES: Final = {"far": "requested_last", "answer_first": "answered_first", "answer_last": "answered_last"}


def flow_list(network: Network) -> pl.DataFrame:
    """Return the flows as a frame of `SCHEMA`; times and durations in nanoseconds."""
    rows = counted(network)
    if rows.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    listed = totals(rows).join(_forms(rows), on="flow", how="left", maintain_order="left")
    listed = listed.join(_clients(network), on="flow", how="left", maintain_order="left")
    listed = listed.join(translations(network), on="flow", how="left", maintain_order="left")
    texts = pl.Series([point.text for point in network.capture_points], dtype=pl.String)
    named = [
        pl.col(name).replace_strict(pl.int_range(len(texts), eager=True), texts, default=None).alias(called)
        if len(texts)
        else pl.lit(None, pl.String).alias(called)
        for name, called in PLACES.items()
    ]
    ended = network.outcomes.select("flow", "outcome", *named)
    listed = listed.join(ended, on="flow", how="left", maintain_order="left")
    words = pl.concat_list("who", "where").list.drop_nulls()
    flows = listed.with_columns(
        pl.col("flow_text").alias("flow"),
        words.list.eval(pl.element().filter(pl.element() != "")).alias("traffic"),
        (pl.col("last") - pl.col("first")).alias("duration"),
    )
    return flows.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def counted(network: Network) -> pl.DataFrame:
    """Return the variants that make up flows."""
    if network.variants.is_empty():
        return network.variants
    return network.variants.filter(pl.col("flow").is_not_null() & pl.col("kind").is_in(COUNTED))


def totals(rows: pl.DataFrame) -> pl.DataFrame:
    """Return flow, packets, bytes, first, last, points, in order of the first packets.

    Packets and bytes are those of the capture point that saw most of the flow. An interface that is bound to
    no point counts as a point of its own.
    """
    unbound = -1 - pl.col("file") * INTERFACES - pl.col("interface").cast(pl.Int64)
    at = rows.group_by("flow", pl.coalesce("point", unbound).alias("place")).agg(
        pl.col("packets", "bytes").sum(), pl.col("first").min(), pl.col("last").max()
    )
    # Of points that saw equally many packets, the one with fewer bytes saw them outside a tunnel.
    ordered = at.sort("packets", "bytes", descending=[True, False])
    grouped = ordered.group_by("flow", maintain_order=True).agg(
        pl.col("packets", "bytes").first(),
        pl.col("first").min(),
        pl.col("last").max(),
        pl.len().alias("points"),
    )
    return grouped.sort("first", "flow")


def translations(network: Network) -> pl.DataFrame:
    """Return flow and `nat`: the addresses of the client before and after translation, as text."""
    translated = network.directions.filter("translated", "client").select(
        "direction",
        "flow",
        *(pl.col(name).alias(f"own_{name}") for end in END_COLUMNS for name in (end, f"{end}_port")),
    )
    columns = [name for end in END_COLUMNS for name in (end, f"{end}_port")]
    seen = (
        network.variants.select("direction", *columns).unique().join(translated, on="direction").sort(columns)
    )
    changes = pl.concat(
        seen.filter(pl.col(end) != pl.col(f"own_{end}")).select("flow", _change(end).alias("nat"))
        for end in END_COLUMNS
    )
    return changes.group_by("flow", maintain_order=True).agg(
        pl.col("nat").unique(maintain_order=True).str.join("; ")
    )


def _change(end: str) -> pl.Expr:
    """Return one end before and after: a source is replaced on its way out, a destination on its way in."""
    other, own = _text(end), _text(f"own_{end}")
    return pl.format("{} -> {}", own, other) if end == "source" else pl.format("{} -> {}", other, own)


def _text(end: str) -> pl.Expr:
    six = pl.when(pl.col(end).str.contains(":", literal=True)).then(pl.format("[{}]", end)).otherwise(end)
    port = f"{end}_port"
    return pl.when(pl.col(port) > 0).then(pl.format("{}:{}", six, port)).otherwise(pl.col(end))


def _clients(network: Network) -> pl.DataFrame:
    """Return what the client's direction says of each flow."""
    clients = network.directions.filter("client").unique("flow", keep="first", maintain_order=True)
    return clients.select(
        "flow",
        "flow_text",
        "who",
        "where",
        pl.col("source_name").fill_null("").alias("source"),
        pl.col("destination_name").fill_null("").alias("destination"),
    )


def _forms(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the forms in which each flow was seen, by name."""
    return (
        rows.select("flow", "form")
        .unique()
        .sort("flow", "form")
        .group_by("flow", maintain_order=True)
        .agg("form")
        .rename({"form": "forms"})
    )
