"""Following packets from each captured step of their path to the next.

The question is what happened to every packet on its way: at which step it was missing, how long it took from
one step to the next, whether another overtook it, whether it came twice.

Sorting the sightings by time and reading them off is not the answer. Time does not order the hops of one
node: a veth and its bridge stamp a packet in the same microsecond, and often backwards. Clocks of two nodes
differ by more than packets take. Nor can the packets of two capture points be compared as two sets, because
most packets at one point were never meant to cross the other.

The rule: the order of the hops comes from the expected path of each direction, and a packet is compared only
between watched steps of that path which follow each other. `correlate` numbers the watched steps of a
direction with ranks 0, 1, 2 …; `located` gives each sighting the rank of the step at which its variant was
seen. Then, for each direction:

1. Passes are joined: a bridge may show one packet three times, which is one packet (`loss.once`).
2. Packets that rank r saw and rank r + 1 did not are candidates (`loss.surplus`): bytes are compared, not
   records, so a super-packet equals its segments.
3. Each candidate gets a fate: lost, a gap of the next capture, or unknown (`fate`). If the next point was not
   capturing at the time, the packet is compared with the first one after it that was.
4. The latency of a step is the median of the differences of aligned times. Order needs no clocks: the order
   in which packets left one node is compared with the order in which they reached the next (`order`).

Later fragments have no ports and thus no flow of their own: they take direction and step from the first
fragment, or from the whole datagram, with the same addresses and IP ID.

An example: pod web-1 sends ten packets to db-0 on another node. The path has eight steps, of which three were
captured: web-1's own interface (rank 0), node1's uplink (rank 1), node2's uplink (rank 2). Ten, ten and nine
packets were seen. `hops` says: 10 seen, 0 missing; 10 seen, 0 missing; 9 seen, 1 missing. `losses` holds all
ten packets of the pair (node1's uplink, node2's uplink), nine delivered and one lost, so that `diagnose` can
ask what distinguishes the lost one. Had nothing been lost there, the ten would be among `others`, since the
same pair of points may have lost packets of another partition.

A partition holds whole flows: both directions, every address tuple that they had, and the fragments between
the same two addresses. So partitions can be followed in any order, by any process, and only `gappy` and
`others` have to be exchanged between them (`reduce.together`).

What breaks it: a profile with the wrong path ranks the steps in an order in which packets do not travel, and
then many seem to be missing. Where a step may be any of several interfaces, it is watched only if all of them
are captured or the direction was seen at one; a flow that is spread over two uplinks of which one was
captured seems to lose what took the other.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.correlate.schemas import DAMAGED_SCHEMA, LATE_SCHEMA, LOSSES_SCHEMA
from pcapcheck.correlate.steps import places, stays
from pcapcheck.decode.stack import KINDS
from pcapcheck.follow.fate import fates
from pcapcheck.follow.loss import once, surplus
from pcapcheck.follow.order import late, ways
from pcapcheck.follow.passes import doubled, passes

RANK_OF_DIRECTION: Final = ("direction", "rank")
COUNTS: Final = ("seen", "missing", "lost", "gap", "unknown", "late", "doubled")
KIND_NAMES: Final = dict(enumerate(KINDS))


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of the packets of one partition.

    Attributes:
        hops, losses, passes, late, damaged: frames of `Network`, of the flows of this partition.
        gappy: next_point: the points whose captures are proven to have gaps.
        others: as `losses`, of pairs of points that lost no packet of this partition.
    """

    hops: pl.DataFrame
    losses: pl.DataFrame
    passes: pl.DataFrame
    late: pl.DataFrame
    damaged: pl.DataFrame
    gappy: pl.DataFrame
    others: pl.DataFrame


def located(sightings: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Return sightings with direction, step, rank (null: at no watched step), point and aligned time."""
    columns = ["variant", "direction", "step", "point", "file", "source", "destination"]
    variants = network.variants.select(columns)
    packets = sightings.join(variants, on="variant", how="inner", maintain_order="left")
    packets = _fragments(
        packets.with_columns(pl.col("kind").replace_strict(KIND_NAMES, return_dtype=pl.String)), network
    )
    placed = packets.join(network.watched, on=["direction", "step"], how="left", maintain_order="left")
    offset = network.of_point("ahead").fill_null(0)
    signed = pl.col("start", "length", "acked", "question", "ipid", "size").cast(pl.Int64)
    numbered = placed.filter(pl.col("key") != 0).with_columns((pl.col("time") - offset).alias("time"), signed)
    return numbered.drop("source", "destination").with_row_index("row").cast({"row": pl.Int64})


def _fragments(packets: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Give later fragments, which have no ports, the direction and step of the datagram with their IP ID."""
    later = packets.filter(pl.col("kind") == "fragment")
    if later.is_empty():
        return packets
    key = ["source", "destination", "ipid"]
    heads = packets.filter(pl.col("kind").is_in(["tcp", "udp", "echo"]) & pl.col("ipid").ne(0))
    whole = heads.select(*key, pl.col("direction").alias("to")).unique(key, keep="first", maintain_order=True)
    paths = network.directions.select(pl.col("direction").alias("to"), "path")
    at = network.variants.filter(pl.col("step").is_not_null()).select(
        "direction", "point", pl.col("step").alias("at")
    )
    at = at.unique(["direction", "point"], keep="first", maintain_order=True).rename({"direction": "to"})
    tied = later.join(whole, on=key, how="inner", maintain_order="left").join(
        paths, on="to", how="left", maintain_order="left"
    )
    tied = tied.join(at, on=["to", "point"], how="left", maintain_order="left")
    tied = tied.with_columns(pl.col("to").alias("direction"), pl.col("at").alias("step"))
    tied = tied.select(packets.columns)
    return pl.concat([packets.filter(pl.col("kind") != "fragment"), tied])


def follow(located_sightings: pl.DataFrame, network: Network, windows: pl.DataFrame) -> Fates:
    """Follow the packets of one partition from step to step."""
    placed = located_sightings.drop_nulls("rank")
    points = _points(placed, network)
    seen = once(placed)
    seen = seen.join(points, on=RANK_OF_DIRECTION, how="left", maintain_order="left")
    flows = network.directions.select("direction", "reverse", pl.col("client").alias("asks"))
    seen = seen.join(flows.select("direction", "asks"), on="direction", how="left", maintain_order="left")
    watched = points.select(
        "direction",
        (pl.col("rank") + 1).alias("rank"),
        pl.col("next_point").alias("hop_point"),
        pl.col("next_step").alias("hop_step"),
    )
    missed = fates(seen, flows.select("direction", "reverse").drop_nulls(), watched, windows)
    packets = seen.join(missed, on="row", how="left", maintain_order="left").with_columns(
        pl.col("fate").fill_null(""), pl.col("felt", "silent", "gappy").fill_null(value=False)
    )
    packets, beyond = _aimed(packets, watched, seen)
    here = places(network)
    overtaken = late(seen, ways(seen, stays(here)))
    hops = _hops(packets, network.watched, overtaken, doubled(seen, here))
    damaged = located_sightings.filter(pl.col("wrong") > 0).select(DAMAGED_SCHEMA.names)
    gappy = packets.filter("gappy").select("next_point").unique()
    losses, others = _losses(pl.concat([packets, beyond]))
    again = passes(located_sightings)
    return Fates(hops, losses, again, overtaken.select(LATE_SCHEMA.names), damaged, gappy, others)


def _aimed(
    packets: pl.DataFrame, watched: pl.DataFrame, seen: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the packets, with losses located on the way to the first hop that was capturing; and others.

    The others were delivered on that longer way: packets that the next hop's capture only missed, and other
    packets of the same directions.
    """
    aims = pl.col("aim_point").is_not_null()
    columns = [pl.col("aim_point").alias("next_point"), pl.col("aim_step").alias("next_step")]
    far = packets.filter(aims & (pl.col("fate") == "gap")).with_columns(columns)
    lost = aims & (pl.col("fate") == "lost")
    aimed = [
        pl.when(lost).then(f"aim_{name}").otherwise(f"next_{name}").alias(f"next_{name}")
        for name in ("point", "step")
    ]
    beyond = packets.filter(lost).select("direction", "rank", "aim_point", "aim_step").unique()
    ends = beyond.join(
        watched.select("direction", pl.col("rank").alias("to"), pl.col("hop_step").alias("aim_step")),
        on=["direction", "aim_step"],
    ).with_columns((pl.col("to") - pl.col("rank")).alias("ahead"))
    came = [far]
    for (ahead,), pairs in ends.group_by("ahead", maintain_order=True):
        near = seen.join(pairs, on="direction", how="semi")
        absent = pl.Series(surplus(near, int(str(ahead))), dtype=pl.Int64).implode()
        mine = packets.filter(~pl.col("row").is_in(absent) & ~pl.col("row").is_in(far["row"].implode())).drop(
            "aim_point", "aim_step"
        )
        there = mine.join(
            pairs.select("direction", "rank", "aim_point", "aim_step"), on=["direction", "rank"]
        ).with_columns(columns)
        came.append(there.select(packets.columns))
    return packets.with_columns(aimed), pl.concat(came).with_columns(pl.lit("").alias("fate"))


def _points(located_sightings: pl.DataFrame, network: Network) -> pl.DataFrame:
    """Return the next watched step of each place, and the point where it was seen, else may be seen."""
    seen = located_sightings.group_by(RANK_OF_DIRECTION).agg(pl.col("point").min())
    every = network.watched.select("direction", "step", "rank").join(seen, on=RANK_OF_DIRECTION, how="left")
    paths = network.directions.select("direction", "path")
    could = network.steps.select("path", "step", pl.col("point").alias("could"))
    every = every.join(paths, on="direction").join(could, on=["path", "step"], how="left")
    every = every.with_columns(
        pl.coalesce("point", "could").alias("next_point"), pl.col("step").alias("next_step")
    )
    return every.with_columns((pl.col("rank") - 1).alias("rank")).select(
        *RANK_OF_DIRECTION, "next_point", "next_step"
    )


def _hops(
    packets: pl.DataFrame, watched: pl.DataFrame, overtaken: pl.DataFrame, twice: pl.DataFrame
) -> pl.DataFrame:
    """Return counts and latency for every watched step."""
    seen = packets.group_by("direction", "step").agg(pl.len().alias("seen"))
    fate = pl.col("fate")
    missing = (
        packets.filter(fate != "")
        .group_by("direction", pl.col("next_step").alias("step"))
        .agg(
            pl.len().alias("missing"),
            *((fate == word).sum().alias(word) for word in ("lost", "gap", "unknown")),
        )
    )
    base = watched.select("direction", "step").join(
        packets.select("direction").unique(), on="direction", how="semi"
    )
    joined = base.join(seen, on=["direction", "step"], how="left").join(
        missing, on=["direction", "step"], how="left"
    )
    for name, disturbed in (("late", overtaken), ("doubled", twice)):
        counts = disturbed.group_by("direction", "step").agg(pl.len().alias(name))
        joined = joined.join(counts, on=["direction", "step"], how="left")
    counted = joined.with_columns(pl.col(COUNTS).fill_null(0).cast(pl.Int64))
    return counted.join(_latency(packets), on=["direction", "step"], how="left")


def _latency(packets: pl.DataFrame) -> pl.DataFrame:
    """Return the median time from one watched step to the next, of packets that both saw as one record."""
    key = ["direction", "key", "start", "length"]
    first = packets.unique([*key, "rank"], keep="first", maintain_order=True).select(
        *key, "rank", "step", "time"
    )
    before = first.select(*key, (pl.col("rank") + 1).alias("rank"), pl.col("time").alias("before"))
    both = first.join(before, on=[*key, "rank"])
    return both.group_by("direction", "step").agg(
        (pl.col("time") - pl.col("before")).median().cast(pl.Int64).alias("latency")
    )


def _losses(packets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the packets of all pairs of points that lost any, and the packets of the other pairs."""
    pair = ["point", "next_point"]
    lossy = packets.filter(pl.col("fate") == "lost").select(pair).unique()
    rows = packets.filter(pl.col("next_point").is_not_null()).select(LOSSES_SCHEMA.names)
    losses = rows.join(lossy, on=pair, how="semi", maintain_order="left")
    return losses, rows.join(lossy, on=pair, how="anti", maintain_order="left")
