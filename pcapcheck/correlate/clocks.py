"""Clocks that differ between nodes: the offset of each, estimated from packets that two nodes saw.

In one direction the difference of two stamps is offset + latency, in the other offset - latency: their mean is the offset.
Nodes that share no packet with the others keep their own time.
"""

from itertools import combinations

import polars as pl

PAIRS = 200_000  # packets looked at for each pair of nodes: the median of more is no better


def offsets(keys: pl.DataFrame) -> dict[str, int]:
    """Return node -> nanoseconds that its clock is ahead of the reference, the first node by name of each connected set.

    Args:
        keys: node (str), tuple (int), strong (uint64), time (int64 ns): packets of tuples that no translation touches.
    """
    first = keys.drop_nulls("node").group_by("node", "tuple", "strong").agg(pl.col("time").min())
    nodes = sorted(first["node"].unique().to_list())
    links: dict[tuple[str, str], int] = {}
    for a, b in combinations(nodes, 2):
        ahead = _ahead(first, a, b)
        if ahead is not None:
            links[a, b] = ahead
    return _spread(nodes, links)


def _ahead(first: pl.DataFrame, a: str, b: str) -> int | None:
    """Return how far b's clock is ahead of a's, by the median of each direction; None if they share no packet."""
    shared = (
        first.filter(pl.col("node") == a)
        .head(PAIRS)
        .join(first.filter(pl.col("node") == b), on=("tuple", "strong"))
    )
    if shared.is_empty():
        return None
    by_direction = shared.group_by("tuple").agg(
        (pl.col("time_right") - pl.col("time")).median().alias("difference")
    )
    low, high = by_direction["difference"].min(), by_direction["difference"].max()
    assert isinstance(low, float) and isinstance(high, float)
    return int((low + high) / 2)


def _spread(nodes: list[str], links: dict[tuple[str, str], int]) -> dict[str, int]:
    """Walk the links from the first node of each connected set."""
    offset: dict[str, int] = {}
    for start in nodes:
        if start in offset:
            continue
        offset[start], queue = 0, [start]
        while queue:
            here = queue.pop(0)
            for (a, b), ahead in links.items():
                for near, far, step in ((a, b, ahead), (b, a, -ahead)):
                    if near == here and far not in offset:
                        offset[far] = offset[here] + step
                        queue.append(far)
    return offset
