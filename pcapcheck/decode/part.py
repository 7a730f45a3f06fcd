"""Some packets of a block, however they were decoded: by a shape, or by the wavefront.

Takes rows of a shape or a whole block; gives fields and stacks of these packets.
"""

from collections.abc import Callable, Sequence
from functools import partial as bind
from typing import NamedTuple

import numpy as np

from pcapcheck.capture.arrays import Ints, Words32
from pcapcheck.capture.block import Block
from pcapcheck.decode.columns import Column, column
from pcapcheck.decode.cutoff import cut_off, stacks_of, without_cut
from pcapcheck.decode.layers import find_layers
from pcapcheck.decode.registry import Dissectors
from pcapcheck.decode.rows import Rows


class Part(NamedTuple):
    """Some packets of a block."""

    row: Ints
    read: Callable[[str], Column]  # a field of these packets
    stack: Words32  # (m,), into `stacks`
    stacks: Sequence[str]


def decoded_part(block: Block, table: Dissectors, *, partial: bool = False) -> Part:
    """Return all packets of a block as one part, decoded by the wavefront.

    Args:
        block: the packets.
        table: the dissectors.
        partial: whether packets that were cut off have fields up to there; else see `cutoff`.
    """
    layers = find_layers(block, table)
    rows = np.arange(len(block))
    read = bind(column, layers)
    cut = None if partial else cut_off(layers, table)
    if cut is None or not cut.any():
        return Part(rows, read, layers.stack, layers.stacks)
    return Part(rows, without_cut(read, cut), *stacks_of(layers.stack, layers.stacks, cut))


def shaped_part(rows: Rows) -> Part:
    """Return packets of one shape as a part."""
    return Part(rows.row, rows.column, np.zeros(len(rows), np.uint32), [rows.shape.stack])
