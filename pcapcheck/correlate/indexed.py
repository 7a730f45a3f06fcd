"""Variants of an `any` capture -> facts of each interface index, for `topology.anycapture`."""

from collections.abc import Iterable

import polars as pl

from pcapcheck import values
from pcapcheck.correlate.tuples import addressed
from pcapcheck.topology.anycapture import ETHER, IndexFacts

INDEX = "sll.ifindex"


def index_facts(variants: pl.DataFrame) -> list[IndexFacts]:
    """Return what was seen at each interface index; only SLL2 has one.

    Args:
        variants: of one interface of one file.
    """
    rows = variants.filter(pl.col(INDEX).is_not_null()) if INDEX in variants.columns else pl.DataFrame()
    if rows.is_empty():
        return []
    told = addressed(rows).select(
        INDEX, "sll.hatype", "sll.pkttype", "sll.src.eth", "stack", "source", "destination", "packets"
    )
    return [_facts(int(str(index)), part) for (index,), part in sorted(told.group_by(INDEX))]


def _facts(index: int, rows: pl.DataFrame) -> IndexFacts:
    kinds = {int(str(kind)): part for (kind,), part in rows.group_by("sll.pkttype") if kind is not None}
    pairs = rows.select("source", "destination").drop_nulls().unique()
    return IndexFacts(
        ifindex=index,
        hatype=next(iter(rows["sll.hatype"].drop_nulls().mode().sort().to_list()), ETHER),
        packets={kind: int(part["packets"].sum()) for kind, part in kinds.items()},
        sources={kind: _macs(part["sll.src.eth"].drop_nulls().unique()) for kind, part in kinds.items()},
        stacks=frozenset(rows["stack"].unique()),
        pairs=frozenset(pairs.iter_rows()),
    )


def _macs(numbers: Iterable[int]) -> frozenset[str]:
    return frozenset(values.mac_text(number) for number in numbers if not number >> 48)
