"""Together: several small captures as one block, so that each costs little more than its packets do.

Takes captures, gives their packets behind one another. It does not know what the bytes mean.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import numpy as np

from pcapcheck.capture.block import Block, Bytes, Ints
from pcapcheck.capture.source import Capture

SMALL: Final = 2 << 20  # bytes of a capture that is read together with others, at most
ROOM: Final = 16 << 20  # bytes of all of them: compressed ones have more than their files
MOST: Final = 64  # captures in one block
INTERFACES: Final = 1000  # of each: MOST * INTERFACES fit the 16 bits of an interface's number


def whole(capture: Capture, room: int = ROOM) -> list[Block] | None:
    """Return all blocks of a capture; None where it is too large to be read with others.

    Args:
        capture: it can be opened again.
        room: bytes that are left.

    Raises:
        InputError: it can't be read.
    """
    blocks: list[Block] = []
    size = 0
    for block in capture.blocks():
        size += bytes_of(block)
        blocks.append(block)
        if size > min(SMALL, room) or len(block.linktype) > INTERFACES:
            return None
    return blocks


def together(captures: Sequence[Sequence[Block]]) -> tuple[Block, Ints]:
    """Return the packets of some captures as one block, in their order.

    Args:
        captures: the blocks of each, MOST at most; see `whole`.

    Returns:
        The block; and int64 (captures,), the number that the first interface of each has in it.
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
    )
    return joined, np.array(first[:-1], np.int64)


def bytes_of(block: Block) -> int:
    """Return how many bytes of its data a block needs."""
    return len(_bytes(block))


def _begin(block: Block) -> int:
    return int(block.offset.min(initial=len(block.data)))


def _bytes(block: Block) -> Bytes:
    """Return the bytes of a block from its first packet to the end of its last one."""
    return block.data[_begin(block) : int((block.offset + block.captured).max(initial=0))]
