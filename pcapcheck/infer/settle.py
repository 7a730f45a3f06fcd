"""Settle where captures were taken: bind them, infer what is missing from their packets, bind them again.

Takes what was read and the topology, and settles both. Without a topology it infers one. With one it asks
the packets of unbound captures which interface of the topology they fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from pcapcheck.bind.content import by_content, of_any
from pcapcheck.bind.cooked import INDEX, index_facts
from pcapcheck.bind.filename import merged_by
from pcapcheck.bind.place import BoundCaptures, BoundInterface, InterfaceKey, fingerprints, of, place
from pcapcheck.bind.points import Binding
from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint
from pcapcheck.collect.capturesummary import CaptureSummary
from pcapcheck.correlate.addresses import addressed
from pcapcheck.decode.registry import link_type
from pcapcheck.infer.disagreement import corrected, disagreements
from pcapcheck.infer.infer import InferredTopology, infer
from pcapcheck.infer.trafficseen import nearer, seen_by_vantage, translations
from pcapcheck.topology.topology import Role, Topology

COARSE_CLOCKS: Final = {"seconds": "its times are whole seconds", "none": "it has no times"}
HARDWARE_FIELD: Final = "sll.hatype"
VANTAGE_SCHEMA: Final = {"file": pl.Int64, "interface": pl.UInt16, "index": pl.UInt64}


def settle(captured: Sequence[CaptureSummary], topology: Topology) -> BoundCaptures:
    """Bind the captures to capture points; without a topology, infer one from them."""
    topology = replace(topology, notes=(*topology.notes, *_remarks(captured)))
    bound = place(captured, topology)
    if topology.nodes or topology.pods:
        known = _by_content(bound, topology)
        bound = place(captured, topology, known) if known else bound
        return _up_to_date(captured, bound, known)
    guess = _guess(bound)
    inferred = replace(guess.topology, notes=topology.notes)
    return replace(place(captured, inferred, guess.bindings), votes=guess.votes)


def _up_to_date(
    captured: Sequence[CaptureSummary], bound: BoundCaptures, known: Mapping[InterfaceKey, Binding]
) -> BoundCaptures:
    """Return the captures in the topology as the packets show it, where it is out of date."""
    found = disagreements(_vantages(bound, _numbered(bound)), bound.topology)
    if not found:
        return bound
    told = tuple(each.text for each in found)
    return place(captured, replace(corrected(bound.topology, found), contradicted=told), known)


def _remarks(captured: Sequence[CaptureSummary]) -> Iterator[str]:
    """Yield what captures cannot tell, whatever they contain."""
    for each in captured:
        tool = merged_by(each.input.shown)
        if tool:
            lost = "the capture point of each packet is lost"
            yield f"{each.input.shown}: {tool} merges the packets of all nodes; {lost}"
        if each.packets and each.clock in COARSE_CLOCKS:
            yield f"{each.input.shown}: {COARSE_CLOCKS[each.clock]}; latencies cannot be computed"


def _by_content(bound: BoundCaptures, topology: Topology) -> dict[InterfaceKey, Binding]:
    """Return the bindings of captures that neither their names nor the topology bind."""
    unbound = [each for each in bound.bound if each.binding.point is None and each.packets]
    if not unbound:
        return {}
    variants = addressed(bound.variants)
    table = pl.DataFrame(
        [(each.file, each.interface, None) for each in unbound], schema=VANTAGE_SCHEMA, orient="row"
    )
    table = table.with_row_index("vantage").cast({"vantage": pl.Int64})
    seen = seen_by_vantage(_with_vantages(variants, table))
    numbers = table.select("file", "interface", "vantage").iter_rows()
    vantages = {(file, interface): number for file, interface, number in numbers}
    found: dict[InterfaceKey, Binding | None] = {}
    for each in unbound:
        key = (each.file, each.interface, None)
        facts = index_facts(of(bound.variants, each))
        if facts:
            found[key] = of_any(facts, topology)
            continue
        row = {"vantage": vantages[each.file, each.interface], "file": each.file, "interface": each.interface}
        found[key] = by_content(_vantage_point(bound, row | {"index": None}, seen), topology)
    return {key: binding for key, binding in found.items() if binding}


def _guess(bound: BoundCaptures) -> InferredTopology:
    """Infer the topology from captures that were bound without one."""
    variants = _numbered(bound)
    vantages = _vantages(bound, variants)
    if variants.is_empty():
        return infer(vantages, (), ())
    keys = fingerprints(bound)
    return infer(vantages, nearer(variants, keys), translations(variants, keys))


def _numbered(bound: BoundCaptures) -> pl.DataFrame:
    """Return the variants with their addresses and vantage points."""
    if bound.variants.is_empty():
        return bound.variants
    variants = addressed(bound.variants)
    return _with_vantages(variants, _vantage_points(bound, variants))


def _vantages(bound: BoundCaptures, variants: pl.DataFrame) -> list[VantagePoint]:
    """Return all vantage points with what was seen there."""
    seen = seen_by_vantage(variants) if len(variants) else {}
    table = _vantage_points(bound, variants)
    return [_vantage_point(bound, row, seen) for row in table.iter_rows(named=True)]


def _vantage_points(bound: BoundCaptures, variants: pl.DataFrame) -> pl.DataFrame:
    """Return a row for each vantage point: an interface of a file, or an index of an `any` capture."""
    rows: list[tuple[int, int, int | None]] = []
    for each in bound.bound:
        here = (pl.col("file") == each.file) & (pl.col("interface") == each.interface)
        indices = (
            variants.filter(here)[INDEX].drop_nulls().unique().sort().to_list()
            if _is_any(bound, each) and len(variants)
            else []
        )
        rows += [(each.file, each.interface, index) for index in indices or [None]]
    return (
        pl.DataFrame(rows, schema=VANTAGE_SCHEMA, orient="row")
        .with_row_index("vantage")
        .cast({"vantage": pl.Int64})
    )


def _is_any(bound: BoundCaptures, each: BoundInterface) -> bool:
    """Return whether an interface of a file stands for all interfaces of a node."""
    linktype = bound.captured[each.file].interfaces[each.interface].linktype
    point = each.binding.point
    return link_type(linktype).indexed and (point is None or (point.role == Role.ANY and point.pod is None))


def _with_vantages(variants: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Add its vantage point to each variant."""
    keys = ["file", "interface"]
    whole = table.filter(pl.col("index").is_null()).select(*keys, "vantage")
    split = table.filter(pl.col("index").is_not_null()).select(*keys, "index", pl.col("vantage").alias("at"))
    told = variants.join(whole, on=keys, how="left", maintain_order="left")
    told = told.join(
        split, left_on=[*keys, INDEX], right_on=[*keys, "index"], how="left", maintain_order="left"
    )
    return told.with_columns(pl.coalesce("vantage", "at").alias("vantage")).drop("at")


def _vantage_point(
    bound: BoundCaptures, row: Mapping[str, Any], seen: Mapping[int, tuple[TrafficSeen, ...]]
) -> VantagePoint:
    """Return one vantage point with what was seen there."""
    each = next(b for b in bound.bound if (b.file, b.interface) == (row["file"], row["interface"]))
    captured = bound.captured[each.file]
    return VantagePoint(
        number=row["vantage"],
        file=each.file,
        interface=each.interface,
        index=row["index"],
        path=bound.names[each.file],
        linktype=captured.interfaces[each.interface].linktype,
        hatype=_hatype(of(bound.variants, each), row["index"]),
        point=each.binding.point,
        candidates=each.binding.candidates,
        seen=seen.get(row["vantage"], ()),
    )


def _hatype(variants: pl.DataFrame, index: int | None) -> int | None:
    """Return the most frequent hardware type of a cooked capture, or of one of its interface indices."""
    if HARDWARE_FIELD not in variants.columns:
        return None
    here = pl.col(INDEX) == index if index is not None else pl.lit(value=True)
    return next(iter(variants.filter(here)[HARDWARE_FIELD].drop_nulls().mode().sort().to_list()), None)
