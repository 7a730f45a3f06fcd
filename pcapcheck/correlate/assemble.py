"""Variants of all captures -> the network: tuples joined to flows, traffic kinds, paths, who was watching.

Takes variants with their capture points and the strong keys of their packets; opens nothing, judges nothing.
"""

from collections.abc import Callable, Sequence

import polars as pl

from pcapcheck.collect.fingerprint import FINGERPRINTS, some
from pcapcheck.correlate.addresses import addressed, numbered
from pcapcheck.correlate.clocks import offsets
from pcapcheck.correlate.flowtable import directions, owned
from pcapcheck.correlate.nat import join_tuples, reverse_of
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Path, Paths, Step
from pcapcheck.correlate.routes import routed
from pcapcheck.correlate.steps import placed, steps_frame, watched
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, Topology


def assemble(
    variants: pl.DataFrame,
    sightings: pl.DataFrame,
    points: Sequence[CapturePoint | None],
    files: Sequence[str],
    topology: Topology,
    template: Callable[[str, str], Path],
) -> Network:
    """Put everything together that needs all captures at once.

    Args:
        variants: of all captures, with `variant` (row number), `file` and `point`.
        sightings: variant, time, strong: some packets of each variant; may be empty.
        points: capture points.
        files: names of the captures.
        topology: the intended network.
        template: the profile's paths.
    """
    owners = Owners(topology)
    told, tuples = numbered(addressed(variants))
    tuples = _counted(owned(tuples, owners), told)
    keys = _keys(sightings, told, tuples, points)
    ahead = offsets(keys)
    aligned = keys.with_columns((pl.col("time") - _ahead(ahead)).alias("time"))
    groups = join_tuples(tuples, aligned.select("tuple", "strong", "time"))
    tuples = tuples.with_columns(pl.Series("group", groups)).with_columns(
        (pl.col("group").rank("dense") - 1).cast(pl.Int64).alias("direction")
    )
    flows, paths = routed(directions(tuples), Paths(template, topology), owners)
    told = _joined(told, tuples, flows, points)
    steps = steps_frame(paths, points)
    told = placed(told, steps)
    told = _stepped(told, paths)
    seen = watched(told.filter(pl.col("path").is_not_null()), steps, paths)
    return Network(
        topology, owners, tuple(files), tuple(points), told, flows, tuple(paths), seen, steps, ahead
    )


def _counted(tuples: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Add to each tuple when it was first seen, and whether it opens: a SYN without ACK, an echo request."""
    syn = (pl.col("inner.tcp.flags.syn") == 1) & (pl.col("inner.tcp.flags.ack") == 0)
    request = pl.col("inner.icmp.type").eq(8) | pl.col("inner.icmpv6.type").eq(128)
    opens = (syn.fill_null(value=False) | request.fill_null(value=False)).any()
    counted = told.group_by("tuple").agg(opens.alias("opens"), pl.col("first").min(), pl.col("packets").sum())
    return tuples.join(counted, on="tuple", how="left", maintain_order="left")


def _keys(
    sightings: pl.DataFrame, told: pl.DataFrame, tuples: pl.DataFrame, points: Sequence[CapturePoint | None]
) -> pl.DataFrame:
    """Return strong keys: tuple, flow (the same for both directions of a tuple), node, strong, time."""
    nodes = {number: point.node for number, point in enumerate(points) if point}
    node = pl.col("point").replace_strict(nodes, default=None, return_dtype=pl.String)
    places = told.select("variant", "tuple", "file", node.alias("node"))
    seen = pl.DataFrame(schema=FINGERPRINTS) if sightings.is_empty() else sightings
    keys = seen.filter(pl.col("strong") != 0).join(places, on="variant")
    flow = pl.min_horizontal("tuple", pl.Series("answer", reverse_of(tuples)))
    flows = tuples.select("tuple", flow.alias("flow"))
    return some(keys, ["tuple", "file"]).select("tuple", "node", "strong", "time").join(flows, on="tuple")


def _ahead(offset: dict[str, int]) -> pl.Expr:
    """Return how far the clock of a row's node is ahead."""
    return pl.col("node").replace_strict(offset, default=0, return_dtype=pl.Int64) if offset else pl.lit(0)


def _joined(
    told: pl.DataFrame, tuples: pl.DataFrame, flows: pl.DataFrame, points: Sequence[CapturePoint | None]
) -> pl.DataFrame:
    """Add to each variant its direction, path, traffic kinds, end points, and the role of its point."""
    roles = {number: str(point.role) for number, point in enumerate(points) if point}
    named = tuples.select("tuple", "direction")
    kinds = flows.select(
        *("direction", "path", "who", "where", "flow", "client", "reverse", "version", "translated"),
        pl.col("source").alias("source_end"),
        pl.col("destination").alias("destination_end"),
    )
    return (
        told.join(named, on="tuple", how="left", maintain_order="left")
        .join(kinds, on="direction", how="left", maintain_order="left")
        .with_columns(
            pl.col("point").replace_strict(roles, default=None, return_dtype=pl.String).alias("role"),
            _second().alias("second"),
        )
        .drop("translated")
    )


def _second() -> pl.Expr:
    """Say whether a packet has the address already that translation gives it at the server's end."""
    asked = pl.col("destination") == pl.col("destination_end")
    answered = pl.col("source") != pl.col("source_end")
    told = pl.when("client").then(asked).otherwise(answered)
    return pl.when("translated").then(told).otherwise(pl.lit(value=True)).fill_null(value=True)


def _stepped(told: pl.DataFrame, paths: Sequence[tuple[Step, ...]]) -> pl.DataFrame:
    """Add side and pass of the step that each variant is at."""
    rows = [
        (path, position, step.side, step.number)
        for path, steps in enumerate(paths)
        for position, step in enumerate(steps)
    ]
    schema = {"path": pl.Int64, "step": pl.Int64, "side": pl.String, "number": pl.Int64}
    return told.join(
        pl.DataFrame(rows, schema=schema, orient="row"),
        on=["path", "step"],
        how="left",
        maintain_order="left",
    )
