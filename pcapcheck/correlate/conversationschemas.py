"""The schemas of the frames of a `Network` that say how conversations went on and ended."""

from typing import Final

import polars as pl

from pcapcheck.correlate.frameschema import ColumnSpec, FrameSchema

PENDING_SCHEMA: Final = FrameSchema(
    "pending",
    (
        ColumnSpec("flow", pl.Int64, "direction", "the flow"),
        ColumnSpec("direction", pl.Int64, "row of directions", "the direction of the requests"),
        ColumnSpec("client", pl.Boolean, "", "it is the client's"),
        ColumnSpec("what", pl.String, "opening, data, echo, datagram", "what kind of request they are"),
        ColumnSpec("point", pl.Int64, "row of points", "the capture point that saw most of them"),
        ColumnSpec("items", pl.Int64, "requests", "different ones without an answer, at the end of the flow"),
        ColumnSpec("copies", pl.Int64, "packets", "how often one of them was sent"),
        ColumnSpec("since", pl.Int64, "ns since 1970", "when the first of them was sent"),
        ColumnSpec("until", pl.Int64, "ns since 1970", "when the last of them was sent"),
    ),
)
RESETS_SCHEMA: Final = FrameSchema(
    "resets",
    (
        ColumnSpec("flow", pl.Int64, "direction", "the flow"),
        ColumnSpec("direction", pl.Int64, "row of directions", "the direction in which the reset travels"),
        ColumnSpec("client", pl.Boolean, "", "it is the client's"),
        ColumnSpec("point", pl.Int64, "row of points", "the capture point that saw it"),
        ColumnSpec("variant", pl.Int64, "row of variants", "its variant"),
        ColumnSpec("time", pl.Int64, "ns since 1970", "when it was seen, by the reference clock"),
        ColumnSpec("pause", pl.Int64, "ns", "the longest of the two pauses of the flow before it"),
    ),
)
OUTCOMES_SCHEMA: Final = FrameSchema(
    "outcomes",
    (
        ColumnSpec("flow", pl.Int64, "direction", "the flow"),
        ColumnSpec("outcome", pl.String, "Outcome", "how it ended"),
        ColumnSpec("failed", pl.Boolean, "", "no request was answered, or none from some moment on"),
        ColumnSpec("by", pl.String, "", "who refused or reset it: destination, its node …; else null"),
        ColumnSpec("asked", pl.Int64, "packets", "requests at the point nearest to the client"),
        ColumnSpec("answers", pl.Int64, "packets", "answers to them at that point"),
        ColumnSpec("since", pl.Int64, "ns since 1970", "when the first request without an answer was sent"),
        ColumnSpec("waited", pl.Int64, "ns", "how long that point went on capturing after the last"),
        ColumnSpec("near", pl.Int64, "row of points", "the point nearest to the client that saw a request"),
        ColumnSpec("far", pl.Int64, "row of points", "the last point on the way that saw a request"),
        ColumnSpec("delivered", pl.Boolean, "", "a request was seen at the destination's own interface"),
        ColumnSpec("answer_first", pl.Int64, "row of points", "the first point that saw an answer; or null"),
        ColumnSpec("answer_last", pl.Int64, "row of points", "the last point that saw an answer; or null"),
        ColumnSpec("outside", pl.String, "", "the end outside the cluster; null: both ends belong to it"),
        *(
            ColumnSpec(f"asked_{name}", dtype, unit, f"the {name} that requests have at the nearest point")
            for name, dtype, unit in (
                ("source", pl.String, ""),
                ("source_port", pl.Int64, "port"),
                ("destination", pl.String, ""),
                ("destination_port", pl.Int64, "port"),
            )
        ),
        ColumnSpec("server", pl.String, "", "whom the client asked: protocol, address and port"),
    ),
)
