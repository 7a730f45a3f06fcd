"""Which of many networks holds an address: longest prefix first, in one bisection.

Takes (network, value) pairs of both families; the value of the longest network that holds an address is found
in logarithmic time. Of equal networks the first given counts.
"""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Generic, TypeVar

from pcapcheck import values

T = TypeVar("T")


class Networks(Generic[T]):
    """Networks with a value each: they nest or are disjoint, so they cut the space into runs of one value."""

    def __init__(self, networks: Iterable[tuple[str, T]]) -> None:
        spans: dict[int, dict[tuple[int, int], T]] = {32: {}, 128: {}}
        for text, value in networks:
            low, high, bits = values.cidr(text)
            spans[bits].setdefault((low, high), value)
        self._runs = {4: _runs(spans[32]), 6: _runs(spans[128])}

    def find(self, version: int, number: int) -> T | None:
        """Return the value of the longest network that holds the address, or None."""
        starts, found = self._runs[version]
        return found[bisect_right(starts, number)]


def _runs(spans: dict[tuple[int, int], T]) -> tuple[list[int], list[T | None]]:
    """Return where each run starts, and the value before the first start and from each start on."""
    starts: list[int] = []
    found: list[T | None] = [None]
    around: list[tuple[int, T]] = []  # (last address, value) of the networks that are open, outermost first

    def close(limit: int) -> None:
        while around and around[-1][0] < limit:
            last, _ = around.pop()
            _begin(starts, found, last + 1, around[-1][1] if around else None)

    for (low, high), value in sorted(spans.items(), key=lambda item: (item[0][0], -item[0][1])):
        close(low)
        _begin(starts, found, low, value)
        around.append((high, value))
    close(1 << 129)
    return starts, found


def _begin(starts: list[int], found: list[T | None], start: int, value: T | None) -> None:
    if starts and starts[-1] == start:
        found[-1] = value
    else:
        starts.append(start)
        found.append(value)
