"""Address tuples of one flow, joined by what translation leaves alone: no conntrack table is needed.

Takes one row a directed tuple and the strong keys of its packets (`identity.strong`), gives the group of each tuple: tuples of one
group are one direction of one flow, before and after DNAT or SNAT. It does not know the topology beyond "this end is a pod".
"""

import polars as pl

SECONDS = 1_000_000_000
TOGETHER = 3 * SECONDS  # two sightings of one packet are not further apart, clocks aligned
CROWD = 8  # a key that more tuples share is no key


def join_tuples(tuples: pl.DataFrame, keys: pl.DataFrame) -> list[int]:
    """Return the group of each tuple: the number of its first member.

    Args:
        tuples: row k is tuple k: kind, source, source_port, destination, destination_port, source_pod, destination_pod (bool).
        keys: tuple, strong (uint64), time (int64, clocks aligned).
    """
    parent = list(range(len(tuples)))
    reverse = _reverse(tuples)
    for first, second in _pairs(tuples, keys).iter_rows():
        if reverse.get(first) != second:
            _unite(parent, first, second)
    for member in range(len(parent)):
        root = _find(parent, member)
        if member in reverse and root in reverse:
            _unite(parent, reverse[member], reverse[root])
    return [_find(parent, member) for member in range(len(parent))]


def _pairs(tuples: pl.DataFrame, keys: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of tuples that a strong key joins, first < second, sorted."""
    seen = keys.group_by("strong", "tuple").agg(pl.col("time").min())
    shared = seen.filter(pl.len().over("strong").is_between(2, CROWD))
    pairs = shared.join(shared, on="strong", suffix="_b").filter(
        (pl.col("tuple") < pl.col("tuple_b")) & ((pl.col("time") - pl.col("time_b")).abs() <= TOGETHER)
    )
    both = pairs.select("tuple", "tuple_b").unique()
    ends = tuples
    joined = both.join(ends, on="tuple").join(ends, left_on="tuple_b", right_on="tuple", suffix="_b")
    equal_end = (pl.col("source") == pl.col("source_b")) | (pl.col("destination") == pl.col("destination_b"))
    pods = pl.all_horizontal("source_pod", "destination_pod", "source_pod_b", "destination_pod_b")
    kept = joined.filter((pl.col("kind") == pl.col("kind_b")) & (equal_end | ~pods))
    return kept.select("tuple", "tuple_b").sort("tuple", "tuple_b")


def _reverse(tuples: pl.DataFrame) -> dict[int, int]:
    """Return tuple -> the tuple of the other direction, where there is one."""
    columns = ("kind", "source", "source_port", "destination", "destination_port")
    number = {row: k for k, row in enumerate(tuples.select(columns).iter_rows())}
    return {
        k: number[kind, destination, destination_port, source, source_port]
        for (kind, source, source_port, destination, destination_port), k in number.items()
        if (kind, destination, destination_port, source, source_port) in number
    }


def _find(parent: list[int], member: int) -> int:
    while parent[member] != member:
        parent[member] = parent[parent[member]]
        member = parent[member]
    return member


def _unite(parent: list[int], first: int, second: int) -> None:
    """Join two groups; the smaller number stays the root, so the result does not depend on the order."""
    low, high = sorted((_find(parent, first), _find(parent, second)))
    parent[high] = low
