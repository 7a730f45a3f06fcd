"""Network: all that correlation found, as frames that check, diagnose and report read.

Made by `pipeline`, step by step. Row numbers of one frame are keys in the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from pcapcheck.correlate.paths import Step
from pcapcheck.topology.owners import Owners
from pcapcheck.topology.topology import CapturePoint, Topology


@dataclass(frozen=True, slots=True)
class Network:
    """What was seen, placed in the topology.

    Attributes:
        topology: the intended network.
        owners: who owns an address there.
        files: file names as the user gave them; `file` columns are indices.
        points: capture points; `point` columns are indices. None where a capture could not be bound.
        variants: a row a variant: file, point, direction, path, step, role, stack, form, kind, addresses,
            packets, frames, fields.
        directions: a row a direction (`flows.directions`), with who, where, path, and `flow_text`.
        paths: expected steps; `path` columns are indices.
        watched: direction, step, rank, ranks: the steps that somebody was watching.
        steps: path, step, point: where each expected step may be seen.
        hops, losses, passes, late, damaged: see `follow.Followed`, of all partitions; empty where only
            summaries were kept.
        offsets: node -> nanoseconds that its clock is ahead.
        windows: point, from, to: when each point saw anything.
    """

    topology: Topology
    owners: Owners
    files: tuple[str, ...]
    points: tuple[CapturePoint | None, ...]
    variants: pl.DataFrame
    directions: pl.DataFrame
    paths: tuple[tuple[Step, ...], ...]
    watched: pl.DataFrame
    steps: pl.DataFrame
    offsets: Mapping[str, int]
    hops: pl.DataFrame = field(default_factory=pl.DataFrame)
    losses: pl.DataFrame = field(default_factory=pl.DataFrame)
    passes: pl.DataFrame = field(default_factory=pl.DataFrame)
    late: pl.DataFrame = field(default_factory=pl.DataFrame)
    damaged: pl.DataFrame = field(default_factory=pl.DataFrame)
    windows: pl.DataFrame = field(default_factory=pl.DataFrame)


def sound(network: Network) -> Network:
    """Return the network without damaged packets; variants of damaged packets only are left out."""
    if network.damaged.is_empty():
        return network
    counts = network.damaged.group_by("variant").agg(pl.len().cast(pl.Int64).alias("bad"))
    told = network.variants.join(counts, on="variant", how="left", maintain_order="left")
    left = told.with_columns((pl.col("packets") - pl.col("bad").fill_null(0)).alias("packets")).drop("bad")
    return replace(network, variants=left.filter(pl.col("packets") > 0))
