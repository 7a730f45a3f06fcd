"""What became of packets in all partitions, put together as if there had been one.

Whether a capture has gaps is known only when all partitions are done: what they took for lost, since
their part of the capture shows no gap, is unknown where another part shows one.
"""

from collections.abc import Sequence

import polars as pl

from pcapcheck.correlate.follow import Followed

PLACE = ("direction", "step")
PAIR = ("point", "next_point")


def together(parts: Sequence[Followed], others: Sequence[pl.DataFrame] = ()) -> Followed:
    """Return the results of all partitions as one; `others` are packets of pairs that lost some elsewhere."""
    kept = ((each.hops, each.losses, each.passes, each.late, each.damaged, each.gappy) for each in parts)
    hops, losses, passes, late, damaged, gappy = (pl.concat(frames) for frames in zip(*kept, strict=True))
    losses = pl.concat([losses, *others])
    fooled = losses.filter("silent").join(gappy, on="next_point", how="semi")
    if len(fooled):
        hops = _corrected(hops, fooled)
        unknown = pl.col("silent") & pl.col("next_point").is_in(gappy["next_point"].implode())
        losses = losses.with_columns(pl.when(unknown).then(pl.lit("unknown")).otherwise("fate").alias("fate"))
    lossy = losses.filter(pl.col("fate") == "lost").select(PAIR).unique()
    losses = losses.join(lossy, on=PAIR, how="semi", maintain_order="left")
    return Followed(hops, losses, passes, late, damaged, gappy.unique(), losses.clear())


def _corrected(hops: pl.DataFrame, fooled: pl.DataFrame) -> pl.DataFrame:
    """Return the hops with the packets that are unknown, not lost."""
    counts = fooled.group_by("direction", pl.col("next_step").alias("step")).agg(pl.len().alias("fewer"))
    told = hops.join(counts, on=PLACE, how="left", maintain_order="left").with_columns(
        pl.col("fewer").fill_null(0).cast(pl.Int64)
    )
    lost, unknown = pl.col("lost") - pl.col("fewer"), pl.col("unknown") + pl.col("fewer")
    return told.with_columns(lost.alias("lost"), unknown.alias("unknown")).drop("fewer")
