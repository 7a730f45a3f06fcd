"""Packets that a hop saw and the next captured hop did not: candidates, by elements and by intervals.

Takes sightings with their direction and the rank of their hop among the captured hops of its path; a TCP
segment or a fragment is an interval of bytes, so super-packets and their segments cover each other
(CORRELATION.md, 1). `fate` says what a candidate means.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pcapcheck.capture.block import Ints

AGAIN = 200_000_000  # ns: one packet that passes a point twice does so within this time
ELEMENT = ("direction", "rank", "key", "start", "length")


def once(seen: pl.DataFrame) -> pl.DataFrame:
    """Join the passes of one packet over one point; `passes` counts them.

    A bridge shows a packet once to three times, an `any` capture twice: the same identity and IP ID at one
    hop within 0.2 s is one packet. With IP ID 0 only a change of headers tells a second pass from a second
    packet; TCP carries sequence numbers.
    """
    marked = passed(seen, ("direction", "rank"))
    first = marked.unique("packet", keep="first", maintain_order=True)
    passes = marked.group_by("packet").agg(pl.len().alias("passes"))
    return first.join(passes, on="packet", how="left").drop("packet").sort("row")


def passed(seen: pl.DataFrame, place: tuple[str, str]) -> pl.DataFrame:
    """Return the sightings with `packet`: those of one packet at one place have one number; sorted."""
    element = (*place, "key", "start", "length", "ipid")
    ordered = seen.sort(*element, "time", "row")
    same = pl.all_horizontal(pl.col(*element) == pl.col(*element).shift(1))
    tcp = pl.col("kind") == "tcp"
    known = (pl.col("ipid") != 0) | tcp | (pl.col("variant") != pl.col("variant").shift(1))
    near = pl.col("time") - pl.col("time").shift(1) < AGAIN
    again = (same & known & near).fill_null(value=False)
    return ordered.with_columns((~again).cum_sum().alias("packet"))


def surplus(seen: pl.DataFrame, ahead: int) -> Ints:
    """Return the rows that the hop `ahead` captured hops later did not see as often, int64, sorted.

    Args:
        seen: direction, rank, key, start, length, time, row; one row a packet (`once`).
        ahead: 1 for the next captured hop.
    """
    here = seen.with_columns(pl.col("rank").alias("pair"))
    there = seen.with_columns((pl.col("rank") - ahead).alias("pair")).filter(pl.col("pair") >= 0)
    last = seen.group_by("direction").agg(pl.col("ranks").first())
    here = here.join(last, on="direction").filter(pl.col("pair") + ahead < pl.col("ranks_right"))
    group = ["direction", "pair", "key", "start", "length"]
    counted = here.group_by(group).agg(pl.len().cast(pl.Int64).alias("here"))
    other = there.group_by(group).agg(pl.len().cast(pl.Int64).alias("there"))
    both = counted.join(other, on=group, how="full", coalesce=True).fill_null(0)
    unequal = both.filter(pl.col("here") != pl.col("there"))
    whole = unequal.filter((pl.col("length") == 0) & (pl.col("here") > pl.col("there")))
    rows = _latest(here, whole.with_columns((pl.col("here") - pl.col("there")).alias("short")), group)
    cut = _uncovered(unequal.filter(pl.col("length") > 0), both)
    return np.sort(np.concatenate([rows, _latest(here, cut, group)]))


def _latest(here: pl.DataFrame, groups: pl.DataFrame, group: list[str]) -> Ints:
    """Return the rows of the `short` latest packets of each group."""
    if groups.is_empty():
        return np.zeros(0, np.int64)
    rows = here.join(groups.select(*group, "short"), on=group)
    late = pl.struct("time", "row").rank("ordinal", descending=True).over(group)
    return rows.filter(late <= pl.col("short"))["row"].to_numpy().astype(np.int64)


def _uncovered(unequal: pl.DataFrame, both: pl.DataFrame) -> pl.DataFrame:
    """Return the intervals that are seen more often here than there, with `short`, how many packets too few.

    Both sides' intervals of one key are laid over each other: +1 for each here, -1 for each there.
    """
    classes = ["direction", "pair", "key"]
    suspects = unequal.select(classes).unique()
    laid = both.filter(pl.col("length") > 0).join(suspects, on=classes).sort(*classes, "start", "length")
    if laid.is_empty():
        return laid.with_columns(pl.lit(0).alias("short"))
    number = laid.select(pl.struct(classes).rle_id()).to_series().to_numpy().astype(np.int64)
    start, length = laid["start"].to_numpy(), laid["length"].to_numpy()
    first = np.flatnonzero(np.diff(number, prepend=-1))
    base = start[first][number]
    begin = ((start - base + 2**31) % 2**32) - 2**31  # sequence numbers wrap
    difference = laid["here"].to_numpy() - laid["there"].to_numpy()
    most = _most(number, begin, begin + length, difference)
    here = laid["here"].to_numpy()
    return laid.with_columns(pl.Series("short", np.minimum(np.maximum(most, 0), here))).filter(
        pl.col("short") > 0
    )


def _most(number: Ints, begin: Ints, end: Ints, difference: Ints) -> Ints:
    """Return, for each interval, the greatest surplus on any byte of it.

    Args:
        number: int64 (k,), the class of each interval; intervals of one class share bytes.
        begin: int64 (k,), its first byte.
        end: int64 (k,), the first byte behind it.
        difference: int64 (k,), how often it is seen here less there.
    """
    classes, events = np.concatenate([number, number]), np.concatenate([begin, end])
    weight = np.concatenate([difference, -difference])
    order = np.lexsort((events, classes))
    classes, events, weight = classes[order], events[order], weight[order]
    level = np.cumsum(weight)  # constant between an event and the next; 0 after the last of a class
    place = _places(classes, events)
    low = np.searchsorted(place, _places(number, begin), "right") - 1
    high = np.searchsorted(place, _places(number, end), "left")
    return _range_maximum(level, low, np.maximum(high, low + 1))


def _places(classes: Ints, events: Ints) -> NDArray[np.float64] | Ints:
    """Return one sortable number for (class, byte)."""
    return classes * np.int64(2**34) + (events + np.int64(2**33))


def _range_maximum(values: Ints, low: Ints, high: Ints) -> Ints:
    """Return max(values[low[k]:high[k]]) for each k, by doubling; ranges are not empty."""
    best = np.full(len(low), np.iinfo(np.int64).min, np.int64)
    length = high - low
    span, table = 1, values
    while True:
        wanted = (length >= span) & (length < 2 * span)
        if wanted.any():
            right = high[wanted] - span
            best[wanted] = np.maximum(table[low[wanted]], table[right])
        if not (length >= 2 * span).any():
            return best
        table = np.maximum(table[:-span], table[span:])
        span *= 2
