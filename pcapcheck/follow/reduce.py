"""The reduce stage: the sightings of all captures, followed from hop to hop in partitions of whole flows.

However large the captures are, each worker holds one partition at a time. The stage takes the sightings that
the map stage stored, and gives the network with hops, losses and passes. It knows no rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from pcapcheck.bind.place import BoundCaptures
from pcapcheck.correlate.network import Network
from pcapcheck.follow.follow import Fates, follow, located
from pcapcheck.follow.looking import windows
from pcapcheck.follow.partition import Partition, partitions
from pcapcheck.follow.pending import pending
from pcapcheck.follow.resets import resets
from pcapcheck.scale import scratch
from pcapcheck.scale.resources import Resources
from pcapcheck.scale.scratch import StoredFrame

MIN_STORED: Final = 2_000  # packets that are not worth a file


@dataclass(frozen=True, slots=True)
class PartitionTask:
    """One partition, and the folder where its packets can be stored for others."""

    partition: Partition
    number: int
    scratch: str | None


def reduce_all(bound: BoundCaptures, network: Network, using: Resources) -> Network:
    """Follow the packets of all partitions; return the network with what became of them.

    Raises:
        InputError: a flow is too large for the memory that was given, or the scratch folder is full.
    """
    seen = replace(network, windows=windows(bound.windows(network.offsets), network))
    parts = enumerate(partitions(bound, seen, using))
    tasks = (PartitionTask(partition, number, using.scratch) for number, partition in parts)
    done = list(using.executor.run(_reduce, tasks))
    if not done:
        return seen
    fates = together([of_partition for of_partition, _ in done], _others(done))
    waiting = fates.pending.sort("flow", "direction")
    broken = fates.resets.sort("flow", "time", "point")
    if len(network.capture_points) == 1:  # there is nothing to compare packets with
        return replace(seen, pending=waiting, resets=broken)
    order = ["direction", "step"]
    proof = [*order, "file", "frame"]
    return replace(
        seen,
        hops=fates.hops.sort(order),
        losses=fates.losses.sort(proof),
        passes=fates.passes.sort(proof),
        late=fates.late.sort(proof),
        damaged=fates.damaged.sort(proof),
        pending=waiting,
        resets=broken,
    )


def waiting(bound: BoundCaptures, network: Network, using: Resources) -> Network:
    """Return the network with the requests that had no answer and the resets; packets are not followed.

    Raises:
        InputError: a flow is too large for the memory that was given, or the scratch folder is full.
    """
    found = list(using.executor.run(_waiting, partitions(bound, network, using)))
    if not found:
        return network
    requests, broken = (pl.concat(frames) for frames in zip(*found, strict=True))
    return replace(
        network, pending=requests.sort("flow", "direction"), resets=broken.sort("flow", "time", "point")
    )


def _waiting(partition: Partition) -> tuple[pl.DataFrame, pl.DataFrame]:
    pieces, network = partition
    seen = located(pl.concat([scratch.load(piece) for piece in pieces]), network)
    return pending(seen, network), resets(seen, network)


def _reduce(part: PartitionTask) -> tuple[Fates, StoredFrame]:
    """Follow one partition; any process can do it. Packets that other partitions may need are stored."""
    pieces, network = part.partition
    sightings = pl.concat([scratch.load(piece) for piece in pieces])
    fates = follow(located(sightings, network), network, network.windows)
    others = scratch.store(fates.others, part.scratch, f"others-{part.number}", rows=MIN_STORED)
    return replace(fates, others=fates.others.clear()), others


def _others(done: Sequence[tuple[Fates, StoredFrame]]) -> list[pl.DataFrame]:
    """Return the packets of pairs that lost none in their partition, but some in another."""
    if len(done) == 1:
        return []
    lost = pl.concat(fates.losses.filter(pl.col("fate") == "lost").select(PAIR) for fates, _ in done).unique()
    if lost.is_empty():
        return []
    return [scratch.only(others, lost) for _, others in done]


SORT_ORDER = ("direction", "step")
PAIR = ("point", "next_point")


def together(parts: Sequence[Fates], others: Sequence[pl.DataFrame] = ()) -> Fates:
    """Return the results of all partitions as one; `others` are packets of pairs that lost some elsewhere."""
    kept = (
        (
            *(fates.hops, fates.losses, fates.passes, fates.late, fates.damaged),
            *(fates.gappy, fates.pending, fates.resets),
        )
        for fates in parts
    )
    hops, losses, passes, late, damaged, gappy, requests, broken = (
        pl.concat(frames) for frames in zip(*kept, strict=True)
    )
    losses = pl.concat([losses, *others])
    fooled = losses.filter("silent").join(gappy, on="next_point", how="semi")
    if len(fooled):
        hops = _corrected(hops, fooled)
        unknown = pl.col("silent") & pl.col("next_point").is_in(gappy["next_point"].implode())
        losses = losses.with_columns(pl.when(unknown).then(pl.lit("unknown")).otherwise("fate").alias("fate"))
    lossy = losses.filter(pl.col("fate") == "lost").select(PAIR).unique()
    losses = losses.join(lossy, on=PAIR, how="semi", maintain_order="left")
    return Fates(hops, losses, passes, late, damaged, gappy.unique(), requests, broken, losses.clear())


def _corrected(hops: pl.DataFrame, fooled: pl.DataFrame) -> pl.DataFrame:
    """Return the hops with the packets that are unknown, not lost."""
    counts = fooled.group_by("direction", pl.col("next_step").alias("step")).agg(pl.len().alias("fewer"))
    counted = hops.join(counts, on=SORT_ORDER, how="left", maintain_order="left").with_columns(
        pl.col("fewer").fill_null(0).cast(pl.Int64)
    )
    lost, unknown = pl.col("lost") - pl.col("fewer"), pl.col("unknown") + pl.col("fewer")
    return counted.with_columns(lost.alias("lost"), unknown.alias("unknown")).drop("fewer")
