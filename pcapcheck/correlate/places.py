"""Places: what the steps of expected paths are, as a frame that sightings are joined with.

Takes paths and the steps that were watched; it does not know packets.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Step

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
    steps = pl.DataFrame(_rows(network.paths), schema=SCHEMA, orient="row")
    paths = network.directions.select("direction", "path")
    watched = network.watched.select("direction", "step", "rank")
    return watched.join(paths, on="direction").join(steps, on=["path", "step"]).drop("path")


def _rows(paths: Sequence[tuple[Step, ...]]) -> list[tuple[int, int, str, str | None, int]]:
    return [
        (path, position, step.role, step.node, sum(_same_place(step, other) for other in steps))
        for path, steps in enumerate(paths)
        for position, step in enumerate(steps)
    ]


def _same_place(step: Step, other: Step) -> bool:
    return (step.node, step.role, step.pod) == (other.node, other.role, other.pod)


def stays(network: Network) -> pl.DataFrame:
    """Return the watched steps with the stays at one node that they belong to: direction, rank, stay.

    Between two consecutive ones a packet crosses the network.
    """
    ordered = places(network).drop_nulls("node").sort("direction", "rank")
    stay = pl.col("node").rle_id().over("direction").cast(pl.Int64).alias("stay")
    return ordered.select("direction", "rank", stay)
