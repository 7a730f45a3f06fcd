r"""JSON: the report for programs, `json-v1`. `documents/schemas/report.schema.json` describes every key.

A list has one item a line, so that two reports can be compared with `diff`. The text is ASCII, so that it
cannot control a terminal. Bytes of file names that are not UTF-8 are written as `\x9c`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from json import dumps
from typing import TypeAlias

from pcapcheck import __version__
from pcapcheck.check.finding import Finding, Frame, Hop
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.report.escape import utf8
from pcapcheck.report.report import CaptureUsed, FlowSummary, PathStep, Report

Item: TypeAlias = Mapping[str, object]

SUFFIX = ".json"
ENDING_TEXTS = ("by", "requested_last", "answered_first", "answered_last")


def write(report: Report) -> Iterator[str]:
    """Yield the document. Equal reports give equal bytes."""
    yield f'{{"schema": "json-v1", "version": {dumps(__version__)}, "verdict": {dumps(report.verdict.value)}'
    yield from _items("profiles", (_profile(report, number) for number in range(len(report.profiles))))
    topology = {"source": report.topology.source, "inferred": list(report.topology.inferred)}
    yield f',\n"topology": {_text(topology)}'
    yield from _items("captures", map(_capture, report.captures))
    yield from _items("diagnoses", map(_diagnosis, report.diagnoses))
    yield from _items("findings", map(_finding, report.findings))
    yield from _items("flows", map(_flow, report.flows))
    yield f',\n"warnings": {_text([{"says": each} for each in report.warnings])}'
    yield f',\n"caveats": {_text([{"says": each} for each in report.caveats])}'
    yield f',\n"notes": {_text([{"says": each} for each in report.notes])}'
    yield f',\n"known": {report.known}'
    yield f',\n"coverage": {_text(_coverage(report))}}}\n'


def _items(name: str, items: Iterable[Item]) -> Iterator[str]:
    yield f',\n"{name}": ['
    for number, item in enumerate(items):
        yield (",\n  " if number else "\n  ") + _text(item)
    yield "]"


def _text(item: object) -> str:
    text = dumps(item, allow_nan=False)
    return dumps(_legal(item), allow_nan=False) if "\\ud" in text else text


def _legal(item: object) -> object:
    match item:
        case str():
            return utf8(item)
        case Mapping():
            return {utf8(str(key)): _legal(value) for key, value in item.items()}
        case Sequence():
            return [_legal(each) for each in item]
    return item


def _profile(report: Report, number: int) -> Item:
    profile = report.profiles[number]
    return {
        "name": profile.name,
        "confidence": profile.confidence,
        "evidence": profile.evidence,
        "alternatives": list(profile.alternatives),
    }


def _capture(capture: CaptureUsed) -> Item:
    point = {"node": capture.node, "interface": capture.interface, "role": capture.role}
    return {
        "file": capture.file,
        "point": point if any(point.values()) else None,
        "packets": capture.packets,
        "truncated": capture.truncated,
        "cut": capture.cut,
        "dropped": capture.dropped,
        "gaps": capture.gaps,
        "clock": capture.clock,
        "error": capture.error,
    }


def _diagnosis(diagnosis: Diagnosis) -> Item:
    return {
        "id": diagnosis.id,
        "confidence": diagnosis.confidence,
        "title": diagnosis.title,
        "explanation": diagnosis.explanation,
        "fix": diagnosis.fix,
        "at": {"node": diagnosis.node or diagnosis.pod, "interface": diagnosis.interface},
        "evidence": [
            {"says": each.says, "frames": _frames(each.frames), "filter": each.filter}
            for each in diagnosis.evidence
        ],
        "confirm": list(diagnosis.confirm),
        "references": list(diagnosis.references),
        "alternatives": list(diagnosis.alternatives),
        "next_capture": diagnosis.next_capture,
        "findings": list(diagnosis.findings),
        "accepted": diagnosis.accepted or None,
    }


def _finding(finding: Finding) -> Item:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "hop": _hop(finding.hop),
        "flow": finding.flow,
        "frames": _frames(finding.frames),
        "packets": finding.packets,
        "expected": dict(finding.expected),
        "actual": dict(finding.actual),
        "message": finding.message,
    }


def _flow(flow: FlowSummary) -> Item:
    path = [_step(step) for step in flow.forward]
    ending = flow.ending and {name: getattr(flow.ending, name) or None for name in ENDING_TEXTS} | {
        name: getattr(flow.ending, name) for name in ("failed", "requests", "answers")
    }
    return {
        "flow": flow.flow,
        "traffic": list(flow.traffic),
        "path": path,
        "nat": flow.nat,
        "outcome": flow.ending and flow.ending.outcome,
        "ending": ending,
    }


def _step(step: PathStep) -> Item:
    """Return one hop; counts are null where nothing was captured."""
    return {
        "hop": _hop(step.hop),
        "seen": step.seen if step.captured else None,
        "missing": step.missing if step.captured else None,
        "latency_us": None if step.latency_ns is None else step.latency_ns / 1000,
    }


def _coverage(report: Report) -> Item:
    coverage = report.coverage
    rules = {
        "exercised": sorted(coverage.exercised),
        "not_exercised": sorted(coverage.not_exercised),
        "not_evaluable": sorted(coverage.not_evaluable),
    }
    return {"rules": rules, "hops_without_capture": [_hop(hop) for hop in coverage.hops_without_capture]}


def _frames(frames: Iterable[Frame]) -> list[Item]:
    return [{"file": frame.file, "frame": frame.frame} for frame in frames]


def _hop(hop: Hop) -> Item:
    return {
        "node": hop.node,
        "interface": hop.interface,
        "role": hop.role,
        "form": hop.form,
        "side": hop.side,
        "pass": hop.number,
        "pod": hop.pod,
    }
