"""Blocks -> what outlives them: variants with their counts, and sightings where packets will be compared between points.

It takes blocks as they come and forgets them; it opens nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pcapcheck.capture.block import Block, Ints
from pcapcheck.correlate.identity import SCHEMA, TRANSPORTS, identities, transport_of
from pcapcheck.correlate.variants import Split, Variants
from pcapcheck.decode.columns import column
from pcapcheck.decode.layers import Dissectors


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look at.

    Attributes:
        names: fields of variants, by Wireshark's names.
        table: how to decode.
        sightings: whether to keep packet by packet what correlation needs.
        since, until: int nanoseconds since 1970 UTC: packets outside are left out; None is no bound.
    """

    names: tuple[str, ...]
    table: Dissectors
    sightings: bool
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered of one byte range.

    Attributes:
        variants: see `Variants.frame`.
        sightings: variant, time, frame and identity of each packet; None if not wanted.
        packets: how many packets the range holds, those outside the times included.
    """

    variants: pl.DataFrame
    sightings: pl.DataFrame | None
    packets: int


def gather(blocks: Iterable[Block], wanted: Wanted) -> Gathered:
    """Look at all packets of one byte range of one capture."""
    variants = Variants(wanted.names, wanted.table)
    seen: list[pl.DataFrame] = []
    packets = 0
    for block in blocks:
        packets = block.first - 1 + len(block)
        within, frames = _within(block, wanted)
        split = variants.split(within)
        numbers = variants.add(within, frames, split)
        if wanted.sightings:
            base = pl.DataFrame({"variant": numbers, "time": within.time, "frame": frames})
            seen.append(base.hstack(_identities(split, len(within))))
    frame = pl.concat(seen) if seen else pl.DataFrame(schema=_schema())
    return Gathered(variants.frame(), frame if wanted.sightings else None, packets)


def _within(block: Block, wanted: Wanted) -> tuple[Block, Ints]:
    """Return the packets of a block that lie within the wanted times, and their frame numbers, int64 (n,)."""
    frames = block.first + np.arange(len(block))
    if wanted.since is None and wanted.until is None:
        return block, frames
    inside = np.ones(len(block), bool)
    if wanted.since is not None:
        inside &= block.time >= wanted.since
    if wanted.until is not None:
        inside &= block.time <= wanted.until
    rows = np.flatnonzero(inside)
    return block.take(rows), frames[rows]


def _identities(split: Split, n: int) -> pl.DataFrame:
    """Return the identity of each packet, in the order of the block."""
    told = [identities(rows.column, np.full(len(rows.row), _code(rows.shape.stack))) for rows in split.shaped]
    codes = np.array([_code(stack) for stack in split.layers.stacks], np.uint64)
    told.append(identities(lambda name: column(split.layers, name), codes[split.layers.stack]))
    place = np.empty(n, np.int64)
    place[np.concatenate([*(rows.row for rows in split.shaped), split.rest])] = np.arange(n)
    return pl.concat(told)[place]


def _code(stack: str) -> np.uint64:
    return np.uint64(TRANSPORTS.index(transport_of(stack)))


def _schema() -> dict[str, type[pl.DataType]]:
    return {"variant": pl.Int64, "time": pl.Int64, "frame": pl.Int64, **SCHEMA}
