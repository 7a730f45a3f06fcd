"""Partitioning: sightings of all captures, sorted into shares of the flows, each small enough to follow.

Takes what the map stage kept and gives the pieces of each partition. Where there is more than one, workers
sort some pieces at a time into files of the scratch folder.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from pcapcheck import spill
from pcapcheck.capture.block import Ints
from pcapcheck.captured import Piece
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.shares import NO_FLOW, Shares, shares
from pcapcheck.errors import InputError
from pcapcheck.placing import Placed
from pcapcheck.resources import Resources
from pcapcheck.spill import Kept

Pieces = tuple[Kept, ...]
ELSEWHERE: Final = -1  # what a variant is called that belongs to no partition
FOLLOWING: Final = ("variant", "direction", "step", "point", "file", "source", "destination")


class Partition(NamedTuple):
    """One share of the flows.

    Attributes:
        pieces: the sightings of all captures.
        network: what following them needs: variants (FOLLOWING), directions and watched steps of these flows.
    """

    pieces: Pieces
    network: Network


class Names(NamedTuple):
    """What the variants of one file are called.

    Attributes:
        to: int64 (n,), the number of each of its variants among those of all files, or `ELSEWHERE`.
        share: int64 (n,), the partition of each.
    """

    to: Ints
    share: Ints


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pieces that are sorted in one go.

    Attributes:
        pieces: sightings, and what their file's variants are called.
        folder: where the sorted ones go.
        number: of this batch.
    """

    pieces: tuple[tuple[Piece, Names], ...]
    folder: str
    number: int


def partitions(placed: Placed, network: Network, using: Resources) -> Iterator[Partition]:
    """Yield each partition: the sightings of one share of the flows, of all captures.

    Raises:
        InputError: a flow is too large for the memory that was given, or the scratch folder is full.
    """
    if not any(each.sightings for each in placed.captured) or network.variants.is_empty():
        return
    held = 0 if using.crew.apart else placed.variants.estimated_size() + network.variants.estimated_size()
    rows = using.budget.partition(int(held))
    cut = shares(network.variants, rows)
    _check_size(cut, network, using)
    names = _by_file(placed, cut)
    both = zip(placed.captured, names, strict=True)
    kept = [(piece, own) for each, own in both for piece in each.sightings]
    if len(cut.packets) == 1 or using.scratch is None:
        small = replace(network, variants=network.variants.select(FOLLOWING))
        yield Partition((_told(kept).drop("share"),), small)
        return
    tasks = _batches(kept, using.scratch, rows)
    found: list[list[Kept]] = [[] for _ in cut.packets]
    for written in using.crew.run(_sorted, tasks):
        for share, path in written.items():
            found[share].append(path)
    networks = _apart(network, cut)
    yield from (Partition(tuple(each), networks[share]) for share, each in enumerate(found) if each)


def _apart(network: Network, cut: Shares) -> list[Network]:
    """Return of each share what concerns its flows."""
    told = network.variants.select(FOLLOWING).join(cut.of, on="variant", maintain_order="left")
    owner = told.select("direction", "share").drop_nulls().unique()
    variants = _by_share(told, cut)
    directions, watched = (
        _by_share(frame.join(owner, on="direction", maintain_order="left"), cut)
        for frame in (network.directions, network.watched)
    )
    return [
        replace(network, variants=variants[share], directions=directions[share], watched=watched[share])
        for share in range(len(cut.packets))
    ]


def _by_share(frame: pl.DataFrame, cut: Shares) -> list[pl.DataFrame]:
    parts = frame.partition_by("share", as_dict=True, include_key=False)
    return [parts.get((share,), frame.clear().drop("share")) for share in range(len(cut.packets))]


def _by_file(placed: Placed, cut: Shares) -> list[Names]:
    """Return what the variants of each file are called, and where they belong."""
    file = placed.variants["file"].to_numpy()
    first = np.append(0, np.cumsum(np.bincount(file, minlength=len(placed.captured))))
    place = pl.Series("place", first[file] + placed.variants["local"].to_numpy())
    told = placed.variants.select("variant", place).join(cut.of, on="variant")
    to, share = np.full(len(file), ELSEWHERE), np.zeros(len(file), np.int64)
    to[told["place"].to_numpy()] = told["variant"].to_numpy()
    share[told["place"].to_numpy()] = told["share"].to_numpy()
    bounds = zip(first[:-1].tolist(), first[1:].tolist(), strict=True)
    return [Names(to[begin:end], share[begin:end]) for begin, end in bounds]


def _told(pieces: Sequence[tuple[Piece, Names]]) -> pl.DataFrame:
    """Return the sightings of some pieces with the numbers that variants have among all files, and shares."""
    frames = [spill.load(piece.kept) for piece, _ in pieces]
    before = np.repeat([piece.before for piece, _ in pieces], [len(frame) for frame in frames])
    named = [
        (names, piece.called(frame["variant"].to_numpy()))
        for frame, (piece, names) in zip(frames, pieces, strict=True)
    ]
    to = np.concatenate([names.to[each] for names, each in named])
    share = np.concatenate([names.share[each] for names, each in named])
    told = pl.concat(frames).with_columns(
        pl.col("frame") + pl.Series(before, dtype=pl.Int64), variant=to, share=share
    )
    return told.filter(to != ELSEWHERE) if (to == ELSEWHERE).any() else told


def _check_size(cut: Shares, network: Network, using: Resources) -> None:
    """Refuse a flow that alone is too large, where somebody asked for a ceiling."""
    if not using.budget.given or cut.most <= using.budget.fitting:
        return
    flow = network.directions.filter(pl.col("flow") == cut.largest)["flow_text"].drop_nulls()
    called = f"the flow {flow[0]}" if cut.largest != NO_FLOW and len(flow) else "what belongs to no flow"
    what = f"{called} has {cut.most:,} sightings, which are followed together"
    fix = f"give --memory {using.budget.needed(cut.most)}, or look at less with --since, --until or --filter"
    raise InputError(f"--memory {using.budget.memory >> 20}MB", what, fix)


def _batches(kept: Sequence[tuple[Piece, Names]], folder: str, rows: int) -> Iterator[Batch]:
    """Yield batches of pieces, of about `rows` sightings each."""
    pieces: list[tuple[Piece, Names]] = []
    held = number = 0
    for at, (piece, names) in enumerate(kept):
        pieces.append((piece, names))
        held += len(piece)
        if held >= rows or at + 1 == len(kept):
            yield Batch(tuple(pieces), folder, number)
            pieces, held, number = [], 0, number + 1


def _sorted(batch: Batch) -> dict[int, str]:
    """Sort the sightings of one batch into a file a share; any process can do it."""
    told = _told(batch.pieces)
    written = {}
    for (share,), mine in told.partition_by("share", as_dict=True, include_key=False).items():
        name = f"share-{share}-{batch.number}"
        written[share] = spill.write(mine, batch.folder, name)
    return written
