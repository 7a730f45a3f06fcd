"""Seen paths: which step of its direction's expected path each variant was seen at.

A hop is (point, form, pass), not a point: one uplink is crossed twice by NodePort traffic, told apart by
form, and a veth twice by hairpin traffic, told apart by its tuples. It does not judge: a form that no step
expects is at the step of its point.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Step
from pcapcheck.topology.topology import CapturePoint


def steps_frame(paths: Sequence[tuple[Step, ...]], points: Sequence[CapturePoint | None]) -> pl.DataFrame:
    """Return a row for each capture point that a step may be: path, step, point, step_form, number."""
    by_place: dict[tuple[str | None, str], list[int]] = {}
    for number, point in enumerate(points):
        if point is not None:
            by_place.setdefault((point.node, point.role), []).append(number)
    rows = [
        (path, position, number, step.form, step.number)
        for path, steps in enumerate(paths)
        for position, step in enumerate(steps)
        for number in by_place.get((step.node, step.role), ())
        if _is(step, points[number])
    ]
    schema = {
        "path": pl.Int64,
        "step": pl.Int64,
        "point": pl.Int64,
        "step_form": pl.String,
        "number": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _is(step: Step, point: CapturePoint | None) -> bool:
    """Whether this capture point is the step's: the interface, and inside a pod the pod."""
    assert point is not None
    return point.interface in step.interfaces and (step.role not in ("pod", "lo") or point.pod == step.pod)


def placed(variants: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Return the variants with `step`, a position in their direction's path; null: it is elsewhere.

    Args:
        variants: variant, direction, path, point, form, second (translated already, so on its later pass).
        steps: as `steps_frame` gives them.
    """
    keys = ["path", "point"]
    candidates = variants.select("variant", *keys, "form", "second").join(steps, on=keys, how="inner")
    wanted = pl.when("second").then(pl.col("number").max().over("variant")).otherwise(1)
    fits = [
        (pl.col("form") != pl.col("step_form")).alias("wrong"),
        (pl.col("number") - wanted).abs().alias("far"),
    ]
    best = (
        candidates.with_columns(fits)
        .sort("variant", "wrong", "far", "step")
        .group_by("variant", maintain_order=True)
        .first()
    )
    return variants.join(best.select("variant", "step"), on="variant", how="left", maintain_order="left")


def watched(
    placed_variants: pl.DataFrame, steps: pl.DataFrame, paths: Sequence[tuple[Step, ...]]
) -> pl.DataFrame:
    """Return the steps that somebody was watching: direction, step, rank (0 is the first), ranks.

    A step is watched if every interface that it may be is captured, or if the direction was seen there. What
    is encrypted there cannot be recognised, so nobody watches it.
    """
    captured = steps.group_by("path", "step").agg(pl.col("point").n_unique().alias("points"))
    known = [
        (path, position, len(step.interfaces), step.opaque or step.optional)
        for path, each in enumerate(paths)
        for position, step in enumerate(each)
    ]
    schema = {"path": pl.Int64, "step": pl.Int64, "interfaces": pl.Int64, "blind": pl.Boolean}
    every = pl.DataFrame(known, schema=schema, orient="row").join(captured, on=["path", "step"], how="left")
    sure = every.filter((pl.col("points") >= pl.col("interfaces")) & ~pl.col("blind")).select("path", "step")
    directions = placed_variants.select("direction", "path").unique()
    seen = placed_variants.filter(pl.col("step").is_not_null()).select("direction", "path", "step").unique()
    blind = every.filter("blind").select("path", "step")
    seen = seen.join(blind, on=["path", "step"], how="anti").select("direction", "step")
    both = (
        pl.concat([directions.join(sure, on="path").select("direction", "step"), seen])
        .unique()
        .sort("direction", "step")
    )
    rank = pl.int_range(pl.len()).over("direction").alias("rank")
    return both.with_columns(rank, pl.len().over("direction").cast(pl.Int64).alias("ranks"))


SCHEMA: Final = {
    "path": pl.Int64,
    "step": pl.Int64,
    "role": pl.String,
    "node": pl.String,
    "crossings": pl.Int64,
}


def places(network: Network) -> pl.DataFrame:
    """Return a row for each watched step: direction, rank, step, role, node.

    `crossings` is how often the path crosses that place: VEPA traffic and NodePorts cross an uplink twice.
    """
    paths = network.directions.select("direction", "path")
    used = paths["path"].drop_nulls().unique().sort().to_list()
    steps = pl.DataFrame(list(_rows(network.paths, used)), schema=SCHEMA, orient="row")
    watched = network.watched.select("direction", "step", "rank")
    return watched.join(paths, on="direction").join(steps, on=["path", "step"]).drop("path")


def _rows(
    paths: Sequence[tuple[Step, ...]], used: Iterable[int]
) -> Iterator[tuple[int, int, str, str | None, int]]:
    for path in used:
        crossings = Counter(map(_place, paths[path]))
        for position, step in enumerate(paths[path]):
            yield path, position, step.role, step.node, crossings[_place(step)]


def _place(step: Step) -> tuple[str | None, str, str | None]:
    return step.node, step.role, step.pod


def stays(here: pl.DataFrame) -> pl.DataFrame:
    """Return the stays at one node that watched steps (`places`) belong to: direction, rank, stay.

    Between two consecutive ones a packet crosses the network.
    """
    ordered = here.drop_nulls("node").sort("direction", "rank")
    stay = pl.col("node").rle_id().over("direction").cast(pl.Int64).alias("stay")
    return ordered.select("direction", "rank", stay)
