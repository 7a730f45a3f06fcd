"""Batches: several small captures read as one block, so that each costs little more than its packets.

This takes captures and gives their packets one after the other. It does not know what the bytes mean.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np
import polars as pl

from pcapcheck.capture.arrays import Bytes, Ints
from pcapcheck.capture.block import Block
from pcapcheck.capture.source import Capture
from pcapcheck.collect.gather import Gathered

MAX_BATCHED_SIZE: Final = 2 << 20  # bytes of a capture: decoding a larger one costs more than starting to
MAX_BATCH_BYTES: Final = 16 << 20  # of all captures of a batch: compressed ones have more than their files
MAX_BATCH: Final = 64  # captures; see MAX_BATCHED_INTERFACES
MAX_BATCHED_INTERFACES: Final = 1000  # of each: MAX_BATCH times as many fit in the 16 bits of their number


def whole(capture: Capture, room: int = MAX_BATCH_BYTES) -> list[Block] | None:
    """Return all blocks of a capture; None where it is too large to be read with others.

    Args:
        capture: a capture that can be opened again.
        room: bytes that are left in the batch.

    Raises:
        InputError: the capture cannot be read.
    """
    blocks: list[Block] = []
    size = 0
    for block in capture.blocks():
        size += bytes_of(block)
        blocks.append(block)
        if size > min(MAX_BATCHED_SIZE, room) or len(block.linktype) > MAX_BATCHED_INTERFACES:
            return None
    return blocks


def join(captures: Sequence[Sequence[Block]]) -> tuple[Block, Ints]:
    """Return the packets of some captures as one block, in their order.

    Args:
        captures: the blocks of each, MAX_CAPTURES at most; see `whole`.

    Returns:
        The block, and int64 (captures,), the number in it of the first interface of each capture.
    """
    linktypes = [blocks[-1].linktype if blocks else () for blocks in captures]
    first = list(accumulate(map(len, linktypes), initial=0))
    parts = [(block, base) for blocks, base in zip(captures, first, strict=False) for block in blocks]
    pieces = [_bytes(block) for block, _ in parts]
    places = accumulate(map(len, pieces), initial=0)
    none = np.zeros(0, np.int64)
    joined = Block(
        data=np.concatenate([np.zeros(0, np.uint8), *pieces]),
        offset=np.concatenate(
            [none, *(each.offset - _begin(each) + at for (each, _), at in zip(parts, places, strict=False))]
        ),
        captured=np.concatenate([none, *(each.captured for each, _ in parts)]),
        original=np.concatenate([none, *(each.original for each, _ in parts)]),
        time=np.concatenate([none, *(each.time for each, _ in parts)]),
        interface=np.concatenate(
            [none.astype(np.uint16), *(each.interface + np.uint16(base) for each, base in parts)]
        ),
        linktype=tuple(number for each in linktypes for number in each),
        frame=np.concatenate([none, *(each.frame for each, _ in parts)]),
        absent=_absent_of(captures),
    )
    return joined, np.array(first[:-1], np.int64)


def _absent_of(captures: Sequence[Sequence[Block]]) -> tuple[frozenset[str], ...]:
    """Return what was not printed, by interface of the joined block; empty where nothing was printed."""
    if not any(blocks[-1].absent for blocks in captures if blocks):
        return ()
    told = [blocks[-1].absent or (frozenset(),) * len(blocks[-1].linktype) for blocks in captures if blocks]
    return tuple(name for each in told for name in each)


def bytes_of(block: Block) -> int:
    """Return how many bytes of its data a block needs."""
    return len(_bytes(block))


def _begin(block: Block) -> int:
    return int(block.offset.min(initial=len(block.data)))


def _bytes(block: Block) -> Bytes:
    """Return the bytes of a block from its first packet to the end of its last one."""
    return block.data[_begin(block) : int((block.offset + block.captured).max(initial=0))]


def split(found: Gathered, first: Ints, packets: Sequence[int]) -> list[Gathered]:
    """Return what was gathered of each capture, with its own numbers of variants and interfaces.

    Args:
        found: what was gathered of all captures, whose packets came one capture after the other.
        first: int64 (n,), the number of the first interface of each capture; ascending.
        packets: how many packets each capture holds.
    """
    interface = found.variants["interface"].to_numpy()
    of = np.searchsorted(first, interface, "right") - 1
    order = np.lexsort((found.variants["frame1"].to_numpy(), of))
    own = _bounds(of[order], len(first))
    local = np.empty(len(order), np.int64)
    local[order] = np.arange(len(order)) - own[of[order]]
    variants = found.variants.with_columns(
        variant=local, interface=(interface - first[of]).astype(np.uint16)
    )[order]
    parts = [_slices(variants, own)]
    for frame in (found.sightings, found.keys):
        number = frame["variant"].to_numpy()
        parts.append(_slices(frame.with_columns(variant=local[number]), _bounds(of[number], len(first))))
    return [Gathered(*each) for each in zip(*parts, packets, strict=True)]


def _bounds(of: Ints, captures: int) -> Ints:
    """Return where the rows of each capture begin, and where the last one's end: (captures + 1,)."""
    return np.searchsorted(of, np.arange(captures + 1))


def _slices(frame: pl.DataFrame, bounds: Ints) -> list[pl.DataFrame]:
    return [frame[begin:end] for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]
