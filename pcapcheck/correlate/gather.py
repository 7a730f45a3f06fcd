"""Blocks -> what outlives them: variants with their counts, and sightings to compare between points.

It takes blocks as they come and forgets them; it opens nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pcapcheck.capture.block import Block, Ints
from pcapcheck.correlate.checksum import wrong
from pcapcheck.correlate.identity import SCHEMA, identities
from pcapcheck.correlate.innermost import TRANSPORTS, innermost
from pcapcheck.correlate.variants import Part, Variants
from pcapcheck.decode.registry import Dissectors


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look at.

    Attributes:
        names: fields of variants, by Wireshark's names.
        table: how to decode.
        keep: how many packets of each variant are kept as sightings, for correlation; None is all.
        since, until: int nanoseconds since 1970 UTC: packets outside are left out; None is no bound.
    """

    names: tuple[str, ...]
    table: Dissectors
    keep: int | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered of one byte range.

    Attributes:
        variants: see `Variants.frame`.
        sightings: variant, time, frame, identity and `wrong` (checksum.wrong) of each packet that is kept, in
            their order.
        packets: how many packets the range holds, those outside the times included.
    """

    variants: pl.DataFrame
    sightings: pl.DataFrame
    packets: int


def gather(blocks: Iterable[Block], wanted: Wanted) -> Gathered:
    """Look at all packets of one byte range of one capture."""
    variants = Variants(wanted.names, wanted.table)
    seen = [pl.DataFrame(schema=_schema())]
    packets = 0
    for block in blocks:
        packets += len(block)
        within = _within(block, wanted)
        parts: list[Part] = []
        identified: list[pl.DataFrame] = []

        def visit(
            part: Part, at: Block = within, parts: list[Part] = parts, to: list[pl.DataFrame] = identified
        ) -> None:
            parts.append(part)
            to.append(_identity(part).with_columns(wrong=wrong(at, part)))

        numbers = variants.number(within, visit if wanted.keep is None else None)
        if wanted.keep is None:
            seen.append(_sightings(within, numbers, _in_order(parts, identified)))
        elif len(rows := variants.counts.first_rows(numbers, wanted.keep)):
            some = within.take(rows)
            for part in variants.parts(some):
                visit(part, some)
            seen.append(_sightings(some, numbers[rows], _in_order(parts, identified)))
        variants.counts.add(numbers, within)
    return Gathered(variants.frame(), pl.concat(seen), packets)


def _sightings(block: Block, numbers: Ints, identity: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each packet of a block: its variant, time, frame number and identity."""
    return pl.DataFrame({"variant": numbers, "time": block.time, "frame": block.frame}).hstack(identity)


def _within(block: Block, wanted: Wanted) -> Block:
    """Return the packets of a block that lie within the wanted times."""
    if wanted.since is None and wanted.until is None:
        return block
    inside = np.ones(len(block), bool)
    if wanted.since is not None:
        inside &= block.time >= wanted.since
    if wanted.until is not None:
        inside &= block.time <= wanted.until
    return block.take(np.flatnonzero(inside))


def _identity(part: Part) -> pl.DataFrame:
    """Return the identity of the packets of one part."""
    told = [innermost(stack) for stack in part.stacks]
    codes = np.array([TRANSPORTS.index(each.transport) for each in told], np.uint64)
    six = np.array([each.version == 6 for each in told], np.bool_)
    return identities(part.read, codes[part.stack], six[part.stack])


def _in_order(parts: list[Part], identified: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the identities of all parts, in the order of the block."""
    if not parts:
        return pl.DataFrame(schema={**SCHEMA, "wrong": pl.UInt8})
    rows = np.concatenate([part.row for part in parts])
    place = np.empty(len(rows), np.int64)
    place[rows] = np.arange(len(rows))
    return pl.concat(identified)[place]


def _schema() -> dict[str, type[pl.DataType]]:
    return {"variant": pl.Int64, "time": pl.Int64, "frame": pl.Int64, **SCHEMA, "wrong": pl.UInt8}
