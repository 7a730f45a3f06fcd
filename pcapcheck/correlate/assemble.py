"""Assembling the network: variants of all captures are joined to flows and placed on expected paths.

It takes variants with their capture points, and the fingerprints of some of their packets. It opens no file
and judges nothing.
"""

from collections.abc import Callable, Collection, Sequence

import polars as pl

from pcapcheck.collect.fingerprint import FINGERPRINTS, some
from pcapcheck.correlate.addresses import addressed, numbered
from pcapcheck.correlate.clocks import offsets
from pcapcheck.correlate.flowtable import directions, owned
from pcapcheck.correlate.leases import leased, of_clients
from pcapcheck.correlate.nat import join_tuples, reverse_of
from pcapcheck.correlate.network import Network
from pcapcheck.correlate.paths import Path, Paths
from pcapcheck.correlate.pointframe import of_point, points_frame
from pcapcheck.correlate.routes import routed
from pcapcheck.correlate.selective import selective
from pcapcheck.correlate.steps import placed, step_points_frame, steps_frame, watched
from pcapcheck.decode.stack import SCTP_INIT
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, Topology


def assemble(
    variants: pl.DataFrame,
    sightings: pl.DataFrame,
    points: Sequence[CapturePoint],
    files: Sequence[str],
    topology: Topology,
    template: Callable[[str, str], Path],
    blind: Collection[int] = (),
) -> Network:
    """Return the network of some captures, before packets are followed.

    Args:
        variants: of all captures, with `variant` (row number), `file` and `point`.
        sightings: variant, time, strong: the fingerprints of some packets of each variant; may be empty.
        points: capture points.
        files: names of the captures.
        topology: the intended network.
        template: the profile's paths.
        blind: the points where packets were cut off within their headers: nothing can be missed there.
    """
    owners = Owners(topology)
    variants, tuples = numbered(addressed(variants))
    tuples = _counted(of_clients(owned(tuples, owners), owners), variants)
    keys = _keys(sightings, variants, tuples, points_frame(points, {}))
    ahead = offsets(keys)
    aligned = keys.with_columns((pl.col("time") - _ahead(ahead)).alias("time"))
    groups = join_tuples(tuples, aligned.select("tuple", "strong", "time"))
    tuples = tuples.with_columns(pl.Series("group", groups)).with_columns(
        (pl.col("group").rank("dense") - 1).cast(pl.Int64).alias("direction")
    )
    flows, paths = routed(directions(tuples), Paths(template, topology), owners)
    where = points_frame(points, ahead)
    seen = variants.join(tuples.select("tuple", "direction"), on="tuple", how="left", maintain_order="left")
    flows, paths = leased(flows, paths, seen, where, tuple(points))
    step_points = step_points_frame(paths, points)
    whole = step_points.filter(~pl.col("point").is_in(list(blind)))
    steps = steps_frame(paths, whole)
    variants = placed(_joined(variants, tuples, flows, where), steps, step_points)
    lacking = selective(variants, flows, steps, whole)
    sure = whole.filter(~pl.col("point").is_in(list(lacking)))
    trusted = pl.col("whole") & ~pl.col("point").is_in(list(lacking)).fill_null(value=False)
    expected = variants.filter(pl.col("path").is_not_null() & trusted)
    return Network(
        topology=topology,
        owners=owners,
        files=tuple(files),
        capture_points=tuple(points),
        points=where,
        variants=variants,
        directions=flows,
        paths=tuple(paths),
        steps=steps,
        step_points=step_points,
        watched=watched(expected, steps, sure),
        offsets=ahead,
        blind=blind,
        selective=lacking,
    )


def _counted(tuples: pl.DataFrame, variants: pl.DataFrame) -> pl.DataFrame:
    """Add to each tuple when it was first seen, its packets, and whether and when it opened a conversation.

    A SYN without ACK opens one, and so do an echo request and an INIT.
    """
    syn = (pl.col("inner.tcp.flags.syn") == 1) & (pl.col("inner.tcp.flags.ack") == 0)
    request = pl.col("inner.icmp.type").eq(8) | pl.col("inner.icmpv6.type").eq(128)
    init = pl.col("inner.sctp.chunk_type").eq(SCTP_INIT)
    opens = pl.any_horizontal(each.fill_null(value=False) for each in (syn, request, init))
    counted = variants.group_by("tuple").agg(
        opens.any().alias("opens"),
        pl.col("last").filter(opens).max().alias("opened"),
        pl.col("first").min(),
        pl.col("packets").sum(),
    )
    return tuples.join(counted, on="tuple", how="left", maintain_order="left")


def _keys(
    sightings: pl.DataFrame, variants: pl.DataFrame, tuples: pl.DataFrame, points: pl.DataFrame
) -> pl.DataFrame:
    """Return fingerprints: tuple, flow (the same for both directions of a tuple), node, strong, time."""
    places = variants.select("variant", "tuple", "file", of_point(points, "node").alias("node"))
    seen = pl.DataFrame(schema=FINGERPRINTS) if sightings.is_empty() else sightings
    keys = seen.filter(pl.col("strong") != 0).join(places, on="variant")
    flow = pl.min_horizontal("tuple", pl.Series("answer", reverse_of(tuples)))
    flows = tuples.select("tuple", flow.alias("flow"))
    return some(keys, ["tuple", "file"]).select("tuple", "node", "strong", "time").join(flows, on="tuple")


def _ahead(offset: dict[str, int]) -> pl.Expr:
    """Return how far the clock of a row's node is ahead."""
    return pl.col("node").replace_strict(offset, default=0, return_dtype=pl.Int64) if offset else pl.lit(0)


def _joined(
    variants: pl.DataFrame, tuples: pl.DataFrame, flows: pl.DataFrame, points: pl.DataFrame
) -> pl.DataFrame:
    """Add to each variant its direction, path, traffic kinds, end points, and the role of its point."""
    named = tuples.select("tuple", "direction")
    kinds = flows.select(
        *("direction", "path", "who", "where", "flow", "client", "reverse", "version", "translated"),
        pl.col("source").alias("source_end"),
        pl.col("destination").alias("destination_end"),
    )
    return (
        variants.join(named, on="tuple", how="left", maintain_order="left")
        .join(kinds, on="direction", how="left", maintain_order="left")
        .with_columns(of_point(points, "role").alias("role"), _second().alias("second"))
        .drop("translated")
    )


def _second() -> pl.Expr:
    """Return whether a packet already has the address that translation gives it at the server's end."""
    asked = pl.col("destination") == pl.col("destination_end")
    answered = pl.col("source") != pl.col("source_end")
    translated = pl.when("client").then(asked).otherwise(answered)
    return pl.when("translated").then(translated).otherwise(pl.lit(value=True)).fill_null(value=True)
