"""The schema of a frame says of each column its name, type, unit and meaning."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from pcapcheck.collect.variants import LOW

DataType: TypeAlias = type[pl.DataType]


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a frame.

    Attributes:
        name: what it is called.
        dtype: the type of its values.
        unit: what a number counts or indexes, or the words that a text may be; "" where the meaning says it.
        meaning: what a value says, and what null says where there may be nulls.
    """

    name: str
    dtype: DataType
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class FrameSchema:
    """The columns of one frame.

    Attributes:
        frame: the attribute of `Network` that holds it.
        columns: those that it always has.
        rest: what the other columns are; "": there are none.
        optional: those that it has in some runs.
    """

    frame: str
    columns: tuple[ColumnSpec, ...]
    rest: str = ""
    optional: tuple[ColumnSpec, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def dtypes(self) -> dict[str, DataType]:
        """The type of each column, as polars takes a schema."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Return a frame of these columns without rows."""
        return pl.DataFrame(schema=self.dtypes)

    def of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return these columns of a frame, with their types."""
        return frame.select(pl.col(name).cast(dtype) for name, dtype in self.dtypes.items())


def mismatches(schema: FrameSchema, frame: pl.DataFrame) -> Iterator[str]:
    """Yield how a frame differs from its schema, a phrase for each column."""
    wanted = schema.dtypes
    for name, dtype in wanted.items():
        if name not in frame.columns:
            yield f"{schema.frame} lacks the column {name}"
        elif frame.schema[name] != dtype:
            yield f"{schema.frame}.{name} is {frame.schema[name]}, not {dtype.__name__}"
    known = {*wanted, *(column.name for column in schema.optional)}
    further = [name for name in frame.columns if name not in known]
    if schema.rest:
        yield from _no_fields(schema, frame.select(further))
    else:
        yield from (f"{schema.frame} has a column {name} that its schema lacks" for name in further)


def _no_fields(schema: FrameSchema, rest: pl.DataFrame) -> Iterator[str]:
    """Yield which further columns are no header fields."""
    for name, dtype in rest.schema.items():
        if "." not in name.removesuffix(LOW):
            yield f"{schema.frame} has a column {name}, which is not the name of a field"
        elif dtype != pl.UInt64:
            yield f"{schema.frame}.{name} is {dtype}, not UInt64"
