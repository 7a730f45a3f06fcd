"""Inspecting: what is in each capture. Captures are read once, one by one; nothing is correlated or judged.

Takes the summary of a capture and gives an `Inspection`, also of a capture that cannot be read.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

import polars as pl

from pcapcheck.capture.inputs import Inputs
from pcapcheck.check.candidates import clue_fields, dissectors, find_candidates
from pcapcheck.check.choice import choose
from pcapcheck.check.detect import Scenery
from pcapcheck.check.detection import detection_frame
from pcapcheck.check.profile import Profile
from pcapcheck.collect.capturesummary import CaptureSummary
from pcapcheck.collect.map import Progress, read_each
from pcapcheck.collect.plan import ReadPlan, fields_to_read
from pcapcheck.collect.variants import LOW
from pcapcheck.decode.registry import link_type_name
from pcapcheck.decode.tunnels import ID_FIELDS, TUNNELS, UDP_PORT
from pcapcheck.documents import values
from pcapcheck.infer.settle import settle
from pcapcheck.report.inspection import Inspection, InterfaceSeen, LooksLike, TunnelSeen
from pcapcheck.run.settings import Settings
from pcapcheck.scale.resources import opened
from pcapcheck.topology.topology import Topology

IN_UDP: Final = tuple(each.name for each in TUNNELS if each.in_udp)
# Layers with addresses: what kind these are, and where they stand.
ADDRESS_FIELDS_OF_LAYERS: Final = {
    "ip": ("ipv4", ("inner.ip.src", "inner.ip.dst")),
    "ipv6": ("ipv6", ("inner.ipv6.src", "inner.ipv6.dst")),
    "arp": ("ipv4", ("arp.src.proto_ipv4", "arp.dst.proto_ipv4")),
}
KEPT: Final = 100  # the largest number of stacks, tunnels and endpoints that are listed
MAX_DETECTION_VARIANTS: Final = 20_000  # variants that show what a capture looks like
MAX_ALTERNATIVES: Final = 4  # alternatives; what looks like more profiles looks like none


def inspect(inputs: Inputs, settings: Settings, progress: Progress | None = None) -> Iterator[Inspection]:
    """Yield what is in each capture, in the order of the captures."""
    candidates = find_candidates(Topology(), settings.profiles, settings.parameters, settings.rules)
    decode_as = dissectors(candidates.profiles, settings.decode_as)
    names = fields_to_read(clue_fields(candidates.profiles))
    plan = ReadPlan(names, decode_as, 0, partial=True, since=settings.since, until=settings.until)
    with opened(settings.jobs or 1) as using:
        for captured in read_each(inputs.captures, plan, using, progress):
            yield replace(_inspection(captured), looks_like=_looks_like(captured, candidates.profiles))


def _inspection(captured: CaptureSummary) -> Inspection:
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
        endpoints=_busiest(endpoints),
        addresses=len(endpoints),
    )


def _looks_like(captured: CaptureSummary, profiles: Sequence[Profile]) -> LooksLike | None:
    """Return the profile that fits, or None; a single capture without a tunnel shows too little."""
    variants = captured.variants
    if captured.error or variants.is_empty() or (variants["form"] == "plain").all():
        return None
    bound = settle([replace(captured, variants=variants.head(MAX_DETECTION_VARIANTS))], Topology())
    scenery = Scenery(
        detection_frame(bound.variants, bound.points, bound.topology), bound.points, bound.topology
    )
    used = choose(profiles, scenery, bound.votes).used
    if len(used) != 1 or len(used[0].alternatives) > MAX_ALTERNATIVES:
        return None
    return LooksLike(used[0].name, used[0].confidence, used[0].evidence, used[0].alternatives)


def _reason(captured: CaptureSummary) -> str:
    """Return why a capture cannot be read, without its name and without advice."""
    said = (captured.error or "").partition("\n  fix: ")[0]
    return said.removeprefix(f"{captured.input.shown}: ")


def _most(variants: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Return the distinct values of columns and their packets, the most frequent first."""
    counted = variants.group_by(names).agg(pl.col("packets").sum())
    order = [pl.col("packets").neg(), *names]
    return counted.sort(order, nulls_last=True).head(KEPT)


def _interfaces(captured: CaptureSummary) -> tuple[InterfaceSeen, ...]:
    packets = {}
    if len(captured.variants):
        packets = dict(captured.variants.group_by("interface").agg(pl.col("packets").sum()).iter_rows())
    return tuple(
        InterfaceSeen(
            each.name,
            each.description,
            link_type_name(each.linktype),
            packets.get(number, 0),
            each.dropped,
            each.filter,
        )
        for number, each in enumerate(captured.interfaces)
    )


def _tunnels(variants: pl.DataFrame) -> tuple[TunnelSeen, ...]:
    """Return the tunnels, the busiest first."""
    port = pl.when(pl.col("form").is_in(IN_UDP)).then(UDP_PORT).alias(UDP_PORT)
    number = pl.coalesce(ID_FIELDS).alias("id")
    carried = variants.filter(pl.col("form") != "plain").with_columns(port, number)
    return tuple(TunnelSeen(*row) for row in _most(carried, "form", UDP_PORT, "id").iter_rows())


def _endpoints(variants: pl.DataFrame) -> Counter[tuple[str, int]]:
    """Return the packets of each innermost address: (kind, number) -> packets."""
    found: Counter[tuple[str, int]] = Counter()
    carried = [_innermost(stack) for stack in variants["stack"].to_list()]
    for layer in sorted(set(carried) - {""}):
        kind, names = ADDRESS_FIELDS_OF_LAYERS[layer]
        rows = variants.filter(pl.Series([each == layer for each in carried]))
        for name in names:
            columns = [each for each in (name, name + LOW) if each in variants.columns]
            counted = rows.drop_nulls(name).group_by(columns).agg(pl.col("packets").sum())
            for *words, packets in counted.iter_rows():
                found[kind, words[0] << 64 | words[1] if len(words) == 2 else words[0]] += packets
    return found


@cache
def _innermost(stack: str) -> str:
    """Return the last layer of a stack that has addresses."""
    return next((layer for layer in reversed(stack.split(":")) if layer in ADDRESS_FIELDS_OF_LAYERS), "")


def _busiest(endpoints: Counter[tuple[str, int]]) -> dict[str, int]:
    """Return the addresses with the most packets, as text."""
    order = sorted(endpoints.items(), key=lambda item: (-item[1], item[0]))
    return {values.written(kind, number): packets for (kind, number), packets in order[:KEPT]}
