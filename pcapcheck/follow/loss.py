"""Candidates for a loss: packets that one hop saw and a later captured hop did not.

This takes sightings with their direction and the rank of their hop among the captured hops of its path. A TCP
segment or a fragment is an interval of bytes, so that super-packets and their segments cover each other
(CORRELATION.md, 1). What a candidate means, `fate` decides.
"""

import numpy as np
import polars as pl

from pcapcheck.capture.arrays import Ints

SEQUENCE_NUMBERS = 2**32  # sequence numbers of TCP
RETRANSMISSION_NS = 200_000_000  # ns: one packet that passes a point twice does so within this time
NUMBERED = ("tcp", "sctp", "dhcp")  # kinds that number what they send
ELEMENT = ("direction", "rank", "key", "start", "length")


def once(seen: pl.DataFrame) -> pl.DataFrame:
    """Join the passes of one packet over one point; `passes` counts them, `alike` those with equal headers.

    A bridge shows one packet up to three times, an `any` capture twice, so the same identity and IP ID at one
    hop within 0.2 s are one packet. A datagram with IP ID 0 is taken for the same packet only if its headers
    have changed; TCP, SCTP and DHCP have numbers of their own instead.
    """
    marked = passed(seen, ("direction", "rank"))
    first = marked.unique("packet", keep="first", maintain_order=True)
    passes = marked.group_by("packet").agg(
        pl.len().alias("passes"), (pl.len() - pl.col("variant").n_unique() + 1).alias("alike")
    )
    return first.join(passes, on="packet", how="left").drop("packet").sort("row")


def passed(seen: pl.DataFrame, place: tuple[str, str]) -> pl.DataFrame:
    """Return the sightings, sorted, with `packet`, a number for each packet at a place."""
    element = (*place, "key", "start", "length", "ipid")
    ordered = seen.sort(*element, "time", "row")
    same = pl.all_horizontal(pl.col(*element) == pl.col(*element).shift(1))
    own = pl.col("kind").is_in(NUMBERED)
    known = (pl.col("ipid") != 0) | own | (pl.col("variant") != pl.col("variant").shift(1))
    near = pl.col("time") - pl.col("time").shift(1) < RETRANSMISSION_NS
    again = (same & known & near).fill_null(value=False)
    return ordered.with_columns((~again).cum_sum().alias("packet"))


def surplus(seen: pl.DataFrame, ahead: int) -> Ints:
    """Return the rows that the hop `ahead` captured hops later did not see as often, int64, sorted.

    Args:
        seen: direction, rank, ranks, key, start, length, time, row; one row a packet (`once`).
        ahead: 1 for the next captured hop.
    """
    counted = seen.group_by(ELEMENT).agg(pl.len().cast(pl.Int64).alias("here"), pl.col("ranks").first())
    here = counted.filter(pl.col("rank") + ahead < pl.col("ranks")).drop("ranks")
    there = counted.select(*ELEMENT, pl.col("here").alias("there")).with_columns(pl.col("rank") - ahead)
    there = there.filter(pl.col("rank") >= 0)
    both = here.join(there, on=ELEMENT, how="full", coalesce=True, nulls_equal=True)
    both = both.with_columns(pl.col("here", "there").fill_null(0))
    unequal = both.filter(pl.col("here") != pl.col("there"))
    fewer = (pl.col("here") - pl.col("there")).alias("short")
    whole = unequal.filter((pl.col("length") == 0) & (pl.col("here") > pl.col("there"))).with_columns(fewer)
    cut = _uncovered(unequal.filter(pl.col("length") > 0), both)
    return np.sort(np.concatenate([_latest(seen, whole), _latest(seen, cut)]))


def _latest(seen: pl.DataFrame, groups: pl.DataFrame) -> Ints:
    """Return the rows of the `short` latest packets of each group."""
    if groups.is_empty():
        return np.zeros(0, np.int64)
    rows = seen.join(groups.select(*ELEMENT, "short"), on=ELEMENT).sort("time", "row", descending=True)
    late = rows.filter(pl.int_range(pl.len()).over(ELEMENT) < pl.col("short"))
    return late["row"].to_numpy().astype(np.int64)


def _uncovered(unequal: pl.DataFrame, both: pl.DataFrame) -> pl.DataFrame:
    """Return the intervals that are seen more often here than there; `short` is by how many packets.

    The intervals of one key are laid over each other: +1 for each seen here, -1 for each seen there.
    """
    classes = ["direction", "rank", "key"]
    suspects = unequal.select(classes).unique()
    laid = both.filter(pl.col("length") > 0).join(suspects, on=classes).sort(*classes, "start", "length")
    if laid.is_empty():
        return laid.with_columns(pl.lit(0).alias("short"))
    number = laid.select(pl.struct(classes).rle_id()).to_series().to_numpy().astype(np.int64)
    difference = (laid["here"] - laid["there"]).to_numpy()
    most = _most(number, laid["start"].to_numpy(), laid["length"].to_numpy(), difference)
    short = np.minimum(np.maximum(most, 0), laid["here"].to_numpy())
    return laid.with_columns(pl.Series("short", short)).filter(pl.col("short") > 0)


def _most(number: Ints, start: Ints, length: Ints, difference: Ints) -> Ints:
    """Return, for each interval, the greatest surplus on any byte of it.

    Args:
        number: int64 (k,), the class of each interval; intervals of one class share bytes.
        start: int64 (k,), its first byte; sequence numbers go on from 2**32 - 1 to 0.
        length: int64 (k,), its bytes.
        difference: int64 (k,), how often it is seen here less there.
    """
    k, end = len(number), start + length
    over = np.flatnonzero(end > SEQUENCE_NUMBERS)  # intervals that wrap around are cut in two
    owner = np.concatenate([np.arange(k), over])
    begin = np.concatenate([start, np.zeros(len(over), np.int64)])
    end = np.concatenate([np.minimum(end, SEQUENCE_NUMBERS), end[over] - SEQUENCE_NUMBERS])
    first_byte = 2 * SEQUENCE_NUMBERS * number[owner]
    places, at = np.unique(np.concatenate([first_byte + begin, first_byte + end]), return_inverse=True)
    weight = np.zeros(len(places), np.int64)
    np.add.at(weight, at, np.concatenate([difference[owner], -difference[owner]]))
    level = np.cumsum(weight)  # from each place to the next
    most = np.full(k, np.iinfo(np.int64).min)
    np.maximum.at(most, owner, _range_maximum(level, at[: len(owner)], at[len(owner) :]))
    return most


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
