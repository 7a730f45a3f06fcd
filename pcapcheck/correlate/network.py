"""Network: all that correlation found, as frames that check, diagnose and report read.

Made by `pipeline`, step by step. Row numbers of one frame are keys in the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

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
        variants: a row a variant: file, point, direction, path, step, role, stack, form, kind, addresses, packets, frames, fields.
        directions: a row a direction (`flows.directions`), with who, where, path, and `flow_text`.
        paths: expected steps; `path` columns are indices.
        watched: direction, step, rank, ranks: the steps that somebody was watching.
        hops: direction, step: packets seen, missing, lost, gap, unknown; latency in ns.
        losses: a row a packet that the next captured hop lacks, with its fate and properties.
        sightings: packet by packet, one partition at a time; None where only summaries were kept.
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
    hops: pl.DataFrame
    losses: pl.DataFrame
    offsets: Mapping[str, int]
    windows: pl.DataFrame
    sightings: pl.DataFrame | None = None
