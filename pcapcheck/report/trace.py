"""The trace of one flow: at each hop its headers, what changed since the hop before, and the latency."""

from collections.abc import Iterator, Mapping, Sequence

from pcapcheck.check.finding import Hop
from pcapcheck.report.layout import Layout
from pcapcheck.report.quantity import count, duration, hop_place, moment, size
from pcapcheck.report.report import FlowSummary, PathStep

INNER_PREFIX = "inner."  # names of the innermost headers begin with it
FATE_STYLES = {"lost": "red", "gap": "yellow", "unknown": "yellow"}


def lines(flow: FlowSummary, *, color: bool = False, width: int = 80) -> Iterator[str]:
    """Yield the trace of both directions."""
    layout = Layout(width, color)
    yield from layout.verbatim(flow.flow, style="bold")
    yield from layout.paragraph(_about(flow), indent=2, hang=0)
    for title, path in (("forward", flow.forward), ("backward", flow.backward)):
        if path:
            yield "\n"
            yield from _direction(layout, title, path)


def path_line(path: Sequence[PathStep]) -> str:
    """Return the path in one line: "web-1 pod 9 > node1 veth 9 > … > node2 uplink 9 > vtep 0, 9 lost"."""
    owners = ["", *(_owner(step.hop) for step in path)]
    names = [
        step.hop.role if owner == before else f"{owner} {step.hop.role}".strip()
        for before, owner, step in zip(owners, owners[1:], path, strict=False)
    ]
    return " > ".join(f"{name} {_seen_briefly(step)}" for name, step in zip(names, path, strict=True))


def last_seen(path: Sequence[PathStep]) -> PathStep | None:
    """Return the last hop that saw packets before the first that lost some; None where nothing was lost."""
    for number, step in enumerate(path):
        if step.fate == "lost":
            return next((each for each in reversed(path[:number]) if each.captured and each.seen), None)
    return None


def last_seen_text(path: Sequence[PathStep]) -> str:
    """Return "last seen at node1 eth0 (uplink); node2 eth0 (uplink) was not captured", or ""."""
    seen = last_seen(path)
    if seen is None:
        return ""
    after = path[path.index(seen) + 1]
    then = "" if after.captured else f"; {hop_place(after.hop)} was not captured"
    return f"last seen at {hop_place(seen.hop)}{then}"


def changes(before: PathStep | None, after: PathStep) -> list[str]:
    """Return what happened to the packet between two captured hops, one statement each.

    A plain name means the outermost header, and a name with `inner.` the innermost. What is `ip.ttl` before a
    tunnel is therefore `inner.ip.ttl` inside it, and the two are compared with each other.
    """
    if before is None:
        headers = _carried(after) if after.hop.form == "plain" else after.headers
        return [f"{name} {value}" for name, value in headers.items()]
    old, new = _carried(before), _carried(after)
    changed = [f"{name} {old[name]} -> {new[name]}" for name in new if name in old and old[name] != new[name]]
    return [*_tunnel(before, after), *changed]


def _tunnel(before: PathStep, after: PathStep) -> list[str]:
    """Return what happened to the headers of the tunnel itself: added, removed or changed."""
    old, new = _outer(before), _outer(after)
    if before.hop.form == after.hop.form:
        return [
            f"{name} {old[name]} -> {new[name]}" for name in new if name in old and old[name] != new[name]
        ]
    statements = [] if before.hop.form == "plain" else [f"{before.hop.form} removed"]
    if after.hop.form != "plain":
        fields = ", ".join(f"{name} {value}" for name, value in new.items())
        statements.append(f"{after.hop.form} added{': ' if fields else ''}{fields}")
    return statements


def _carried(step: PathStep) -> Mapping[str, str]:
    """Return the fields of the packet without those of a tunnel around it, under their plain names."""
    inner = {
        name[len(INNER_PREFIX) :]: value
        for name, value in step.headers.items()
        if name.startswith(INNER_PREFIX)
    }
    if step.hop.form != "plain":
        return inner
    return {name: value for name, value in step.headers.items() if not name.startswith(INNER_PREFIX)} | inner


def _outer(step: PathStep) -> Mapping[str, str]:
    """Return the fields of the tunnel; none outside of tunnels."""
    if step.hop.form == "plain":
        return {}
    return {name: value for name, value in step.headers.items() if not name.startswith(INNER_PREFIX)}


def _about(flow: FlowSummary) -> str:
    ends = f"{flow.source} to {flow.destination}" if flow.source or flow.destination else ""
    volume = f"{count(flow.packets, 'packet')}, {size(flow.bytes)}"
    when = f"{moment(flow.first)}, {duration(flow.last - flow.first)}"
    nat = f"NAT {flow.nat}" if flow.nat else ""
    parts = (ends, " ".join(flow.traffic), volume, when, count(flow.points, "capture point"), nat)
    return "; ".join(part for part in parts if part)


def _direction(layout: Layout, title: str, path: Sequence[PathStep]) -> Iterator[str]:
    where = last_seen_text(path)
    style = "red" if where else "bold"
    yield from layout.paragraph(where, lead=title + (":" if where else ""), style=style)
    before: PathStep | None = None
    for number, step in enumerate(path, start=1):
        yield from _step(layout, number, before, step)
        before = step if step.captured and step.seen else before


def _step(layout: Layout, number: int, before: PathStep | None, step: PathStep) -> Iterator[str]:
    lead = f"{number:>2} {hop_place(step.hop)}:"
    if not step.captured:
        yield from layout.paragraph("not captured", indent=2, hang=5, lead=lead, style="dim")
        return
    style = FATE_STYLES.get(step.fate, "")
    yield from layout.paragraph(_seen(step, before), indent=2, hang=5, lead=lead, style=style)
    if not step.seen:
        return
    if step.stack:
        yield from layout.verbatim(step.stack, indent=7, style="dim")
    for change in changes(before, step):
        yield from layout.paragraph(change, indent=7)


def _seen(step: PathStep, before: PathStep | None) -> str:
    missing = f"{step.missing:,} {step.fate or 'missing'}" if step.missing else ""
    latency = ""
    if step.latency_ns is not None and before is not None:
        latency = f"{'+' if step.latency_ns >= 0 else ''}{duration(step.latency_ns)}"
    return ", ".join(part for part in (f"{step.seen:,} seen", missing, latency) if part)


def _seen_briefly(step: PathStep) -> str:
    if not step.captured:
        return "(not captured)"
    return f"{step.seen:,}, {step.missing:,} {step.fate or 'missing'}" if step.missing else f"{step.seen:,}"


def _owner(hop: Hop) -> str:
    """Return the node, or the pod inside which the hop lies, without its namespace."""
    return hop.pod.rpartition("/")[2] if hop.role == "pod" and hop.pod else hop.node or ""
