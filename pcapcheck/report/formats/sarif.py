"""SARIF 2.1.0, for code scanning: a result is located where the broken promise is written.

That is a line of the rule file or the topology, since a capture has no lines; the frame is in the message.
Findings with the same fingerprint are one result. Source: OASIS SARIF 2.1.0; GitHub, "SARIF support".
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import TypeAlias
from urllib.parse import quote

from pcapcheck import __version__
from pcapcheck.check.finding import Finding, Severity
from pcapcheck.diagnose.diagnosis import Evidence
from pcapcheck.report.escape import utf8, visible
from pcapcheck.report.quantity import cause_place, count, frames_text, hop_place
from pcapcheck.report.report import Report, RuleUsed
from pcapcheck.report.stableid import FINGERPRINT_KEY, fingerprint, fingerprint_of_cause
from pcapcheck.report.summary import headline

Item: TypeAlias = dict[str, object]

SUFFIX = ".sarif"
SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def write(report: Report) -> Iterator[str]:
    """Yield the document. Equal reports give equal bytes."""
    used = _rules(report)
    driver = {"name": "pcapcheck", "version": __version__, "rules": list(used.values())}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": _numbered([*_causes(report), *_findings(report)], list(used)),
    }
    document = {"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}
    yield json.dumps(document, indent=1) + "\n"


def _rules(report: Report) -> dict[str, Item]:
    """Return what describes each diagnosis and each broken rule, by id."""
    described: dict[str, Item] = {}
    for diagnosis in report.diagnoses:
        about = (diagnosis.title, diagnosis.explanation, diagnosis.fix)
        described.setdefault(diagnosis.id, _described(diagnosis.id, *about))
    for finding in report.findings:
        rule = report.rules.get(finding.rule, RuleUsed(finding.rule))
        if finding.rule not in described:
            described[finding.rule] = _described(finding.rule, rule.title, rule.because, rule.fix)
    return described


def _described(id: str, title: str, explanation: str, fix: str = "") -> Item:
    text = visible(title)
    described: Item = {"id": visible(id), "shortDescription": {"text": text}}
    described["fullDescription"] = {"text": _lines(explanation) or text}
    described["help"] = {"text": _lines(fix) or _lines(explanation) or text}
    return described


def _invocation(report: Report) -> Item:
    unread = [f"{capture.file}: {capture.error}" for capture in report.captures if capture.error]
    notes = [("note", headline(report)), *(("error", text) for text in unread)]
    notes += [("warning", caveat) for caveat in (*report.warnings, *report.caveats)]
    notes += [("note", note) for note in report.notes]
    return {
        "executionSuccessful": not unread,
        "exitCode": report.exit_status,
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": visible(text)}} for level, text in notes
        ],
    }


def _causes(report: Report) -> Iterator[Item]:
    for diagnosis in report.diagnoses:
        first = next((report.findings[number] for number in diagnosis.findings), None)
        where = cause_place(diagnosis)
        parts = (diagnosis.title, diagnosis.explanation, *map(_proof, diagnosis.evidence), diagnosis.fix)
        yield {
            "ruleId": visible(diagnosis.id),
            "level": "note" if diagnosis.information else "error",
            "message": {"text": _lines("\n".join(parts))},
            "locations": [_location(report, first, where)],
            "partialFingerprints": {FINGERPRINT_KEY: fingerprint_of_cause(diagnosis)},
        }


def _findings(report: Report) -> Iterator[Item]:
    flows = {flow.flow: flow for flow in report.flows}
    alike: dict[str, list[Finding]] = {}
    for finding in report.findings:
        alike.setdefault(fingerprint(finding, flows), []).append(finding)
    for mark, findings in alike.items():
        first = findings[0]
        where = hop_place(first.hop)
        more = f", and {count(len(findings) - 1, 'more finding')} like it" if len(findings) > 1 else ""
        text = f"{where}: {first.message}; {first.flow}{more}; see {frames_text(first.frames)}"
        yield {
            "ruleId": visible(first.rule),
            "level": SARIF_LEVELS[first.severity],
            "message": {"text": visible(text)},
            "locations": [_location(report, first, where)],
            "partialFingerprints": {FINGERPRINT_KEY: mark},
        }


def _numbered(results: Iterable[Item], ids: list[str]) -> list[Item]:
    """Return the results with the position of their rule."""
    positions = {visible(id): number for number, id in enumerate(ids)}
    return [{**each, "ruleIndex": positions[str(each["ruleId"])]} for each in results]


def _proof(evidence: Evidence) -> str:
    return f"{evidence.says} ({frames_text(evidence.frames)})" if evidence.frames else evidence.says


def _location(report: Report, finding: Finding | None, where: str) -> Item:
    file, line = _file(report, finding)
    location: Item = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": max(line, 1)}}
    }
    if where:
        location["logicalLocations"] = [{"fullyQualifiedName": visible(where)}]
    return location


def _file(report: Report, finding: Finding | None) -> tuple[str, int]:
    """Return the file and line to show, preferably of a file inside the repository."""
    rule = report.rules.get(finding.rule) if finding else None
    captured = [finding.frames[0].file] if finding and finding.frames else []
    captured += [capture.file for capture in report.captures]
    candidates = [(rule.file, rule.line)] if rule and rule.file else []
    if report.topology.source not in {"inferred", "none", ""}:
        candidates.append((report.topology.source, 1))
    candidates += [(file, 1) for file in captured]
    inside = [each for each in candidates if not PurePath(each[0]).is_absolute()]
    return (inside or candidates or [("captures", 1)])[0]


def _uri(file: str) -> str:
    slashed = file.replace("\\", "/")
    try:
        encoded = quote(
            slashed.encode(errors="surrogateescape")
        )  # the original bytes of a name that is not UTF-8 (PEP 383)
    except UnicodeEncodeError:
        encoded = quote(utf8(slashed))
    return f"file://{encoded}" if encoded.startswith("/") else encoded.removeprefix("./")


def _lines(text: str) -> str:
    return "\n".join(visible(line) for line in text.strip().split("\n"))
