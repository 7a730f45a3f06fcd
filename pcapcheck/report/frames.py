"""The parts of a report as polars frames. Column names and types are stable, like those of the JSON report.

A change that removes, renames or retypes a column raises `FRAMES_VERSION`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from pcapcheck.check.finding import Hop
from pcapcheck.errors import InputError, did_you_mean
from pcapcheck.report.escape import utf8
from pcapcheck.report.report import FlowSummary, PathStep, Report

if TYPE_CHECKING:
    import polars as pl

FrameRow: TypeAlias = tuple[object, ...]

FRAMES_VERSION = 1
HOP_COLUMNS = {
    "node": "text",
    "interface": "text",
    "role": "text",
    "form": "text",
    "side": "text",
    "pass": "integer",
    "pod": "text",
}
RESULT_FRAMES: Mapping[str, Mapping[str, str]] = {
    "findings": {
        "rule": "text",
        "severity": "text",
        **HOP_COLUMNS,
        "flow": "text",
        "file": "text",  # of the frame to look at
        "frame": "integer",
        "packets": "integer",  # that broke the rule so
        "judged": "integer",
        "fields": "texts",  # the failing fields; `expected` and `actual` are in the same order
        "expected": "texts",
        "actual": "texts",
        "message": "text",
    },
    "flows": {
        "flow": "text",
        "traffic": "texts",
        "source": "text",
        "destination": "text",
        "outcome": "text",
        "packets": "integer",
        "bytes": "integer",
        "first": "time",
        "last": "time",
        "points": "integer",
        "hops": "integer",  # of both directions
        "hops_captured": "integer",
        "lost": "integer",  # packets, at the hop where most are
        "nat": "text",
    },
    "hops": {
        "flow": "text",
        "direction": "text",  # forward: from the client; backward
        "step": "integer",  # from 1
        **HOP_COLUMNS,
        "captured": "truth",
        "seen": "integer",
        "missing": "integer",
        "fate": "text",
        "latency_us": "number",  # since the captured hop before
        "stack": "text",
    },
}


def frame(report: Report, name: str) -> "pl.DataFrame":
    """Return one part of the report as a frame; see `RESULT_FRAMES`.

    Raises:
        InputError: there is no such frame.
    """
    import polars as pl

    if name not in FRAME_ROWS:
        names = ", ".join([*FRAME_ROWS, "sightings"])
        raise InputError("Result.frame", f"there is no frame `{name}`", did_you_mean(name, FRAME_ROWS, names))
    types = {
        "text": pl.String(),
        "texts": pl.List(pl.String),
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "truth": pl.Boolean(),
        "time": pl.Datetime("ns", "UTC"),
    }
    schema = {column: types[kind] for column, kind in RESULT_FRAMES[name].items()}
    rows = [tuple(map(_held, row)) for row in FRAME_ROWS[name](report)]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _held(cell: object) -> object:
    """Return the cell with its text as valid UTF-8, which is all that a frame can hold."""
    if isinstance(cell, str):
        return cell if cell.isascii() else utf8(cell)
    return [_held(each) for each in cell] if isinstance(cell, list) else cell


def _hop(hop: Hop) -> FrameRow:
    return (hop.node, hop.interface, hop.role, hop.form, hop.side, hop.number, hop.pod)


def _findings(report: Report) -> Iterator[FrameRow]:
    for finding in report.findings:
        first = finding.frames[0] if finding.frames else None
        fields = list(dict.fromkeys([*finding.expected, *finding.actual]))
        yield (
            finding.rule,
            finding.severity.value,
            *_hop(finding.hop),
            finding.flow,
            first.file if first else None,
            first.frame if first else None,
            finding.packets,
            finding.judged,
            fields,
            [finding.expected.get(field) for field in fields],
            [finding.actual.get(field) for field in fields],
            finding.message,
        )


def _flows(report: Report) -> Iterator[FrameRow]:
    for flow in report.flows:
        yield flow_row(flow)


def flow_row(flow: FlowSummary) -> FrameRow:
    """Return one row of the "flows" frame."""
    steps = (*flow.forward, *flow.backward)
    lost = max((step.missing for step in steps if step.fate == "lost"), default=0)
    counts = (flow.points, len(steps), sum(step.captured for step in steps), lost)
    outcome = flow.ending.outcome if flow.ending else None
    names = (flow.flow, list(flow.traffic), flow.source, flow.destination, outcome)
    return (*names, flow.packets, flow.bytes, flow.first, flow.last, *counts, flow.nat)


def _hops(report: Report) -> Iterator[FrameRow]:
    for flow in report.flows:
        for direction, path in (("forward", flow.forward), ("backward", flow.backward)):
            for number, step in enumerate(path, start=1):
                yield (flow.flow, direction, number, *_hop(step.hop), *_step(step))


def _step(step: PathStep) -> FrameRow:
    latency = None if step.latency_ns is None else step.latency_ns / 1000
    return (step.captured, step.seen, step.missing, step.fate, latency, step.stack)


FRAME_ROWS: Mapping[str, Callable[[Report], Iterator[FrameRow]]] = {
    "findings": _findings,
    "flows": _flows,
    "hops": _hops,
}
