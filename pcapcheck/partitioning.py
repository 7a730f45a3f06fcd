"""Partitioning: sightings of all captures, sorted into shares of the flows, each small enough to follow.

Takes what the map stage kept and gives the pieces of each partition. Where there is more than one, workers
sort some pieces at a time into files of the scratch folder.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pcapcheck import spill
from pcapcheck.captured import Kept, Piece
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.shares import NO_FLOW, Shares, shares
from pcapcheck.errors import InputError
from pcapcheck.placing import Placed
from pcapcheck.resources import Resources

Pieces = tuple[Kept, ...]
Names = Mapping[int, pl.DataFrame]  # file (position) -> what its variants are called


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pieces that are sorted in one go.

    Attributes:
        pieces: file (position) and sightings.
        names: file -> local, `to` (variant), share.
        folder: where the sorted ones go.
        number: of this batch.
    """

    pieces: tuple[tuple[int, Piece], ...]
    names: Names
    folder: str
    number: int


def partitions(placed: Placed, network: Network, using: Resources) -> Iterator[Pieces]:
    """Yield the pieces of each partition: the sightings of one share of the flows, of all captures.

    Raises:
        InputError: a flow is too large for the memory that was given, or the scratch folder is full.
    """
    kept = [(number, piece) for number, each in enumerate(placed.captured) for piece in each.sightings]
    if not kept or network.variants.is_empty():
        return
    held = 0 if using.crew.apart else placed.variants.estimated_size() + network.variants.estimated_size()
    rows = using.budget.partition(int(held))
    cut = shares(network.variants, rows)
    _check_size(cut, network, using)
    names = _by_file(placed.variants.select("file", "local", "variant").join(cut.of, on="variant"))
    if len(cut.packets) == 1 or using.scratch is None:
        yield tuple(piece.named(names[number]).drop("share") for number, piece in kept if number in names)
        return
    tasks = list(_batches(kept, names, using.scratch, rows))
    found: list[list[Kept]] = [[] for _ in cut.packets]
    for written in using.crew.run(_sorted, tasks):
        for share, path in written.items():
            found[share].append(path)
    yield from (tuple(each) for each in found if each)


def _by_file(names: pl.DataFrame) -> Names:
    """Return the rows of each file: local (number of a variant in its file), `to` (variant), what else."""
    parts = names.rename({"variant": "to"}).partition_by("file", as_dict=True, include_key=False)
    return {number: own for (number,), own in parts.items()}


def _check_size(cut: Shares, network: Network, using: Resources) -> None:
    """Refuse a flow that alone is too large, where somebody asked for a ceiling."""
    if not using.budget.given or cut.most <= using.budget.fitting:
        return
    flow = network.directions.filter(pl.col("flow") == cut.largest)["flow_text"].drop_nulls()
    called = f"the flow {flow[0]}" if cut.largest != NO_FLOW and len(flow) else "what belongs to no flow"
    what = f"{called} has {cut.most:,} sightings, which are followed together"
    fix = f"give --memory {using.budget.needed(cut.most)}, or look at less with --since, --until or --filter"
    raise InputError(f"--memory {using.budget.memory >> 20}MB", what, fix)


def _batches(kept: list[tuple[int, Piece]], names: Names, folder: str, rows: int) -> Iterator[Batch]:
    """Yield batches of pieces, of about `rows` sightings each."""
    pieces: list[tuple[int, Piece]] = []
    held = number = 0
    for at, (file, piece) in enumerate(kept):
        pieces.append((file, piece))
        held += len(piece)
        if held < rows and at + 1 < len(kept):
            continue
        named = [(file, piece) for file, piece in pieces if file in names]
        if named:
            yield Batch(tuple(named), {file: names[file] for file, _ in named}, folder, number)
        pieces, held, number = [], 0, number + 1


def _sorted(batch: Batch) -> dict[int, str]:
    """Sort the sightings of one batch into a file a share; any process can do it."""
    told = pl.concat([piece.named(batch.names[number]) for number, piece in batch.pieces])
    written = {}
    for (share,), mine in told.partition_by("share", as_dict=True, include_key=False).items():
        name = f"share-{share}-{batch.number}"
        written[share] = spill.write(mine, batch.folder, name)
    return written
