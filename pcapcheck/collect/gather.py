"""Gathering: what is kept of the blocks of one byte range.

Variants with their counts are kept, and either a sighting of every packet or the fingerprints of a few.
Blocks are taken as they come and are not held. No file is opened.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from pcapcheck.capture.arrays import Bools, Words64
from pcapcheck.capture.block import Block
from pcapcheck.collect.fingerprint import FINGERPRINTS
from pcapcheck.collect.identity import SIGHTING_SCHEMA, fingerprints, identities
from pcapcheck.collect.ipheader import known_only
from pcapcheck.collect.plan import ReadPlan
from pcapcheck.collect.variants import Variants
from pcapcheck.decode.checksum import wrong
from pcapcheck.decode.part import Part
from pcapcheck.decode.registry import Dissectors
from pcapcheck.decode.stack import TRANSPORTS, innermost


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was gathered of one byte range.

    Attributes:
        variants: see `Variants.frame`.
        sightings: variant, time, frame, identity and `wrong` (checksum.wrong) of each packet, in their order.
        keys: variant, strong, time of the packets whose keys alone are kept, in their order.
        packets: how many packets the range holds, including those outside the times of the plan.
    """

    variants: pl.DataFrame
    sightings: pl.DataFrame
    keys: pl.DataFrame
    packets: int


def gather(blocks: Iterable[Block], plan: ReadPlan, table: Dissectors) -> Gathered:
    """Return what is kept of the packets of one byte range of one capture."""
    variants = Variants(plan.names, table, partial=plan.partial)
    sightings = [pl.DataFrame(schema=_schema())]
    keys = [pl.DataFrame(schema=FINGERPRINTS)]
    packets = 0
    for block in blocks:
        packets += len(block)
        within = _within(block, plan)
        if plan.keep is None:
            sightings.append(_sightings(within, variants, plan.unknown))
        else:
            keys.append(_keys(within, variants, plan))
    return Gathered(variants.frame(), pl.concat(sightings), pl.concat(keys), packets)


def _sightings(block: Block, variants: Variants, unknown: frozenset[str]) -> pl.DataFrame:
    """Count the packets of a block; return a row for each: its variant, time, frame number and identity."""
    parts: list[Part] = []
    identified: list[pl.DataFrame] = []

    def visit(part: Part) -> None:
        parts.append(part)
        identified.append(
            identities(known_only(part.read, unknown), *_carried(part)).with_columns(wrong=wrong(block, part))
        )

    numbers = variants.number(block, visit)
    variants.counts.add(numbers, block)
    known = pl.DataFrame({"variant": numbers, "time": block.time, "frame": block.frame})
    return known.hstack(_in_order(parts, identified))


def _keys(block: Block, variants: Variants, plan: ReadPlan) -> pl.DataFrame:
    """Count the packets of a block; return the fingerprints of those that are the first of their variant."""
    numbers = variants.number(block)
    rows = variants.counts.first_rows(numbers, plan.keep or 0)
    variants.counts.add(numbers, block)
    strong = np.zeros(len(rows), np.uint64)
    first = block.take(rows)
    if len(rows):
        for part in variants.parts(first):
            strong[part.row] = fingerprints(known_only(part.read, plan.unknown), *_carried(part))
    return pl.DataFrame({"variant": numbers[rows], "strong": strong, "time": first.time}, schema=FINGERPRINTS)


def _within(block: Block, plan: ReadPlan) -> Block:
    """Return the packets of a block that lie within the times of the plan."""
    if plan.since is None and plan.until is None:
        return block
    inside = np.ones(len(block), bool)
    if plan.since is not None:
        inside &= block.time >= plan.since
    if plan.until is not None:
        inside &= block.time <= plan.until
    return block.take(np.flatnonzero(inside))


def _carried(part: Part) -> tuple[Words64, Bools]:
    """Return what the innermost IP header of each packet of a part carries, and whether it is IPv6."""
    told = [innermost(stack) for stack in part.stacks]
    codes = np.array([TRANSPORTS.index(each.transport) for each in told], np.uint64)
    six = np.array([each.version == 6 for each in told], np.bool_)
    return codes[part.stack], six[part.stack]


def _in_order(parts: list[Part], identified: list[pl.DataFrame]) -> pl.DataFrame:
    """Return the identities of all parts, in the order of the block."""
    if not parts:
        return pl.DataFrame(schema={**SIGHTING_SCHEMA, "wrong": pl.UInt8})
    rows = np.concatenate([part.row for part in parts])
    place = np.empty(len(rows), np.int64)
    place[rows] = np.arange(len(rows))
    return pl.concat(identified)[place]


def _schema() -> dict[str, type[pl.DataType]]:
    return {"variant": pl.Int64, "time": pl.Int64, "frame": pl.Int64, **SIGHTING_SCHEMA, "wrong": pl.UInt8}
