"""Cooked variants: with a cooked link layer, the frame's own MACs are not those of a frame inside a tunnel.

A plain name such as `eth.src` is the outermost occurrence, which in a cooked capture (SLL, SLL2) is the frame
that a tunnel carries. What rules mean is the frame that crosses the interface: the cooked header has its
source, and nobody its destination.
"""

from typing import Final

import polars as pl

SOURCE: Final = "sll.src.eth"
PREFIX: Final = "sll"


def with_link_macs(variants: pl.DataFrame) -> pl.DataFrame:
    """Return the variants with the MACs of the link layer where the capture is cooked.

    `eth.src` is the cooked header's, `eth.dst` absent; where no tunnel carries a frame that holds for the
    innermost frame too.
    """
    if SOURCE not in variants.columns:
        return variants
    stack = pl.col("stack")
    cooked = stack.str.starts_with(PREFIX)
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
