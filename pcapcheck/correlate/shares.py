"""Shares: flows cut into partitions of bounded size, each of which can be followed by itself.

What is compared with each other stays together: the packets of a flow, and fragments, which have no
ports, with all flows between their addresses. It takes variants with their flows, and knows no sightings.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pcapcheck.capture.block import Ints
from pcapcheck.correlate.nat import groups

NO_FLOW = -1
ENDS = ("source", "destination")


@dataclass(frozen=True, slots=True)
class Shares:
    """Which partition each variant is in.

    Attributes:
        of: variant, share (counted from 0).
        packets: int64 (k,), of each share.
        largest: a flow of the largest unit that cannot be cut, or `NO_FLOW`.
        most: its packets.
    """

    of: pl.DataFrame
    packets: Ints
    largest: int
    most: int


def shares(variants: pl.DataFrame, rows: int) -> Shares:
    """Cut the flows into partitions of at most `rows` packets; a larger flow has one of its own."""
    told = variants.select("variant", pl.col("flow").fill_null(NO_FLOW), "packets", "kind", *ENDS)
    flows = told.group_by("flow").agg(pl.col("packets").sum()).sort("flow")
    tied = _tied(told)
    unit = pl.col("flow").replace_strict(tied, default=pl.col("flow"), return_dtype=pl.Int64)
    flows = flows.with_columns(unit.alias("unit") if tied else pl.col("flow").alias("unit"))
    units = flows.group_by("unit").agg(pl.col("packets").sum()).sort("unit")
    number = _next_fit(units["packets"].to_list(), rows)
    units = units.with_columns(pl.Series("share", number, pl.Int64))
    of = told.select("variant", "flow").join(flows.select("flow", "unit"), on="flow", how="left")
    of = of.join(units.select("unit", "share"), on="unit", how="left").select("variant", "share")
    packets = np.bincount(number, weights=units["packets"].to_numpy()).astype(np.int64)
    largest = units.sort("packets", descending=True).row(0, named=True)
    return Shares(of, packets, largest["unit"], largest["packets"])


def _tied(told: pl.DataFrame) -> dict[int, int]:
    """Return flow -> the first flow that must stay with it, where there are fragments."""
    pieces = told.filter(pl.col("kind") == "fragment").select(ENDS).unique()
    if pieces.is_empty():
        return {}
    near = told.join(pieces, on=ENDS, how="semi").select(*ENDS, "flow").unique()
    first = near.group_by(ENDS).agg(pl.col("flow").min().alias("first"))
    return groups(near.join(first, on=ENDS).select("flow", "first").iter_rows())


def _next_fit(packets: Iterable[int], rows: int) -> list[int]:
    """Return the share of each unit, in their order."""
    found, share, held = [], 0, 0
    for count in packets:
        if held and held + count > rows:
            share, held = share + 1, 0
        held += count
        found.append(share)
    return found
