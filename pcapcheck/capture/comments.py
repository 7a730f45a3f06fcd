"""Comments on packets of a pcapng: few packets have any, so that they are looked for in all packets at once.

Source: draft-ietf-opsawg-pcapng, 3.5 and 4.3.
"""

import numpy as np

from pcapcheck.capture.block import Bytes, Ints
from pcapcheck.capture.gather import at_every_byte
from pcapcheck.capture.options import COMMENT, read_options, text

OPTIONS = 64  # of a packet that are looked at


def find_comments(data: Bytes, at: Ints, stop: Ints, order: str, *, most: int) -> dict[int, tuple[str, ...]]:
    """Return the comments of the first `most` packets that have any, by row.

    Args:
        data: the bytes.
        at: int64 (n,), where each packet's options start.
        stop: int64 (n,), where they end at the latest.
        order: "<" or ">".
        most: packets that are returned.
    """
    rows = _commented(data, at, stop, order)[:most].tolist()
    found = {row: read_options(data[at[row] : stop[row]].tobytes(), order) for row in rows}
    return {
        row: tuple(text(value) for code, value in options if code == COMMENT)
        for row, options in found.items()
    }


def _commented(data: Bytes, at: Ints, stop: Ints, order: str) -> Ints:
    """Return the rows with a comment: go from option to option, in all packets in step."""
    numbers = at_every_byte(data, order + "u2")
    row, commented = np.flatnonzero(at + 4 <= stop), [np.empty(0, np.int64)]
    at, stop = at[row], stop[row]
    for _ in range(OPTIONS if len(row) else 0):
        code, length = numbers[at], numbers[at + 2].astype(np.int64)
        commented.append(row[(code == COMMENT) & (at + 4 + length <= stop)])
        at = at + 4 + (length + 3 & ~3)
        more = (code != 0) & (at + 4 <= stop)
        row, at, stop = row[more], at[more], stop[more]
        if len(row) == 0:
            break
    return np.unique(np.concatenate(commented))
