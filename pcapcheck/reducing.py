"""The reduce stage: sightings of all captures, in partitions of joined flows, followed from hop to hop.

A partition depends on no other, so correlation of any input size holds one at a time (and one a worker).
Takes what the map stage kept, gives the network with hops, losses and passes; it knows no rules.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from pcapcheck import spill, workers
from pcapcheck.correlate.assembly import some
from pcapcheck.correlate.follow import Followed, follow, located, windows
from pcapcheck.correlate.network import Network
from pcapcheck.placing import Placed

ROWS: Final = 2_000_000  # sightings of one partition, about


@dataclass(frozen=True, slots=True)
class Part:
    """One partition: its sightings in pieces, and the network that they belong to."""

    pieces: tuple["pl.DataFrame | str", ...]
    network: Network


def strong_keys(placed: Placed) -> pl.DataFrame:
    """Return strong keys of some packets of each variant: variant, strong, time; or an empty frame."""
    parts = [
        some(_numbered(placed, number, kept).filter(pl.col("strong") != 0), ["variant"]).select(
            "variant", "strong", "time"
        )
        for number, each in enumerate(placed.captured)
        for kept in each.sightings
    ]
    return pl.concat(parts) if parts else pl.DataFrame()


def reduce_all(placed: Placed, network: Network, scratch: str | None, jobs: int) -> Network:
    """Follow the packets of all partitions; return the network with what became of them."""
    seen = replace(network, windows=windows(placed.windows(network.offsets)))
    tasks = [Part(pieces, seen) for pieces in _partitions(placed, network, scratch)]
    done = list(workers.run(_reduce, tasks, jobs=jobs))
    if not done:
        return seen
    kept = ((each.hops, each.losses, each.passes, each.late, each.damaged) for each in done)
    hops, losses, passes, late, damaged = (pl.concat(frames) for frames in zip(*kept, strict=True))
    lossy = losses.filter(pl.col("fate") == "lost").select("point", "next_point").unique()
    losses = losses.join(lossy, on=["point", "next_point"], how="semi", maintain_order="left")
    order = ["direction", "step"]
    proof = [*order, "file", "frame"]
    return replace(
        seen,
        hops=hops.sort(order),
        losses=losses.sort(proof),
        passes=passes.sort(proof),
        late=late.sort(proof),
        damaged=damaged.sort(proof),
    )


def _reduce(part: Part) -> Followed:
    """Follow one partition; any process can do it."""
    sightings = pl.concat([spill.load(piece) for piece in part.pieces])
    return follow(located(sightings, part.network), part.network, part.network.windows)


def _partitions(
    placed: Placed, network: Network, scratch: str | None
) -> Iterator[tuple["pl.DataFrame | str", ...]]:
    """Yield the pieces of each partition: the sightings of one share of the flows, of all captures."""
    kept = [(number, piece) for number, each in enumerate(placed.captured) for piece in each.sightings]
    rows = sum(each.packets for each in placed.captured)
    count = -(-rows // ROWS) if kept else 0
    flows = network.variants.select("variant", (pl.col("flow").fill_null(0) % max(1, count)).alias("part"))
    pieces: list[list[pl.DataFrame | str]] = [[] for _ in range(count)]
    for place, (number, piece) in enumerate(kept):
        told = _numbered(placed, number, piece)
        if count == 1:
            pieces[0].append(told)
            continue
        shares = told.join(flows, on="variant", how="left", maintain_order="left")
        for share in range(count):
            mine = shares.filter(pl.col("part") == share).drop("part")
            pieces[share].append(spill.keep(mine, scratch, f"part-{share}-{place}", rows=0))
    yield from map(tuple, pieces)


def _numbered(placed: Placed, number: int, kept: "pl.DataFrame | str") -> pl.DataFrame:
    """Return sightings of one file, numbered by the variants of all files."""
    names = placed.variants.filter(pl.col("file") == number).select("local", pl.col("variant").alias("to"))
    told = spill.load(kept).join(
        names, left_on="variant", right_on="local", how="inner", maintain_order="left"
    )
    return told.with_columns(pl.col("to").alias("variant")).drop("to")
