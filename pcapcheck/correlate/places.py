"""Places: what the steps of expected paths are, as a frame that sightings are joined with.

Takes paths and the steps that were watched; it does not know packets.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
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
    steps = pl.DataFrame(list(_rows(network.paths)), schema=SCHEMA, orient="row")
    paths = network.directions.select("direction", "path")
    watched = network.watched.select("direction", "step", "rank")
    return watched.join(paths, on="direction").join(steps, on=["path", "step"]).drop("path")


def _rows(paths: Sequence[tuple[Step, ...]]) -> Iterator[tuple[int, int, str, str | None, int]]:
    for path, steps in enumerate(paths):
        crossings = Counter(map(_place, steps))
        for position, step in enumerate(steps):
            yield path, position, step.role, step.node, crossings[_place(step)]


def _place(step: Step) -> tuple[str | None, str, str | None]:
    return step.node, step.role, step.pod


def stays(network: Network) -> pl.DataFrame:
    """Return the watched steps with the stays at one node that they belong to: direction, rank, stay.

    Between two consecutive ones a packet crosses the network.
    """
    ordered = places(network).drop_nulls("node").sort("direction", "rank")
    stay = pl.col("node").rle_id().over("direction").cast(pl.Int64).alias("stay")
    return ordered.select("direction", "rank", stay)
