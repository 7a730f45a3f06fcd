"""Passages from one captured hop to the next: which hops are crossed, with what loss and latency."""

from collections.abc import Iterator
from typing import Final, NamedTuple

import polars as pl

from pcapcheck.compare.difference import Latency, LatencyPair, Loss, LossChange, PathChange
from pcapcheck.compare.side import Side
from pcapcheck.observe.kinds import rows_of_kinds

MIN_LOST_PACKETS: Final = 2  # a single lost packet may be chance; findings have the same limit
MIN_LOSS_DIFFERENCE: Final = 0.01  # between two shares of lost packets: less is chance
MIN_FLOWS_FOR_MEDIAN: Final = 3  # directions of flows; a median of fewer is not meaningful
MIN_SPREADS_APART: Final = 3  # two medians differ if they lie this many interquartile ranges apart
MIN_SPREAD_US: Final = 50.0  # a scheduler delays packets by as much now and then
MIN_LATENCY_FACTOR: Final = 2.0  # a smaller change is not what a user notices
PASSAGE_COLUMNS: Final = ["who", "where", "before", "after"]


class Passage(NamedTuple):
    """A pair of hops that traffic of one kind crosses one after the other."""

    who: str
    where: str
    before: str
    after: str


def path_changes(good: Side, bad: Side) -> Iterator[PathChange]:
    """Yield the hops where traffic was seen in one set only, although both captured there."""
    places, captured = (_places(good), _places(bad)), (good.captured, bad.captured)
    both = {key[:2] for key in places[0]} & {key[:2] for key in places[1]}
    for mine, name, other in ((0, "good", 1), (1, "bad", 0)):
        for key in sorted(places[mine] - places[other]):
            if key[:2] in both and key in captured[other]:
                yield PathChange(*key, only_in=name)


def _places(side: Side) -> set[tuple[str, str, str, str]]:
    rows = rows_of_kinds(side.network)
    if rows.is_empty():
        return set()
    placed = rows.filter(pl.col("step").is_not_null())
    return set(placed.select("who", "where", "role", "side").unique().iter_rows())


def loss_changes(good: Side, bad: Side) -> Iterator[LossChange]:
    """Yield the passages that lose a larger share in one set."""
    before, after = _losses(good), _losses(bad)
    for key in sorted(before.keys() & after.keys()):
        one, other = before[key], after[key]
        if (
            abs(one.share - other.share) >= MIN_LOSS_DIFFERENCE
            and max(one.lost, other.lost) >= MIN_LOST_PACKETS
        ):
            yield LossChange(key.who, key.where, (key.before, key.after), one, other)


def _losses(side: Side) -> dict[Passage, Loss]:
    passages = side.passages()
    if passages.is_empty():
        return {}
    summed = passages.group_by(PASSAGE_COLUMNS).agg(pl.col("lost").sum(), pl.col("sent").sum())
    return {Passage(*row[:4]): Loss(row[4], row[5]) for row in summed.iter_rows()}


def latency_pairs(good: Side, bad: Side) -> Iterator[LatencyPair]:
    """Yield the latencies of all passages that both sets have."""
    before, after = _latencies(good), _latencies(bad)
    for key in sorted(before.keys() & after.keys()):
        one, other = before[key], after[key]
        changed = _is_changed(one, other)
        yield LatencyPair(key.who, key.where, (key.before, key.after), one, other, changed=changed)


def _latencies(side: Side) -> dict[Passage, Latency]:
    passages = side.passages()
    if passages.is_empty():
        return {}
    time = pl.col("latency") / 1000
    quarters = [time.quantile(each, "linear").round(3).alias(f"{each}") for each in (0.5, 0.25, 0.75)]
    found = _both_ways(passages.drop_nulls("latency")).group_by(PASSAGE_COLUMNS).agg(*quarters, pl.len())
    return {Passage(*row[:4]): Latency(*row[4:]) for row in found.iter_rows()}


def _both_ways(passages: pl.DataFrame) -> pl.DataFrame:
    """Return the latencies with those between two nodes averaged over both ways of a flow.

    The difference between the clocks of two nodes cancels out that way. A flow that has packets in one
    direction only is left out.
    """
    here = passages.filter(~pl.col("between")).select(*PASSAGE_COLUMNS, pl.col("latency").cast(pl.Float64))
    pairs = passages.filter("between").group_by("flow", *PASSAGE_COLUMNS, maintain_order=True)
    ways = pairs.agg(pl.col("latency").mean(), pl.len().alias("ways")).filter(pl.col("ways") == 2)
    return pl.concat([here, ways.select(*PASSAGE_COLUMNS, "latency")])


def _is_changed(good: Latency, bad: Latency) -> bool:
    """Whether two medians lie far enough apart, compared with their spread and with each other."""
    if min(good.flows, bad.flows) < MIN_FLOWS_FOR_MEDIAN:
        return False
    spread = max(good.high_us - good.low_us, bad.high_us - bad.low_us, MIN_SPREAD_US)
    faster, slower = sorted((abs(good.median_us), abs(bad.median_us)))
    return slower - faster > MIN_SPREADS_APART * spread and slower > MIN_LATENCY_FACTOR * faster
