"""HTML: one file that loads nothing else. Verdict and causes are on top, then what proves them.

The style is in `page.css` and the script in `page.js`. Both are put into the page, and its content security
policy allows only these two, by their hashes. Without scripts, only the table of flows is missing.
"""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files

from pcapcheck import __version__
from pcapcheck.diagnose.diagnosis import Diagnosis, Evidence
from pcapcheck.report.losstime import loss_picture
from pcapcheck.report.markup import Markup, join, paragraphs, raw, tag
from pcapcheck.report.packetview import packet_view
from pcapcheck.report.pagedata import MAX_PAGE_FLOWS, page_data
from pcapcheck.report.picture import broken_hops, picture, text_of
from pcapcheck.report.quantity import cause_place, count, frames_text, hop_place, percent, place
from pcapcheck.report.report import CaptureUsed, Report
from pcapcheck.report.summary import FindingGroup, by_reason, flow_of, groups, headline, hops_captured, tally
from pcapcheck.report.trace import last_seen_text

SUFFIX = ".html"
SHOWS_PACKETS = True
MAX_FRAGMENT_ROWS = 20  # groups of findings in a notebook, and flows of a group on the page


def write(report: Report) -> Iterator[str]:
    """Yield the page. Equal reports give equal bytes."""
    style, script = _file("page.css"), _file("page.js")
    yield "<!DOCTYPE html>\n"
    yield raw(f'<html lang="en">\n{_head(report, style, script)}\n<body>\n')
    yield _top(report)
    yield "<main>\n"
    if remarks := (*report.warnings, *report.caveats):
        yield (tag("section", tag("h2", "Noticed"), tag("ul", *(tag("li", each) for each in remarks))) + "\n")
    for diagnosis in report.diagnoses:
        yield _cause(report, diagnosis) + "\n"
    for section in (_findings, _packets, _flows, _coverage, _captures):
        yield section(report) + "\n"
    yield "</main>\n"
    yield raw(f'<script type="application/json" id="data">{page_data(report)}</script>\n')
    yield raw(f"<script>{script}</script>\n</body>\n</html>\n")


def fragment(report: Report) -> str:
    """Return the verdict, the causes and the first findings, for a notebook or another page."""
    found = groups(report)
    rows = [_row(group) for group in found[:MAX_FRAGMENT_ROWS]]
    more = (
        tag("p", f"and {count(len(found) - MAX_FRAGMENT_ROWS, 'more group')}")
        if len(found) > MAX_FRAGMENT_ROWS
        else None
    )
    causes = [_brief_cause(report, diagnosis) for diagnosis in report.diagnoses]
    table = (
        _table(("severity", "rule", "where", "message", "packets", "flows", "see"), rows) if rows else None
    )
    return tag("div", tag("p", tag("strong", headline(report))), *causes, table, more)


def _file(name: str) -> str:
    return files("pcapcheck.report").joinpath(name).read_text(encoding="utf-8")


def _head(report: Report, style: str, script: str) -> Markup:
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'"
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        raw(f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=f"pcapcheck {__version__}"),
        tag("title", f"pcapcheck: {report.verdict.value}"),
        raw(f"<style>{style}</style>"),
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _top(report: Report) -> Markup:
    verdict = report.verdict.value
    sentence = headline(report).removeprefix(f"{verdict}: ")
    said, _, extent = sentence.rpartition("; ")
    names = ("findings", *(("packets",) if report.packets else ()), "flows", "coverage", "captures")
    links = [tag("a", name, href=f"#{name}") for name in names]
    return tag(
        "header",
        tag("h1", tag("span", verdict, class_="verdict"), said or sentence),
        tag("p", extent if said else None, class_="extent"),
        tag("nav", *links, tag("button", "dark / light", type="button", id="theme")),
        class_=verdict,
    )


def _cause(report: Report, diagnosis: Diagnosis) -> Markup:
    where = cause_place(diagnosis)
    kind = "remark" if diagnosis.information else "cause"
    facts = join(
        tag("code", diagnosis.id),
        f" at {where}" if where else "",
        f", confidence {percent(diagnosis.confidence)}",
    )
    return tag(
        "section",
        tag("h2", diagnosis.title),
        tag("p", facts, class_="facts"),
        paragraphs(diagnosis.explanation),
        _path(report, diagnosis),
        _block("Evidence", tag("ul", *map(_evidence, diagnosis.evidence)) if diagnosis.evidence else None),
        _block("Confirm", join(*map(_copyable, diagnosis.confirm)) if diagnosis.confirm else None),
        _block("Fix", paragraphs(diagnosis.fix) if diagnosis.fix else None),
        _block("Capture next", _copyable(diagnosis.next_capture) if diagnosis.next_capture else None),
        _line("Could also be: ", diagnosis.alternatives),
        _line("References: ", diagnosis.references),
        class_=kind,
    )


def _brief_cause(report: Report, diagnosis: Diagnosis) -> Markup:
    found = flow_of(report, diagnosis)
    return tag(
        "div",
        tag("h4", f"{diagnosis.id}: {diagnosis.title}"),
        paragraphs(diagnosis.explanation),
        tag("ol", text_of(found[1])) if found else None,
        paragraphs(diagnosis.fix),
    )


def _path(report: Report, diagnosis: Diagnosis) -> Markup | None:
    found = flow_of(report, diagnosis)
    if found is None:
        return None
    flow, path = found
    where = last_seen_text(path)
    caption = join("Path of ", tag("code", flow.flow), f": {where}" if where else "")
    return tag(
        "figure",
        tag("figcaption", caption),
        picture(path, broken_hops(report.findings).get(flow.flow, {})),
        loss_picture(flow.loss) if flow.loss else None,
    )


def _block(title: str, content: Markup | None) -> Markup | None:
    return join(tag("h3", title), content) if content else None


def _line(title: str, names: Iterable[str]) -> Markup | None:
    text = ", ".join(names)
    return tag("p", title, text, class_="facts") if text else None


def _evidence(evidence: Evidence) -> Markup:
    frames = tag("span", frames_text(evidence.frames), class_="frames") if evidence.frames else None
    return tag("li", evidence.says, frames, _copyable(evidence.filter) if evidence.filter else None)


def _copyable(text: str) -> Markup:
    return tag(
        "div", tag("code", text), tag("button", "copy", type="button", class_="copy"), class_="copyable"
    )


def _findings(report: Report) -> Markup:
    found = groups(report)
    title = tag("h2", f"Findings{': ' if found else ''}{tally(report)}")
    if not found:
        return tag("section", title, tag("p", "No rule was broken."), id="findings")
    search = tag("input", type="search", id="find-findings", placeholder="rule, node, flow …")
    label = tag("label", "Filter ", search, tag("output", id="findings-shown"))
    header = ("severity", "rule", "where", "message", "packets", "flows", "see")
    return tag("section", title, label, _table(header, [_row(group) for group in found]), id="findings")


def _packets(report: Report) -> Markup:
    if not report.packets:
        return raw("")
    shown = [packet_view(each) for each in report.packets]
    return tag("section", tag("h2", f"Packets: {len(shown)}"), *shown, id="packets")


def _row(group: FindingGroup) -> Markup:
    first = group.first
    names = join(*(tag("div", name) for name in group.flows[:MAX_FRAGMENT_ROWS]))
    flows = tag("details", tag("summary", count(len(group.flows), "flow")), names)
    because = tag("span", f"explained by {', '.join(group.causes)}", class_="facts") if group.causes else None
    return tag(
        "tr",
        tag("td", first.severity.value, class_=f"severity {first.severity.value}"),
        tag("td", tag("code", first.rule)),
        tag("td", hop_place(first.hop)),
        tag("td", first.message, because),
        tag("td", group.packets),
        tag("td", flows),
        tag("td", frames_text(first.frames)),
    )


def _table(header: Iterable[str], rows: Iterable[Markup], id: str = "") -> Markup:
    head = tag("thead", tag("tr", *(tag("th", name, scope="col") for name in header)))
    return tag("div", tag("table", head, tag("tbody", *rows), id=id or False), class_="wide")


def _flows(report: Report) -> Markup:
    total = len(report.flows)
    cut = (
        tag("p", f"The first {MAX_PAGE_FLOWS:,} of {total:,} are here, those that failed first.")
        if total > MAX_PAGE_FLOWS
        else None
    )
    search = tag("input", type="search", id="find-flows", placeholder="address, pod, traffic … ( / )")
    only = tag("label", tag("input", type="checkbox", id="only-lost"), " only failed, or with lost packets")
    table = _table(
        ("flow", "outcome", "traffic", "between", "packets", "bytes", "lost", "first"), [], id="flow-table"
    )
    return tag(
        "section",
        tag("h2", f"Flows: {total:,}"),
        cut,
        tag("label", "Filter ", search, tag("output", id="flows-shown")),
        only,
        tag("noscript", tag("p", "The table of flows needs scripts; `pcapcheck flows` prints it too.")),
        table,
        tag("button", "more", type="button", id="more"),
        id="flows",
    )


def _coverage(report: Report) -> Markup:
    coverage = report.coverage
    seen, unseen = hops_captured(report)
    exercised = (
        tag("li", tag("code", rule), f" {count(n, 'packet')}") for rule, n in coverage.exercised.items()
    )
    skipped = [
        tag("li", f"{title} ({reason}): ", tag("code", ", ".join(names)))
        for title, rules in (
            ("not exercised", coverage.not_exercised),
            ("not evaluable", coverage.not_evaluable),
        )
        for reason, names in by_reason(rules).items()
    ]
    summary = tag("summary", f"{count(len(coverage.exercised), 'rule')} exercised")
    return tag(
        "section",
        tag("h2", "Coverage"),
        tag("details", summary, tag("ul", *exercised)),
        tag("ul", *skipped),
        tag("p", f"{len(seen)} of {count(len(seen) + len(unseen), 'hop')} captured."),
        _line("Not captured: ", unseen),
        id="coverage",
    )


def _captures(report: Report) -> Markup:
    header = ("file", "point", "role", "packets", "clock", "remarks")
    profiles = [f"{each.name} ({each.evidence}, {percent(each.confidence)})" for each in report.profiles]
    notes = [tag("li", note) for note in (*report.topology.inferred, *report.notes)]
    return tag(
        "section",
        tag("h2", f"Captures: {len(report.captures)}"),
        _table(header, map(_capture, report.captures)),
        _line("Profile: ", profiles),
        _line("Topology: ", [report.topology.source]),
        tag("ul", *notes) if notes else None,
        tag("p", f"pcapcheck {__version__}", class_="facts"),
        id="captures",
    )


def _capture(capture: CaptureUsed) -> Markup:
    remarks = [capture.error or ""]
    remarks += ["truncated at the end"] if capture.truncated else []
    remarks += [f"{count(capture.cut, 'packet')} cut off within the headers"] if capture.cut else []
    remarks += [f"{capture.dropped:,} dropped by the kernel"] if capture.dropped else []
    remarks += [f"missed {count(capture.gaps, 'packet')}"] if capture.gaps else []
    inside = capture.pod if capture.role == "pod" else None
    where = place(inside or capture.node, capture.interface)
    cells = (capture.file, where, capture.role or "", f"{capture.packets:,}", capture.clock)
    said = ", ".join(filter(None, remarks))
    return tag(
        "tr",
        *(tag("td", cell) for cell in cells),
        tag("td", said),
        class_="unread" if capture.error else False,
    )
