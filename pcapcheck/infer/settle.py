"""Captures -> capture points where names and topology do not say all: guesses, then places again.

Takes what was read and the topology, gives both settled. Without any topology it infers one; with one it asks
the packets of captures that nothing binds which of its interfaces they fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from pcapcheck.bind.content import by_content, of_any
from pcapcheck.bind.cooked import INDEX, index_facts
from pcapcheck.bind.filename import SLL2, merged_by
from pcapcheck.bind.place import BoundCaptures, BoundInterface, InterfaceKey, fingerprints, of, place
from pcapcheck.bind.points import Binding
from pcapcheck.bind.vantagepoint import TrafficSeen, VantagePoint
from pcapcheck.collect.capturesummary import CaptureSummary
from pcapcheck.correlate.addresses import addressed
from pcapcheck.infer.infer import InferredTopology, infer
from pcapcheck.infer.watching import nearer, seen_by_watch, translations
from pcapcheck.topology.topology import Role, Topology

COARSE_CLOCKS: Final = {"seconds": "its times are whole seconds", "none": "it has no times"}
HARDWARE_FIELD: Final = "sll.hatype"
WATCH: Final = {"file": pl.Int64, "interface": pl.UInt16, "index": pl.UInt64}


def settle(captured: Sequence[CaptureSummary], topology: Topology) -> BoundCaptures:
    """Bind the captures to capture points; without a topology, infer one from them."""
    topology = replace(topology, notes=(*topology.notes, *_remarks(captured)))
    bound = place(captured, topology)
    if topology.nodes or topology.pods:
        known = _by_content(bound, topology)
        return place(captured, topology, known) if known else bound
    guess = _guess(bound)
    inferred = replace(guess.topology, notes=topology.notes)
    return replace(place(captured, inferred, guess.bindings), votes=guess.votes)


def _remarks(captured: Sequence[CaptureSummary]) -> Iterator[str]:
    """Yield what captures cannot tell, whatever is in them."""
    for each in captured:
        tool = merged_by(each.input.shown)
        if tool:
            lost = "the capture point of each packet is lost"
            yield f"{each.input.shown}: {tool} merges the packets of all nodes; {lost}"
        if each.packets and each.clock in COARSE_CLOCKS:
            yield f"{each.input.shown}: {COARSE_CLOCKS[each.clock]}; latencies cannot be computed"


def _by_content(bound: BoundCaptures, topology: Topology) -> dict[InterfaceKey, Binding]:
    """Return where captures are of which neither name nor topology says it."""
    unbound = [each for each in bound.bound if each.binding.point is None and each.packets]
    if not unbound:
        return {}
    variants = addressed(bound.variants)
    table = pl.DataFrame([(each.file, each.interface, None) for each in unbound], schema=WATCH, orient="row")
    table = table.with_row_index("watch").cast({"watch": pl.Int64})
    seen = seen_by_watch(_watched(variants, table))
    numbers = table.select("file", "interface", "watch").iter_rows()
    watches = {(file, interface): number for file, interface, number in numbers}
    found: dict[InterfaceKey, Binding | None] = {}
    for each in unbound:
        key = (each.file, each.interface, None)
        facts = index_facts(of(bound.variants, each))
        if facts:
            found[key] = of_any(facts, topology)
            continue
        row = {"watch": watches[each.file, each.interface], "file": each.file, "interface": each.interface}
        found[key] = by_content(_watch(bound, row | {"index": None}, seen), topology)
    return {key: binding for key, binding in found.items() if binding}


def _guess(bound: BoundCaptures) -> InferredTopology:
    """Infer the topology from what was placed without one."""
    variants = addressed(bound.variants) if len(bound.variants) else bound.variants
    table = _watches(bound, variants)
    if len(variants):
        variants = _watched(variants, table)
        keys = fingerprints(bound)
        seen = seen_by_watch(variants)
        watches = [_watch(bound, row, seen) for row in table.iter_rows(named=True)]
        return infer(watches, nearer(variants, keys), translations(variants, keys))
    return infer([_watch(bound, row, {}) for row in table.iter_rows(named=True)], (), ())


def _watches(bound: BoundCaptures, variants: pl.DataFrame) -> pl.DataFrame:
    """Return a row a watch: an interface of a file, in SLL2 captures of `any` each interface index."""
    rows: list[tuple[int, int, int | None]] = []
    for each in bound.bound:
        here = (pl.col("file") == each.file) & (pl.col("interface") == each.interface)
        indices = (
            variants.filter(here)[INDEX].drop_nulls().unique().sort().to_list()
            if _is_any(bound, each) and len(variants)
            else []
        )
        rows += [(each.file, each.interface, index) for index in indices or [None]]
    return pl.DataFrame(rows, schema=WATCH, orient="row").with_row_index("watch").cast({"watch": pl.Int64})


def _is_any(bound: BoundCaptures, each: BoundInterface) -> bool:
    """Whether an interface of a file is all interfaces of a node."""
    linktype = bound.captured[each.file].interfaces[each.interface].linktype
    point = each.binding.point
    return linktype == SLL2 and (point is None or (point.role == Role.ANY and point.pod is None))


def _watched(variants: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Add the watch to each variant."""
    keys = ["file", "interface"]
    whole = table.filter(pl.col("index").is_null()).select(*keys, "watch")
    split = table.filter(pl.col("index").is_not_null()).select(*keys, "index", pl.col("watch").alias("at"))
    told = variants.join(whole, on=keys, how="left", maintain_order="left")
    told = told.join(
        split, left_on=[*keys, INDEX], right_on=[*keys, "index"], how="left", maintain_order="left"
    )
    return told.with_columns(pl.coalesce("watch", "at").alias("watch")).drop("at")


def _watch(
    bound: BoundCaptures, row: Mapping[str, Any], seen: Mapping[int, tuple[TrafficSeen, ...]]
) -> VantagePoint:
    """Return the facts of one watch."""
    each = next(b for b in bound.bound if (b.file, b.interface) == (row["file"], row["interface"]))
    captured = bound.captured[each.file]
    return VantagePoint(
        number=row["watch"],
        file=each.file,
        interface=each.interface,
        index=row["index"],
        path=bound.names[each.file],
        linktype=captured.interfaces[each.interface].linktype,
        hatype=_hatype(of(bound.variants, each), row["index"]),
        point=each.binding.point,
        candidates=each.binding.candidates,
        seen=seen.get(row["watch"], ()),
    )


def _hatype(variants: pl.DataFrame, index: int | None) -> int | None:
    """Return the hardware type that a cooked capture has for one of its interfaces, or the only one."""
    if HARDWARE_FIELD not in variants.columns:
        return None
    here = pl.col(INDEX) == index if index is not None else pl.lit(value=True)
    return next(iter(variants.filter(here)[HARDWARE_FIELD].drop_nulls().mode().sort().to_list()), None)
