"""Packets whose headers were cut off by a short snap length (`tcpdump -s 96`).

A header that ends in the middle is worse than none: addresses without ports are another flow, a tunnel
without its content is plain UDP, a TCP header without options has another identity. So such a packet is not
half read where headers are compared or followed: it has the stack `CUT` and no fields. A packet of which only
data is missing is a packet like any other.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from pcapcheck.capture.arrays import Bools, Ints, Words32
from pcapcheck.capture.block import Block
from pcapcheck.decode.columns import Column
from pcapcheck.decode.headers import Headers
from pcapcheck.decode.layers import Layers, extent, length
from pcapcheck.decode.registry import Dissectors
from pcapcheck.decode.rows import Rows

CUT: Final = "cut-off"  # the stack of a packet whose headers were not captured completely
# Bytes of a UDP payload by which a tunnel is recognised on a port that no table names: its own header, and
# the MACs and EtherType of the frame inside.
RECOGNISED_BY: Final = 8 + 14


def cut_off(layers: Layers, table: Dissectors) -> Bools:
    """Return which packets were cut off before the end of their headers: bool (n,).

    Headers count as far as their fields reach, so with the bytes of payload that identify a datagram.
    """
    block = layers.block
    cut = np.zeros(len(block), np.bool_)
    for group in layers.groups:  # outermost first, so that the last header of a packet decides
        cut[group.packet] = group.headers.stop < _needed(group.headers, table)
    return cut & shortened(block)


def shortened(block: Block) -> Bools:
    """Return which packets were not captured completely: bool (n,)."""
    return block.captured < block.original


def doubtful(rows: Rows, short: Bools) -> Bools:
    """Return which packets of a shape may have been cut off before the end of their headers: bool (m,)."""
    last = rows.shape.headers[-1]
    near = rows.block.captured[rows.row] < last.offset + last.protocol.reach
    return near & short[rows.row]


def _needed(read: Headers, table: Dissectors) -> Ints:
    """Return the byte in `data` up to which each packet must have been captured: int64 (k,)."""
    protocol = read.protocol
    size = length(read)
    fixed = (each.offset + each.width for each in protocol.fields if isinstance(each.offset, int))
    least = max(fixed, default=0)
    if table.by_content.get(protocol.table):
        least = max(least, protocol.minimum + RECOGNISED_BY)
    carries = 0 if protocol.carries is None else 1  # the first byte of what follows, if anything follows
    return np.minimum(read.start + np.maximum(size + carries, least), extent(read))


def without_cut(read: Callable[[str], Column], cut: Bools) -> Callable[[str], Column]:
    """Return a reader of the same packets to which those that were cut off have no fields."""

    def whole(name: str) -> Column:
        found = read(name)
        absent = cut[:, None] if found.values.ndim == 2 else cut
        return replace(found, values=np.where(absent, 0, found.values), present=found.present & ~cut)

    return whole


def stacks_of(stack: Words32, stacks: list[str], cut: Bools) -> tuple[Words32, list[str]]:
    """Return the stacks where those of packets that were cut off are `CUT`."""
    return np.where(cut, np.uint32(len(stacks)), stack), [*stacks, CUT]
