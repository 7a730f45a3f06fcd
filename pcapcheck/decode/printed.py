"""Fields that were not printed: packets made from text have bytes for them, and no values.

Takes a column of a block and the names that its interfaces lack, and gives the column without these. A name
stands for every field that begins so: `ip.flags` for `ip.flags.df`, `quoted.` for all of a packet that an
error quotes, `eth.src#1` for the outermost occurrence only.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from pcapcheck.capture.arrays import Bools
from pcapcheck.capture.block import Block

OUTERMOST: Final = "#1"
QUOTED: Final = "quoted."


def is_absent(field: str, absent: frozenset[str], *, quoted: bool = False) -> bool:
    """Whether a field is one that was not printed, in every occurrence."""
    name = f"{QUOTED}{field}" if quoted else field
    return any(name.startswith(each) for each in absent if not each.endswith(OUTERMOST))


def not_printed(block: Block, field: str, *, quoted: bool, outermost: Callable[[], Bools]) -> Bools | None:
    """Return which packets of a block lack a field, bool (n,); None where none does.

    Args:
        block: the packets.
        field: without `inner.` and the like.
        quoted: whether it is one of a quoted packet.
        outermost: tells which packets have the wanted occurrence as their outermost one.
    """
    lacks = np.array([is_absent(field, each, quoted=quoted) for each in block.absent], np.bool_)
    first = np.array([f"{field}{OUTERMOST}" in each for each in block.absent], np.bool_)
    if first.any() and not quoted:
        return lacks[block.interface] | (first[block.interface] & outermost())
    return lacks[block.interface] if lacks.any() else None
