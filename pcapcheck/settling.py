"""Captures -> capture points where names and topology do not say all: guesses, then places again.

Takes what was read and the topology, gives both settled. Without any topology it infers one; with one it asks
the packets of captures that nothing binds which of its interfaces they fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import polars as pl

from pcapcheck.captured import Captured
from pcapcheck.correlate.indexed import INDEX, index_facts
from pcapcheck.correlate.tuples import addressed
from pcapcheck.correlate.watching import nearer, seen_by_watch, translations
from pcapcheck.placing import Bound, Key, Placed, of, place, strong_keys
from pcapcheck.topology.binding import Binding
from pcapcheck.topology.content import by_content, of_any
from pcapcheck.topology.infer import Inferred, infer
from pcapcheck.topology.inferring.tallies import Tallies
from pcapcheck.topology.inferring.watch import Seen, Watch
from pcapcheck.topology.layout import merged_by
from pcapcheck.topology.naming import SLL2
from pcapcheck.topology.topology import Role, Topology

COARSE: Final = {"seconds": "its times are whole seconds", "none": "it has no times"}
HARDWARE: Final = "sll.hatype"
WATCH: Final = {"file": pl.Int64, "interface": pl.UInt16, "index": pl.UInt64}


@dataclass(frozen=True)
class Settled:
    """Captures with their points, the topology (given or inferred), and the values that nodes use."""

    placed: Placed
    topology: Topology
    tallies: Tallies = field(default_factory=dict)


def settle(captured: Sequence[Captured], topology: Topology) -> Settled:
    """Place the captures; guess what is not known."""
    topology = replace(topology, notes=(*topology.notes, *_remarks(captured)))
    placed = place(captured, topology)
    if topology.nodes or topology.pods:
        known = _by_content(placed, topology)
        return Settled(place(captured, topology, known) if known else placed, topology)
    guess = _guess(placed)
    inferred = replace(guess.topology, notes=topology.notes)
    return Settled(place(captured, inferred, guess.bindings), inferred, guess.tallies)


def _remarks(captured: Sequence[Captured]) -> Iterator[str]:
    """Yield what captures cannot tell, whatever is in them."""
    for each in captured:
        tool = merged_by(each.input.shown)
        if tool:
            yield f"{each.input.shown}: {tool} merges the packets of all nodes; where each was seen is lost"
        if each.packets and each.clock in COARSE:
            yield f"{each.input.shown}: {COARSE[each.clock]}; no latency can be told"


def _by_content(placed: Placed, topology: Topology) -> dict[Key, Binding]:
    """Return where captures are of which neither name nor topology says it."""
    unbound = [each for each in placed.bound if each.binding.point is None and each.packets]
    if not unbound:
        return {}
    variants = addressed(placed.variants)
    table = pl.DataFrame([(each.file, each.interface, None) for each in unbound], schema=WATCH, orient="row")
    table = table.with_row_index("watch").cast({"watch": pl.Int64})
    seen = seen_by_watch(_watched(variants, table))
    numbers = table.select("file", "interface", "watch").iter_rows()
    watches = {(file, interface): number for file, interface, number in numbers}
    found: dict[Key, Binding | None] = {}
    for each in unbound:
        key = (each.file, each.interface, None)
        facts = index_facts(of(placed.variants, each))
        if facts:
            found[key] = of_any(facts, topology)
            continue
        row = {"watch": watches[each.file, each.interface], "file": each.file, "interface": each.interface}
        found[key] = by_content(_watch(placed, row | {"index": None}, seen), topology)
    return {key: binding for key, binding in found.items() if binding}


def _guess(placed: Placed) -> Inferred:
    """Infer the topology from what was placed without one."""
    variants = addressed(placed.variants) if len(placed.variants) else placed.variants
    table = _watches(placed, variants)
    if len(variants):
        variants = _watched(variants, table)
        keys = strong_keys(placed)
        seen = seen_by_watch(variants)
        watches = [_watch(placed, row, seen) for row in table.iter_rows(named=True)]
        return infer(watches, nearer(variants, keys), translations(variants, keys))
    return infer([_watch(placed, row, {}) for row in table.iter_rows(named=True)], (), ())


def _watches(placed: Placed, variants: pl.DataFrame) -> pl.DataFrame:
    """Return a row a watch: an interface of a file, in SLL2 captures of `any` each interface index."""
    rows: list[tuple[int, int, int | None]] = []
    for each in placed.bound:
        here = (pl.col("file") == each.file) & (pl.col("interface") == each.interface)
        indices = (
            variants.filter(here)[INDEX].drop_nulls().unique().sort().to_list()
            if _is_any(placed, each) and len(variants)
            else []
        )
        rows += [(each.file, each.interface, index) for index in indices or [None]]
    return pl.DataFrame(rows, schema=WATCH, orient="row").with_row_index("watch").cast({"watch": pl.Int64})


def _is_any(placed: Placed, each: Bound) -> bool:
    """Whether an interface of a file is all interfaces of a node."""
    linktype = placed.captured[each.file].interfaces[each.interface].linktype
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


def _watch(placed: Placed, row: Mapping[str, Any], seen: Mapping[int, tuple[Seen, ...]]) -> Watch:
    """Return the facts of one watch."""
    each = next(b for b in placed.bound if (b.file, b.interface) == (row["file"], row["interface"]))
    captured = placed.captured[each.file]
    return Watch(
        number=row["watch"],
        file=each.file,
        interface=each.interface,
        index=row["index"],
        path=placed.names[each.file],
        linktype=captured.interfaces[each.interface].linktype,
        hatype=_hatype(of(placed.variants, each), row["index"]),
        point=each.binding.point,
        candidates=each.binding.candidates,
        seen=seen.get(row["watch"], ()),
    )


def _hatype(variants: pl.DataFrame, index: int | None) -> int | None:
    """Return the hardware type that a cooked capture has for one of its interfaces, or the only one."""
    if HARDWARE not in variants.columns:
        return None
    here = pl.col(INDEX) == index if index is not None else pl.lit(value=True)
    return next(iter(variants.filter(here)[HARDWARE].drop_nulls().mode().sort().to_list()), None)
