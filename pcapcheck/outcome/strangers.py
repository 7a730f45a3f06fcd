"""Resets of open connections that neither end sent."""

import polars as pl

from pcapcheck.correlate.network import Network

INNER_TTL = ("inner.ip.ttl", "inner.ipv6.hlim")
RESET_FLAG = "inner.tcp.flags.reset"


def foreign_resets(network: Network) -> pl.DataFrame:
    """Return the resets whose TTL is not that of their supposed sender: `RESETS_SCHEMA`, and `ttl`, `other`.

    Both are the innermost TTL: of the reset, and the nearest one of the packets that the sender sent through
    the same point. A point that saw no other packet of the sender tells nothing.
    """
    found = network.resets
    if found.is_empty() or not {*INNER_TTL} & {*network.variants.columns}:
        return found.with_columns(pl.lit(None, pl.Int64).alias("ttl"), pl.lit(None, pl.Int64).alias("other"))
    columns = [name for name in INNER_TTL if name in network.variants.columns]
    ttl = pl.coalesce(columns).cast(pl.Int64)
    seen = network.variants.filter(pl.col("kind") == "tcp").with_columns(ttl.alias("ttl"))
    sent = seen.filter(pl.col(RESET_FLAG).fill_null(0) == 0).select(
        "direction", "point", pl.col("ttl").alias("other")
    )
    named = found.join(seen.select("variant", "ttl"), on="variant", how="left")
    near = named.join(sent.unique(), on=["direction", "point"], how="inner")
    apart = (pl.col("ttl") - pl.col("other")).abs()
    nearest = near.sort(apart).unique(["direction", "point"], keep="first", maintain_order=True)
    return nearest.filter(pl.col("ttl") != pl.col("other")).sort("flow", "time", "point")
