"""Captures at a glance: each by itself, read once, nothing correlated and nothing judged.

Takes what the map stage finds of a capture, gives an `Inspection`. One that cannot be read is told of, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from pcapcheck.capture.inputs import Inputs
from pcapcheck.captured import Captured
from pcapcheck.check.candidates import dissectors, find_candidates
from pcapcheck.correlate.tuples import FIELDS, addressed
from pcapcheck.mapping import Look, Progress, read_each
from pcapcheck.report.inspection import Inspection, InterfaceSeen, Tunnel, linktype_name
from pcapcheck.settings import Settings
from pcapcheck.topology.topology import Topology

IDS: Final = ("vxlan.vni", "geneve.vni", "gre.key")  # what tells tunnels of one form apart
PORT: Final = "udp.dstport"
IN_UDP: Final = ("vxlan", "geneve", "wireguard", "flannel-udp", "fou", "gue", "esp")
TUNNEL: Final = ("form", PORT, *IDS)
KEPT: Final = 100  # stacks, tunnels and endpoints that are told of


def inspect(inputs: Inputs, settings: Settings, progress: Progress | None = None) -> Iterator[Inspection]:
    """Yield what is in each capture, in their order."""
    candidates = find_candidates(Topology(), settings.profiles, settings.parameters, settings.rules)
    decode_as = dissectors(candidates.profiles, settings.decode_as)
    look = Look((*FIELDS, PORT, *IDS), decode_as, 0, settings.since, settings.until, settings.jobs)
    for captured in read_each(inputs.captures, look, None, progress):
        yield _inspection(captured)


def _inspection(captured: Captured) -> Inspection:
    if captured.error:
        return Inspection(captured.input.shown, error=_reason(captured))
    told = Inspection(
        file=captured.input.shown,
        format=captured.format,
        packets=captured.packets,
        clock=captured.clock,
        truncated=captured.truncated,
        interfaces=_interfaces(captured),
        comments=captured.comments,
        notes=captured.notes,
    )
    return _with_packets(told, captured.variants) if len(captured.variants) else told


def _with_packets(told: Inspection, variants: pl.DataFrame) -> Inspection:
    first, last, size = variants.select(
        pl.col("first").min(), pl.col("last").max(), pl.col("bytes").sum()
    ).row(0)
    endpoints = _endpoints(variants)
    return replace(
        told,
        bytes=size,
        first=first,
        last=last,
        stacks=dict(_most(variants, "stack").iter_rows()),
        tunnels=_tunnels(variants),
        endpoints=dict(endpoints.head(KEPT).iter_rows()),
        addresses=len(endpoints),
    )


def _reason(captured: Captured) -> str:
    """Return why a capture cannot be read, without its name and without advice."""
    said = (captured.error or "").partition("\n  fix: ")[0]
    return said.removeprefix(f"{captured.input.path}: ")


def _most(variants: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Return the distinct values of columns and their packets, the most frequent first."""
    counted = variants.group_by(names).agg(pl.col("packets").sum())
    order = [pl.col("packets").neg(), *names]
    return counted.sort(order, nulls_last=True).head(KEPT)


def _interfaces(captured: Captured) -> tuple[InterfaceSeen, ...]:
    packets = {}
    if len(captured.variants):
        packets = dict(captured.variants.group_by("interface").agg(pl.col("packets").sum()).iter_rows())
    return tuple(
        InterfaceSeen(
            each.name,
            each.description,
            linktype_name(each.linktype),
            packets.get(number, 0),
            each.dropped,
            each.filter,
        )
        for number, each in enumerate(captured.interfaces)
    )


def _tunnels(variants: pl.DataFrame) -> tuple[Tunnel, ...]:
    """Return the tunnels, the busiest first."""
    port = pl.when(pl.col("form").is_in(IN_UDP)).then(PORT).alias(PORT)
    carried = variants.filter(pl.col("form") != "plain").with_columns(port, pl.coalesce(IDS).alias("id"))
    return tuple(Tunnel(*row) for row in _most(carried, "form", PORT, "id").iter_rows())


def _endpoints(variants: pl.DataFrame) -> pl.DataFrame:
    """Return the innermost addresses and their packets, the busiest first."""
    told = addressed(variants)
    ends: Sequence[pl.DataFrame] = [
        told.select(pl.col(end).alias("address"), "packets") for end in ("source", "destination")
    ]
    counted = pl.concat(ends).drop_nulls("address").group_by("address").agg(pl.col("packets").sum())
    return counted.sort(pl.col("packets").neg(), "address")
