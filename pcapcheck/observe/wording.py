"""Observed cases: the values that each field had in packets of each kind, with their context."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from pcapcheck.collect.variants import LOW
from pcapcheck.observe.kinds import KIND_COLUMNS, STACK, Observed, PacketKind, fields_of

VARIABLE_COLUMNS: Final = ("source_end", "destination_end", "point")  # variables are computed from them


@dataclass(frozen=True, slots=True)
class ObservedCase:
    """A value of a field, in packets of one kind with the same context.

    Attributes:
        kind: the kind of the packets.
        field: the field.
        value: a number; text for stack and form.
        row: the context of the packets.
        node: where they were seen.
        file, frame: the first of them; the file is its number.
        packets: how many there are.
        flows: the numbers of their flows.
    """

    kind: PacketKind
    field: Observed
    value: int | str
    row: dict[str, Any]
    node: str | None
    file: int
    frame: int
    packets: int
    flows: frozenset[int]


def cases(rows: pl.DataFrame) -> Iterator[ObservedCase]:
    """Yield every distinct case, form by form.

    Args:
        rows: as `kind.rows_of_kinds` gives them.
    """
    if rows.is_empty():
        return
    for form in rows["form"].unique(maintain_order=True).to_list():
        some = rows.filter(pl.col("form") == form).with_columns(_carrier())
        for field in (*fields_of(form), Observed(STACK, "text")):
            if field.name in some.columns and some[field.name].null_count() < len(some):
                yield from _of_field(some, field)


def _carrier() -> pl.Expr:
    """Return the stack up to the innermost IP header: what follows belongs to the flow."""
    return pl.col("stack").str.replace(r"^(.*:ip(v6)?):.*$", "$1")


def _of_field(rows: pl.DataFrame, field: Observed) -> Iterator[ObservedCase]:
    low = field.name + LOW
    words = [field.name, low] if low in rows.columns else [field.name]
    around = [*VARIABLE_COLUMNS, "node"] if field.is_address else ["node"]
    keys = [*KIND_COLUMNS, *words, *around]
    found = (
        rows.drop_nulls(words)
        .group_by(keys, maintain_order=True)
        .agg(
            pl.col("packets").sum().alias("count"),
            pl.col("flow").unique(),
            pl.col("file", "frame1").sort_by("file", "frame1").first(),
        )
    )
    for row in found.iter_rows(named=True):
        value = row[field.name]
        if len(words) == 2:
            value = int(value) << 64 | int(row[low])
        kind = PacketKind(*(row[key] or "" for key in KIND_COLUMNS))
        surroundings = {key: row[key] for key in around}
        flows = frozenset(each for each in row["flow"] if each is not None)
        place = (row["node"], row["file"], row["frame1"])
        yield ObservedCase(kind, field, value, surroundings, *place, row["count"], flows)
