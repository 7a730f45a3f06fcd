"""A network is everything that correlation found, as frames that check, diagnose and report read.

`assemble` makes it, `follow.reduce` adds what became of the packets. A column that names another frame holds
its row numbers; `schemas` says what every column means.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from pcapcheck.correlate.conversationschemas import OUTCOMES_SCHEMA, PENDING_SCHEMA, RESETS_SCHEMA
from pcapcheck.correlate.frameschema import mismatches
from pcapcheck.correlate.paths import Step
from pcapcheck.correlate.pointframe import of_point
from pcapcheck.correlate.schemas import (
    DAMAGED_SCHEMA,
    HOPS_SCHEMA,
    LATE_SCHEMA,
    LOSSES_SCHEMA,
    NETWORK_SCHEMAS,
    PASSES_SCHEMA,
    WINDOWS_SCHEMA,
)
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, Topology


@dataclass(frozen=True, slots=True)
class Network:
    """What was seen, placed in the topology. The columns of each frame are in `schemas`.

    Attributes:
        topology: the intended network.
        owners: the owners of its addresses.
        files: file names as the user gave them; `file` columns are indices.
        capture_points: where packets were captured; `point` columns are indices.
        points: a row a capture point: the same as a frame, with the offset of its node's clock.
        variants: a row a variant.
        directions: a row a direction of a flow.
        paths: the expected steps of each path; `path` columns are indices.
        steps: a row a step of each path: the same as a frame.
        step_points: a row for each capture point where a step may be seen.
        watched: a row for each direction and step that was captured.
        offsets: node -> nanoseconds that its clock is ahead.
        blind: the points where packets were cut off within their headers.
        selective: the points that lack packets which must have passed there, as filtered captures do.
        hops: a row for each direction and watched step: packets seen and missing, and the latency.
        losses: a row for each packet between two points where packets were lost, lost or delivered.
        passes: a row for each pass of a packet that crossed a point several times.
        late: a row for each packet that was overtaken between two nodes.
        damaged: a row for each packet with a wrong checksum.
        windows: a row a capture point: when it saw anything.
        pending: a row for each direction whose last requests had no answer.
        resets: a row for each open connection and point that saw it reset.
        outcomes: a row a flow: how it ended.

    The frames from `hops` to `resets` are empty where packets were counted and not followed.
    """

    topology: Topology
    owners: Owners
    files: tuple[str, ...]
    capture_points: tuple[CapturePoint, ...]
    points: pl.DataFrame
    variants: pl.DataFrame
    directions: pl.DataFrame
    paths: tuple[tuple[Step, ...], ...]
    steps: pl.DataFrame
    step_points: pl.DataFrame
    watched: pl.DataFrame
    offsets: Mapping[str, int]
    blind: Collection[int] = ()
    selective: Collection[int] = ()
    hops: pl.DataFrame = field(default_factory=HOPS_SCHEMA.empty)
    losses: pl.DataFrame = field(default_factory=LOSSES_SCHEMA.empty)
    passes: pl.DataFrame = field(default_factory=PASSES_SCHEMA.empty)
    late: pl.DataFrame = field(default_factory=LATE_SCHEMA.empty)
    damaged: pl.DataFrame = field(default_factory=DAMAGED_SCHEMA.empty)
    windows: pl.DataFrame = field(default_factory=WINDOWS_SCHEMA.empty)
    pending: pl.DataFrame = field(default_factory=PENDING_SCHEMA.empty)
    resets: pl.DataFrame = field(default_factory=RESETS_SCHEMA.empty)
    outcomes: pl.DataFrame = field(default_factory=OUTCOMES_SCHEMA.empty)

    @property
    def captured_steps(self) -> pl.DataFrame:
        """The steps that lie at a capture point: path, step."""
        return self.steps.drop_nulls("point").select("path", "step")

    def of_point(self, column: str) -> pl.Expr:
        """Return what a column of `points` says of each row's `point`; null where the row has no point."""
        return of_point(self.points, column)

    def points_where(self, wanted: Callable[[CapturePoint], bool]) -> list[int]:
        """Return the numbers of the capture points that are wanted, ascending."""
        return [number for number, point in enumerate(self.capture_points) if wanted(point)]


def validate(network: Network) -> None:
    """Compare the frames of a network with their schemas.

    Raises:
        TypeError: a frame has other columns than its schema says.
    """
    wrong = [
        sentence
        for schema in NETWORK_SCHEMAS
        for sentence in mismatches(schema, getattr(network, schema.frame))
    ]
    if wrong:
        raise TypeError("; ".join(wrong))


def sound(network: Network) -> Network:
    """Return the network without damaged packets; variants of damaged packets only are left out."""
    if network.damaged.is_empty():
        return network
    counts = network.damaged.group_by("variant").agg(pl.len().cast(pl.Int64).alias("bad"))
    counted = network.variants.join(counts, on="variant", how="left", maintain_order="left")
    intact = counted.with_columns((pl.col("packets") - pl.col("bad").fill_null(0)).alias("packets")).drop(
        "bad"
    )
    return replace(network, variants=intact.filter(pl.col("packets") > 0))
