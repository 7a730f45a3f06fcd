"""Damage: packets with a wrong checksum are no evidence of what their headers say.

Takes the network after the reduce stage, gives it with variants that count sound packets only.
"""

from dataclasses import replace

import polars as pl

from pcapcheck.correlate.network import Network


def sound(network: Network) -> Network:
    """Return the network without damaged packets; variants of damaged packets only are left out."""
    if network.damaged.is_empty():
        return network
    counts = network.damaged.group_by("variant").agg(pl.len().cast(pl.Int64).alias("bad"))
    told = network.variants.join(counts, on="variant", how="left", maintain_order="left")
    left = told.with_columns((pl.col("packets") - pl.col("bad").fill_null(0)).alias("packets")).drop("bad")
    return replace(network, variants=left.filter(pl.col("packets") > 0))
