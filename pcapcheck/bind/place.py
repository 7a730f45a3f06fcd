"""Captures after the map stage -> capture points.

Each interface of each file is bound to a point; in an `any` capture, each interface index. Takes what was
read and the topology; gives the variants of all files with their points. It opens nothing and knows no
rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from pcapcheck.bind.any_capture import settle_any
from pcapcheck.bind.bind import Binder, place_of
from pcapcheck.bind.cooked import INDEX, index_facts, with_link_macs
from pcapcheck.bind.points import Binding, Points
from pcapcheck.collect.capturesummary import CaptureSummary
from pcapcheck.collect.fingerprint import MAX_FINGERPRINTS, keys_of_a_variant, smallest
from pcapcheck.decode.cutoff import CUT
from pcapcheck.scale import scratch
from pcapcheck.topology.devices import LOOPBACK
from pcapcheck.topology.topology import CapturePoint, Role, Topology

InterfaceKey: TypeAlias = tuple[int, int, int | None]  # file, interface, interface index in an `any` capture
ParameterVotes: TypeAlias = Mapping[str, Mapping[int, int]]  # parameter -> value -> how many nodes use it
NO_BINDINGS: Final[Mapping[InterfaceKey, Binding]] = {}
POINT_SCHEMA: Final = {"file": pl.Int64, "interface": pl.UInt16, "index": pl.UInt64, "point": pl.Int64}


@dataclass(frozen=True, slots=True)
class BoundInterface:
    """One interface of one file, with its point or the reason why it has none.

    Attributes:
        file, interface: their numbers.
        name: what the file calls the interface.
        binding: where it is.
        packets: how many packets it has.
        cut: how many of them were cut off within their headers; they are in no variant.
        incomplete: why the capture may lack packets that were there, or empty.
    """

    file: int
    interface: int
    name: str
    binding: Binding
    packets: int
    cut: int = 0
    incomplete: str = ""


@dataclass(frozen=True, slots=True)
class BoundCaptures:
    """All captures of a run, with capture points, in the topology that is given or inferred.

    Attributes:
        captured: per file.
        points: distinct capture points; the column `point` of the variants is an index, null where a file
            could not be bound.
        variants: of all files: `variant` (row number), `file`, `point`.
        bound: per interface of a file.
        topology: the intended network: the given one, else what the captures show.
        names: of the files, relative to the folder that was given.
        sizes: how many variants each file has, with those of packets that were cut off.
        votes: the values of parameters that the nodes use, where the topology is inferred.
    """

    captured: tuple[CaptureSummary, ...]
    points: tuple[CapturePoint, ...]
    variants: pl.DataFrame
    bound: tuple[BoundInterface, ...]
    topology: Topology = field(default_factory=Topology)
    names: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    votes: ParameterVotes = field(default_factory=dict)

    @property
    def blind(self) -> frozenset[int]:
        """The points where packets were cut off within their headers, and that no other file shows whole.

        Those of texts with missing lines are among them, whatever other files show.
        """
        numbers = {point: number for number, point in enumerate(self.points)}
        here = [each for each in self.bound if each.binding.point in numbers]
        cut = {numbers[each.binding.point] for each in here if each.cut and each.binding.point}
        lacking = {numbers[each.binding.point] for each in here if each.incomplete and each.binding.point}
        if not self.variants.width:
            return frozenset(cut | lacking)
        seen = self.variants.select("point", "whole").drop_nulls().unique().rows()
        cut |= {point for point, whole in seen if not whole}
        return frozenset(cut - {point for point, whole in seen if whole} | lacking)

    def windows(self, ahead: Mapping[str, int]) -> pl.DataFrame:
        """Return when each variant was seen, by the reference clock: variant, point, first, last.

        Args:
            ahead: node -> nanoseconds that its clock is ahead.
        """
        offset = {number: ahead.get(point.node or "", 0) for number, point in enumerate(self.points) if point}
        shift = (
            pl.col("point").replace_strict(offset, default=0, return_dtype=pl.Int64) if offset else pl.lit(0)
        )
        seen = self.variants.filter(pl.col("point").is_not_null())
        return seen.select("variant", "point", pl.col("first") - shift, pl.col("last") - shift)


def place(
    captured: Sequence[CaptureSummary],
    topology: Topology,
    known: Mapping[InterfaceKey, Binding] = NO_BINDINGS,
) -> BoundCaptures:
    """Bind every interface of every file to its capture point.

    Args:
        captured: the files.
        topology: the intended network.
        known: (file, interface, interface index or None) -> where that is, told by other means than names.
    """
    names = relative([each.input.shown for each in captured])
    variants = _together(captured)
    bound = [
        replace(each, binding=known.get((each.file, each.interface, None)) or each.binding)
        for each in _bindings(captured, names, topology, variants)
    ]
    variants = _whole(variants)
    points, table = _points(bound, variants, topology, known)
    files = tuple(replace(each, variants=each.variants.clear()) for each in captured)  # kept once, not twice
    if not variants.width:
        return BoundCaptures(files, tuple(points), variants, tuple(bound), topology, tuple(names))
    told = _in_order(variants.drop("variant").with_columns(_point_of(variants, table)))
    numbered = told.with_row_index("variant").cast({"variant": pl.Int64})
    sizes = tuple(len(each.variants) for each in captured)
    return BoundCaptures(files, tuple(points), numbered, tuple(bound), topology, tuple(names), sizes)


def fingerprints(bound: BoundCaptures) -> pl.DataFrame:
    """Return fingerprints of some packets of each variant: variant, strong, time; it may be empty."""
    most = keys_of_a_variant(len(bound.variants))
    parts: list[pl.DataFrame] = []
    waiting: list[pl.DataFrame] = []
    held = 0
    for number, each in enumerate(bound.captured):
        keys = scratch.load(each.keys)
        if keys.width:
            waiting.append(keys.with_columns(pl.lit(number, pl.Int64).alias("file")))
            held += len(keys)
        if waiting and (held >= MAX_FINGERPRINTS or number + 1 == len(bound.captured)):
            parts.append(smallest(pl.concat(waiting), ["file", "variant"], most))
            waiting, held = [], 0
    if not parts:
        return pl.DataFrame()
    names = bound.variants.select("file", "local", pl.col("variant").alias("to"))
    told = pl.concat(parts).join(
        names, left_on=["file", "variant"], right_on=["file", "local"], maintain_order="left"
    )
    return told.select(pl.col("to").alias("variant"), "strong", "time")


def _together(captured: Sequence[CaptureSummary]) -> pl.DataFrame:
    """Return the variants of all files; `local` is the number of each within its file."""
    known = [(number, each.variants) for number, each in enumerate(captured) if each.variants.width]
    if not known:
        return pl.DataFrame()
    files = np.repeat([number for number, _ in known], [len(frame) for _, frame in known])
    whole = pl.concat([frame for _, frame in known], how="diagonal")
    return with_link_macs(whole.with_columns(pl.Series("file", files, pl.Int64), local=pl.col("variant")))


def _bindings(
    captured: Sequence[CaptureSummary], names: Sequence[str], topology: Topology, variants: pl.DataFrame
) -> Iterator[BoundInterface]:
    """Yield every interface of every file, bound by what the names say."""
    said = [place_of(each.description) for capture in captured for each in capture.interfaces]
    binder = Binder(topology, [*names, *dict.fromkeys(each for each in said if each)])
    counted = variants
    if len(variants):
        cut = pl.col("packets").filter(pl.col("stack") == CUT).sum().alias("cut")
        counted = variants.group_by("file", "interface").agg(pl.col("packets").sum(), cut)
    counts = {(file, interface): numbers for file, interface, *numbers in counted.iter_rows()}
    for number, (name, capture) in enumerate(zip(names, captured, strict=True)):
        for interface, each in enumerate(capture.interfaces):
            bound = binder.bind(name, name=each.name, description=each.description, linktype=each.linktype)
            packets, off = counts.get((number, interface), (0, 0))
            yield BoundInterface(number, interface, each.name, bound, packets, off, each.incomplete)


def _whole(variants: pl.DataFrame) -> pl.DataFrame:
    """Return the variants of packets with complete headers; `whole`: their interface has no others."""
    if not variants.width:
        return variants
    off = variants.filter(pl.col("stack") == CUT)
    if off.is_empty():
        return variants.with_columns(whole=pl.lit(value=True))
    key = ["file", "interface"]
    blind = off.select(*key, whole=pl.lit(value=False)).unique()
    left = variants.filter(pl.col("stack") != CUT).join(blind, on=key, how="left", maintain_order="left")
    return left.with_columns(pl.col("whole").fill_null(value=True))


def relative(shown: Sequence[str]) -> list[str]:
    """Return file names relative to the deepest folder that they share."""
    parts = [PurePath(each).parts for each in shown]
    common = 0
    while parts and all(len(each) > common + 1 and each[common] == parts[0][common] for each in parts):
        common += 1
    return [str(PurePath(*each[common:])) for each in parts]


def _points(
    bound: Sequence[BoundInterface],
    variants: pl.DataFrame,
    topology: Topology,
    known: Mapping[InterfaceKey, Binding],
) -> tuple[list[CapturePoint], pl.DataFrame]:
    """Return the distinct points, and which (file, interface, interface index) is at which."""
    numbers: dict[CapturePoint, int] = {}
    rows: list[tuple[int, int, int | None, int]] = []
    for each in bound:
        told: dict[int | None, CapturePoint | None] = {
            index: binding.point
            for (file, interface, index), binding in known.items()
            if (file, interface) == (each.file, each.interface) and index is not None
        }
        point = each.binding.point
        if point is not None and point.role == Role.ANY and not told:
            told |= dict(sorted(_settled(of(variants, each), point, topology).items()))
        elif point is not None and point.role != Role.ANY:
            told = {None: point}
        for index, found in told.items():
            if found is not None:
                rows.append((each.file, each.interface, index, numbers.setdefault(found, len(numbers))))
    return list(numbers), pl.DataFrame(rows, schema=POINT_SCHEMA, orient="row")


def of(variants: pl.DataFrame, each: BoundInterface) -> pl.DataFrame:
    """Return the variants of one interface of one file."""
    if variants.is_empty():
        return variants
    return variants.filter((pl.col("file") == each.file) & (pl.col("interface") == each.interface))


def _point_of(variants: pl.DataFrame, table: pl.DataFrame) -> pl.Series:
    """Return the point of each variant; in an `any` capture the interface index decides."""
    key = ["file", "interface"]
    whole = table.filter(pl.col("index").is_null()).select(*key, "point")
    split = table.filter(pl.col("index").is_not_null()).select(*key, "index", pl.col("point").alias("at"))
    told = variants.select(*key, INDEX).join(whole, on=key, how="left", maintain_order="left")
    told = told.join(
        split, left_on=[*key, INDEX], right_on=[*key, "index"], how="left", maintain_order="left"
    )
    return told.select(pl.coalesce("point", "at").alias("point")).to_series()


def _in_order(variants: pl.DataFrame) -> pl.DataFrame:
    """Return the variants by file and first frame. There are many, so they are copied only once."""
    order = variants.select(pl.arg_sort_by("file", "frame1", "local")).to_series().to_numpy()
    return variants.rechunk() if (np.diff(order.astype(np.int64)) == 1).all() else variants[order]


def _settled(variants: pl.DataFrame, point: CapturePoint, topology: Topology) -> dict[int, CapturePoint]:
    """Return the point of each interface index of an `any` capture."""
    facts = index_facts(variants)
    points = Points(topology)
    if point.pod:
        inside = [each for each in facts if each.hatype != LOOPBACK]
        pod = topology.pods.get(point.pod)
        alone = len(inside) == 1
        return {
            each.ifindex: points.of_pod(
                point.pod, "lo" if each.hatype == LOOPBACK else pod.interface if pod else "eth0"
            )
            for each in facts
            if each.hatype == LOOPBACK or alone
        }
    names = settle_any(topology, point.node or "", facts)
    found = {index: points.of_node(point.node, name) for index, name in names.items()}
    return {index: each for index, each in found.items() if each}
