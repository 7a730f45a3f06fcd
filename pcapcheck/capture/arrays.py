"""Arrays: the types of all numpy arrays, and reading numbers at many places of a byte buffer at once."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Bools: TypeAlias = NDArray[np.bool_]
Bytes: TypeAlias = NDArray[np.uint8]
Words16: TypeAlias = NDArray[np.uint16]
Words32: TypeAlias = NDArray[np.uint32]
Words64: TypeAlias = NDArray[np.uint64]
Ints: TypeAlias = NDArray[np.int64]  # row numbers, offsets, and times in nanoseconds since 1970 UTC
Numbers: TypeAlias = NDArray[np.unsignedinteger]  # fields of any width

PLACES_AT_ONCE = 8192  # read at once: their cache lines fit the second-level cache together (8192 x 64 bytes)


def at_every_byte(data: Bytes, kind: str) -> NDArray[np.uint32]:
    """Return a view in which element i is the number that starts at data[i].

    Indexing it reads a field at any places, also unaligned ones, of all records at once.
    """
    dtype = np.dtype(kind)
    return np.ndarray((max(0, len(data) - dtype.itemsize + 1),), dtype, data, strides=(1,))


def gather(data: Bytes, at: Ints, count: int, order: str) -> NDArray[np.uint32]:
    """Return the `count` numbers of four bytes that stand at each place; int64 (n,) -> uint32 (n, count).

    Indexing an unaligned view waits for one cache line at a time, `take` for ten at once. `take` is therefore
    called first, only to bring the lines into the cache; this halves the time where records are far apart.
    """
    kind = f"V{4 * count}"
    view, numbers = at_every_byte(data, kind), np.empty(len(at), kind)
    head, tail = data[: len(view)], data[len(data) - len(view) :]
    for start in range(0, len(at), PLACES_AT_ONCE):
        some = at[start : start + PLACES_AT_ONCE]
        head.take(some)
        tail.take(some)
        numbers[start : start + PLACES_AT_ONCE] = view[some]
    return numbers.view(order + "u4").reshape(-1, count)
