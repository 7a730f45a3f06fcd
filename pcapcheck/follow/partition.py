"""Partitions: the sightings of all captures, sorted by flow into shares that fit the memory.

This takes the sightings that the map stage stored and gives the pieces of each partition. If there is more
than one partition, workers sort a few pieces at a time into files of the scratch folder.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from pcapcheck.bind.place import BoundCaptures
from pcapcheck.capture.arrays import Ints
from pcapcheck.collect.capturesummary import StoredSightings
from pcapcheck.correlate.nat import groups
from pcapcheck.correlate.network import Network
from pcapcheck.errors import InputError
from pcapcheck.scale import scratch
from pcapcheck.scale.resources import Resources
from pcapcheck.scale.scratch import StoredFrame

NO_FLOW = -1
END_POINTS = ("source", "destination")


@dataclass(frozen=True, slots=True)
class PartitionPlan:
    """Which partition each variant is in.

    Attributes:
        of: variant, share (counted from 0).
        packets: int64 (k,), how many packets each share has.
        largest: a flow of the largest unit that cannot be cut, or `NO_FLOW`.
        most: how many packets that unit has.
    """

    of: pl.DataFrame
    packets: Ints
    largest: int
    most: int


def plan_partitions(variants: pl.DataFrame, rows: int) -> PartitionPlan:
    """Cut the flows into partitions of at most `rows` packets; a larger flow has one of its own."""
    counted = variants.select("variant", pl.col("flow").fill_null(NO_FLOW), "packets", "kind", *END_POINTS)
    flows = counted.group_by("flow").agg(pl.col("packets").sum()).sort("flow")
    tied = _tied(counted)
    unit = pl.col("flow").replace_strict(tied, default=pl.col("flow"), return_dtype=pl.Int64)
    flows = flows.with_columns(unit.alias("unit") if tied else pl.col("flow").alias("unit"))
    units = flows.group_by("unit").agg(pl.col("packets").sum()).sort("unit")
    number = _next_fit(units["packets"].to_list(), rows)
    units = units.with_columns(pl.Series("share", number, pl.Int64))
    of = counted.select("variant", "flow").join(flows.select("flow", "unit"), on="flow", how="left")
    of = of.join(units.select("unit", "share"), on="unit", how="left").select("variant", "share")
    packets = np.bincount(number, weights=units["packets"].to_numpy()).astype(np.int64)
    largest = units.sort("packets", descending=True).row(0, named=True)
    return PartitionPlan(of, packets, largest["unit"], largest["packets"])


def _tied(variants: pl.DataFrame) -> dict[int, int]:
    """Return flow -> the first flow that must stay with it, where there are fragments."""
    pieces = variants.filter(pl.col("kind") == "fragment").select(END_POINTS).unique()
    if pieces.is_empty():
        return {}
    near = variants.join(pieces, on=END_POINTS, how="semi").select(*END_POINTS, "flow").unique()
    first = near.group_by(END_POINTS).agg(pl.col("flow").min().alias("first"))
    return groups(near.join(first, on=END_POINTS).select("flow", "first").iter_rows())


def _next_fit(packets: Iterable[int], rows: int) -> list[int]:
    """Return the share of each unit: the current one, or the next if it does not fit."""
    shares, share, held = [], 0, 0
    for count in packets:
        if held and held + count > rows:
            share, held = share + 1, 0
        held += count
        shares.append(share)
    return shares


Pieces = tuple[StoredFrame, ...]
ELSEWHERE: Final = -1  # the number of a variant that belongs to no partition
FOLLOWING: Final = ("variant", "direction", "step", "point", "file", "source", "destination")


class Partition(NamedTuple):
    """One share of the flows.

    Attributes:
        pieces: the sightings of all captures.
        network: what is needed to follow them: variants (FOLLOWING), directions and watched steps of these
            flows. The paths are left out, since `steps` has them as a frame.
    """

    pieces: Pieces
    network: Network


class VariantNumbers(NamedTuple):
    """The numbers of the variants of one file among those of all files.

    Attributes:
        to: int64 (n,), the number of each variant, or `ELSEWHERE`.
        share: int64 (n,), the partition of each variant.
    """

    to: Ints
    share: Ints


@dataclass(frozen=True, slots=True)
class SortTask:
    """A few pieces that are sorted together.

    Attributes:
        pieces: sightings, and the numbers of their file's variants.
        folder: where the sorted pieces are written.
        number: the number of this batch.
    """

    pieces: tuple[tuple[StoredSightings, VariantNumbers], ...]
    folder: str
    number: int


def partitions(bound: BoundCaptures, network: Network, using: Resources) -> Iterator[Partition]:
    """Yield each partition: the sightings of one share of the flows, of all captures.

    Raises:
        InputError: a flow is too large for the memory that was given, or the scratch folder is full.
    """
    if not any(capture.sightings for capture in bound.captured) or network.variants.is_empty():
        return
    held = (
        0 if using.executor.is_remote else bound.variants.estimated_size() + network.variants.estimated_size()
    )
    rows = using.budget.partition(int(held))
    cut = plan_partitions(network.variants, rows)
    _check_size(cut, network, using)
    names = _by_file(bound, cut)
    both = zip(bound.captured, names, strict=True)
    kept = [(piece, own) for capture, own in both for piece in capture.sightings]
    if len(cut.packets) == 1 or using.scratch is None:
        small = replace(network, variants=network.variants.select(FOLLOWING), paths=())
        yield Partition((_renumbered(kept).drop("share"),), small)
        return
    tasks = _batches(kept, using.scratch, rows)
    sorted_pieces: list[list[StoredFrame]] = [[] for _ in cut.packets]
    for written in using.executor.run(_sorted, tasks):
        for share, path in written.items():
            sorted_pieces[share].append(path)
    networks = _by_partition(network, cut)
    for pieces, of_share in zip(sorted_pieces, networks, strict=True):
        if pieces:
            yield Partition(tuple(pieces), of_share)


def _by_partition(network: Network, cut: PartitionPlan) -> list[Network]:
    """Return for each share the network of its flows."""
    owned = network.variants.select(FOLLOWING).join(cut.of, on="variant", maintain_order="left")
    owner = owned.select("direction", "share").drop_nulls().unique()
    variants = _by_share(owned, cut)
    directions, watched = (
        _by_share(frame.join(owner, on="direction", maintain_order="left"), cut)
        for frame in (network.directions, network.watched)
    )
    return [
        replace(
            network,
            variants=variants[share],
            directions=directions[share],
            watched=watched[share],
            paths=(),
        )
        for share in range(len(cut.packets))
    ]


def _by_share(frame: pl.DataFrame, cut: PartitionPlan) -> list[pl.DataFrame]:
    parts = frame.partition_by("share", as_dict=True, include_key=False)
    return [parts.get((share,), frame.clear().drop("share")) for share in range(len(cut.packets))]


def _by_file(bound: BoundCaptures, cut: PartitionPlan) -> list[VariantNumbers]:
    """Return the numbers of the variants of each file, and their partitions."""
    file = bound.variants["file"].to_numpy()
    first = np.append(0, np.cumsum(bound.sizes))
    place = pl.Series("place", first[file] + bound.variants["local"].to_numpy())
    placed = bound.variants.select("variant", place, "whole").filter("whole").join(cut.of, on="variant")
    to, share = np.full(first[-1], ELSEWHERE), np.zeros(first[-1], np.int64)
    to[placed["place"].to_numpy()] = placed["variant"].to_numpy()
    share[placed["place"].to_numpy()] = placed["share"].to_numpy()
    bounds = zip(first[:-1].tolist(), first[1:].tolist(), strict=True)
    return [VariantNumbers(to[begin:end], share[begin:end]) for begin, end in bounds]


def _renumbered(pieces: Sequence[tuple[StoredSightings, VariantNumbers]]) -> pl.DataFrame:
    """Return the sightings of some pieces; their variants are numbered among all files and have a `share`."""
    frames = [scratch.load(piece.kept) for piece, _ in pieces]
    before = np.repeat([piece.before for piece, _ in pieces], [len(frame) for frame in frames])
    named = [
        (names, piece.called(frame["variant"].to_numpy()))
        for frame, (piece, names) in zip(frames, pieces, strict=True)
    ]
    to = np.concatenate([names.to[numbers] for names, numbers in named])
    share = np.concatenate([names.share[numbers] for names, numbers in named])
    sightings = pl.concat(frames).with_columns(
        pl.col("frame") + pl.Series(before, dtype=pl.Int64), variant=to, share=share
    )
    return sightings.filter(to != ELSEWHERE) if (to == ELSEWHERE).any() else sightings


def _check_size(cut: PartitionPlan, network: Network, using: Resources) -> None:
    """Refuse a flow that alone is too large for the memory that the user has set."""
    if not using.budget.given or cut.most <= using.budget.fitting:
        return
    flow = network.directions.filter(pl.col("flow") == cut.largest)["flow_text"].drop_nulls()
    called = (
        f"the flow {flow[0]}"
        if cut.largest != NO_FLOW and len(flow)
        else "the packets that belong to no flow"
    )
    what = f"{called} has {cut.most:,} sightings, which are followed together"
    fix = f"give --memory {using.budget.needed(cut.most)}, or look at less with --since, --until or --filter"
    raise InputError(f"--memory {using.budget.memory >> 20}MB", what, fix)


def _batches(
    kept: Sequence[tuple[StoredSightings, VariantNumbers]], folder: str, rows: int
) -> Iterator[SortTask]:
    """Yield batches of pieces, of about `rows` sightings each."""
    pieces: list[tuple[StoredSightings, VariantNumbers]] = []
    held = number = 0
    for at, (piece, names) in enumerate(kept):
        pieces.append((piece, names))
        held += len(piece)
        if held >= rows or at + 1 == len(kept):
            yield SortTask(tuple(pieces), folder, number)
            pieces, held, number = [], 0, number + 1


def _sorted(batch: SortTask) -> dict[int, str]:
    """Sort the sightings of one batch into a file for each share; any process can do it."""
    sightings = _renumbered(batch.pieces)
    written = {}
    for (share,), mine in sightings.partition_by("share", as_dict=True, include_key=False).items():
        name = f"share-{share}-{batch.number}"
        written[share] = scratch.write(mine, batch.folder, name)
    return written
