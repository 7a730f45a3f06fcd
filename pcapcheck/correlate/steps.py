"""Steps of expected paths as frames, and the step at which each variant was seen.

A step is (point, form, pass), not a point: NodePort traffic crosses one uplink twice, in two forms, and
hairpin traffic crosses one veth twice, with two address tuples. A variant whose form no step expects is at
the step of its point: placing a packet does not judge it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Step
from pcapcheck.correlate.schemas import STEP_POINTS_SCHEMA, STEPS_SCHEMA
from pcapcheck.topology.topology import CapturePoint

STEP_OF_PATH = ("path", "step")


def step_points_frame(paths: Sequence[tuple[Step, ...]], points: Sequence[CapturePoint]) -> pl.DataFrame:
    """Return a row for each capture point where a step may be seen: path, step, point."""
    by_place: dict[tuple[str | None, str], list[int]] = {}
    for number, point in enumerate(points):
        by_place.setdefault((point.node, point.role), []).append(number)
    rows = [
        (path, position, number)
        for path, steps in enumerate(paths)
        for position, step in enumerate(steps)
        for number in by_place.get((step.node, step.role), ())
        if _is_at(step, points[number])
    ]
    return pl.DataFrame(rows, schema=STEP_POINTS_SCHEMA.dtypes, orient="row")


def _is_at(step: Step, point: CapturePoint) -> bool:
    """Whether a capture point is the step's: the interface, and inside a pod the pod."""
    return point.interface in step.interfaces and (step.role not in ("pod", "lo") or point.pod == step.pod)


def steps_frame(paths: Sequence[tuple[Step, ...]], step_points: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each step of each path, in their order."""
    schema = {name: dtype for name, dtype in STEPS_SCHEMA.dtypes.items() if name != "point"}
    steps = pl.DataFrame(list(_rows(paths)), schema=schema, orient="row")
    first = step_points.group_by(STEP_OF_PATH).agg(pl.col("point").min())
    return steps.join(first, on=STEP_OF_PATH, how="left", maintain_order="left")


def _rows(paths: Sequence[tuple[Step, ...]]) -> Iterator[tuple[str | int | None, ...]]:
    for path, steps in enumerate(paths):
        crossings = Counter(map(_place, steps))
        for position, step in enumerate(steps):
            at = (path, position, step.node, step.role, step.pod, step.interfaces[0], len(step.interfaces))
            form = (step.form, step.side, step.number, *step.routed, step.optional, step.opaque)
            yield (*at, *form, crossings[_place(step)])


def _place(step: Step) -> tuple[str | None, str, str | None]:
    return step.node, step.role, step.pod


def placed(variants: pl.DataFrame, steps: pl.DataFrame, step_points: pl.DataFrame) -> pl.DataFrame:
    """Return the variants with the `step` of their path where they were seen, its `side` and its `number`.

    They are null where no step of the path is at the variant's point.

    Args:
        variants: variant, direction, path, point, form, second (translated already, so on its later pass).
        steps: the expected steps.
        step_points: where they may be seen.
    """
    known = step_points.join(
        steps.select(*STEP_OF_PATH, pl.col("form").alias("step_form"), "side", "number"), on=STEP_OF_PATH
    )
    keys = ["path", "point"]
    candidates = variants.select("variant", *keys, "form", "second").join(known, on=keys)
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
    at = best.select("variant", "step", "side", "number")
    return variants.join(at, on="variant", how="left", maintain_order="left")


def watched(placed_variants: pl.DataFrame, steps: pl.DataFrame, step_points: pl.DataFrame) -> pl.DataFrame:
    """Return the watched steps of each direction: direction, step, rank (0 is the first), ranks.

    A step is watched if every interface that it may be is captured, or if the direction was seen there. Never
    watched are optional steps, and steps where packets are encrypted and cannot be recognised.

    Args:
        placed_variants: as `placed` gives them, without those that have no path.
        steps: the expected steps.
        step_points: where they may be seen.
    """
    captured = step_points.group_by(STEP_OF_PATH).agg(pl.col("point").n_unique().alias("points"))
    blind = (pl.col("opaque") | pl.col("optional")).alias("blind")
    every = steps.select(*STEP_OF_PATH, "interfaces", blind).join(captured, on=STEP_OF_PATH, how="left")
    sure = every.filter((pl.col("points") >= pl.col("interfaces")) & ~pl.col("blind")).select(STEP_OF_PATH)
    directions = placed_variants.select("direction", "path").unique()
    seen = placed_variants.filter(pl.col("step").is_not_null()).select("direction", *STEP_OF_PATH).unique()
    seen = seen.join(every.filter("blind"), on=STEP_OF_PATH, how="anti").select("direction", "step")
    both = (
        pl.concat([directions.join(sure, on="path").select("direction", "step"), seen])
        .unique()
        .sort("direction", "step")
    )
    rank = pl.int_range(pl.len()).over("direction").alias("rank")
    return both.with_columns(rank, pl.len().over("direction").cast(pl.Int64).alias("ranks"))


def places(network: Network) -> pl.DataFrame:
    """Return a row for each watched step: direction, rank, step, role, node, crossings."""
    paths = network.directions.select("direction", "path")
    steps = network.steps.select(*STEP_OF_PATH, "role", "node", "crossings")
    watched = network.watched.select("direction", "step", "rank")
    return watched.join(paths, on="direction").join(steps, on=STEP_OF_PATH).drop("path")


def stays(here: pl.DataFrame) -> pl.DataFrame:
    """Return the stay at one node that each watched step belongs to: direction, rank, stay.

    Between two consecutive stays a packet crosses the network.

    Args:
        here: the watched steps, as `places` gives them.
    """
    ordered = here.drop_nulls("node").sort("direction", "rank")
    stay = pl.col("node").rle_id().over("direction").cast(pl.Int64).alias("stay")
    return ordered.select("direction", "rank", stay)
