"""Places: what the steps of expected paths are, as a frame that sightings are joined with.

Takes paths and the steps that were watched; it does not know packets.
"""

from collections.abc import Sequence
from typing import Final

import polars as pl

from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Step

WIRE: Final = ("uplink", "vlan")  # roles that face the network between the nodes
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


def wires(network: Network) -> pl.DataFrame:
    """Return the ways between two nodes, both ends watched: direction, rank (of the sending end)."""
    ends = places(network).filter(pl.col("role").is_in(WIRE))
    before = ends.select("direction", "rank", pl.col("node").alias("from_node"))
    after = ends.select("direction", (pl.col("rank") - 1).alias("rank"), pl.col("node").alias("to_node"))
    both = before.join(after, on=["direction", "rank"])
    return both.filter(pl.col("from_node") != pl.col("to_node")).select("direction", "rank")
