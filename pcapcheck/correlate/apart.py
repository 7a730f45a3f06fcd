"""What was gathered of several captures in one go, told apart again: as if each had been read alone.

It knows captures by the interfaces that they have in common numbers.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pcapcheck.capture.block import Ints
from pcapcheck.correlate.gather import Gathered


def apart(found: Gathered, first: Ints, packets: Sequence[int]) -> list[Gathered]:
    """Return what was found of each capture, with its own numbers of variants and interfaces.

    Args:
        found: of all captures, whose packets were gathered one capture after the other.
        first: int64 (n,), the number of the first interface of each capture; ascending.
        packets: how many each holds.
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
    """Return where the rows of each capture begin, and behind the last one their end: (captures + 1,)."""
    return np.searchsorted(of, np.arange(captures + 1))


def _slices(frame: pl.DataFrame, bounds: Ints) -> list[pl.DataFrame]:
    return [frame[begin:end] for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]
