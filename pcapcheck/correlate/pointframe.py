"""Capture points as a frame, and the properties of the capture point of each row of another frame.

The frame is made once, by `assemble`. It has a row a point, in order of `point`, which numbers the capture
points of the run.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from pcapcheck.correlate.schemas import POINTS_SCHEMA
from pcapcheck.topology.topology import CapturePoint


def points_frame(points: Sequence[CapturePoint], offsets: Mapping[str, int]) -> pl.DataFrame:
    """Return the frame of some capture points.

    Args:
        points: in order of their numbers.
        offsets: node -> nanoseconds that its clock is ahead; 0 where a node is absent.
    """
    rows = [
        (number, point.node, point.interface, str(point.role), point.pod, offsets.get(point.node or "", 0))
        for number, point in enumerate(points)
    ]
    return pl.DataFrame(rows, schema=POINTS_SCHEMA.dtypes, orient="row")


def of_point(points: pl.DataFrame, column: str) -> pl.Expr:
    """Return what a column of `points` says of each row's `point`; null where the row has no point."""
    values = points[column]
    return pl.col("point").replace_strict(points["point"], values, default=None, return_dtype=values.dtype)
