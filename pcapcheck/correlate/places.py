"""Places: what the steps of expected paths are, as a frame that sightings are joined with.

Takes paths and the steps that were watched; it does not know packets.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
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
