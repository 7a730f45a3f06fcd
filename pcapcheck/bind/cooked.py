"""MACs in cooked captures: those of the link layer, and not those of a frame inside a tunnel.

A plain name such as `eth.src` is the outermost occurrence, which in a cooked capture (SLL, SLL2) is the
frame inside a tunnel. Rules mean the frame that crosses the interface. The cooked header holds its source;
no header holds its destination.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from pcapcheck.bind.any_capture import IndexFacts
from pcapcheck.correlate.addresses import addressed
from pcapcheck.documents import values
from pcapcheck.topology.devices import ETHER

SOURCE: Final = "sll.src.eth"
COOKED_LAYER: Final = "sll"


def with_link_macs(variants: pl.DataFrame) -> pl.DataFrame:
    """Return the variants with the MACs of the link layer where the capture is cooked.

    `eth.src` becomes that of the cooked header, and `eth.dst` absent. Where no tunnel carries a frame, the
    same holds for the innermost frame.
    """
    if SOURCE not in variants.columns:
        return variants
    stack = pl.col("stack")
    cooked = stack.str.starts_with(COOKED_LAYER)
    bare = cooked & ~stack.str.contains(r"(?:^|:)eth(?::|$)")
    nothing = pl.lit(None, pl.UInt64)
    changes = {
        "eth.src": (cooked, pl.col(SOURCE)),
        "eth.dst": (cooked, nothing),
        "inner.eth.src": (bare, pl.col(SOURCE)),
        "inner.eth.dst": (bare, nothing),
    }
    return variants.with_columns(
        pl.when(where).then(value).otherwise(pl.col(name)).alias(name)
        for name, (where, value) in changes.items()
        if name in variants.columns
    )


INDEX = "sll.ifindex"


def index_facts(variants: pl.DataFrame) -> list[IndexFacts]:
    """Return what was seen at each interface index; only SLL2 has them.

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
