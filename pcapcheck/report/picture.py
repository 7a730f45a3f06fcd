"""The picture of a path, as HTML: nodes are boxes, hops cards in order, arrows carry the latency.

A card says how many packets were seen, which headers they had, and what was rewritten since the hop before.
The hop where packets were lost is red, a hop without capture is hatched. `page.js` draws the same for any
flow from the same cards.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from pcapcheck.check.finding import Finding, Hop
from pcapcheck.report.markup import Markup, join, tag
from pcapcheck.report.quantity import duration
from pcapcheck.report.report import PathStep
from pcapcheck.report.trace import changes, last_seen


class Card(NamedTuple):
    """What the picture shows of one hop, as text."""

    node: str
    name: str
    kind: str  # ok | wrong (breaks a rule) | lost | later, after (lost before) | gap | unknown | unseen
    state: str
    latency: str
    outer: str  # the tunnel's layers, joined by ":"
    inner: str
    broken: str  # rules
    last: bool  # packets were last seen here
    changed: tuple[str, ...]


def picture(path: Sequence[PathStep], broken: Mapping[Hop, str]) -> Markup:
    """Return the picture of one direction of a flow; `broken` maps a hop to the rules broken there."""
    nodes = [
        tag("li", tag("h4", node), tag("ol", *map(_card, cards), class_="hops"), class_="node")
        for node, cards in groupby(cards_of(path, broken), key=lambda card: card.node)
    ]
    return tag("ol", *nodes, class_="path")


def broken_hops(findings: Iterable[Finding]) -> dict[str, dict[Hop, str]]:
    """Return the rules that each flow broke at each hop: flow -> hop -> rules."""
    rules: dict[str, dict[Hop, dict[str, None]]] = {}
    for finding in findings:
        rules.setdefault(finding.flow, {}).setdefault(finding.hop, {})[finding.rule] = None
    return {flow: {hop: ", ".join(names) for hop, names in hops.items()} for flow, hops in rules.items()}


def cards_of(path: Sequence[PathStep], broken: Mapping[Hop, str]) -> Iterator[Card]:
    """Yield the card of each hop."""
    before: PathStep | None = None
    last = last_seen(path)
    first_lost = next((step for step in path if step.fate == "lost"), None)
    for step in path:
        outer, inner = _layers(step)
        yield Card(
            node=step.hop.node or "outside",
            name=_name(step),
            kind=_kind(step, first_lost, broken),
            state=_state(step),
            latency=_latency(step) if before else "",
            outer=outer,
            inner=inner,
            broken=broken.get(step.hop, ""),
            last=step is last,
            changed=tuple(changes(before, step)) if step.captured and step.seen else (),
        )
        before = step if step.captured and step.seen else before


def _latency(step: PathStep) -> str:
    """Return the latency as text; a negative one is left out, since it only shows that clocks differ."""
    return duration(step.latency_ns) if step.latency_ns is not None and step.latency_ns >= 0 else ""


def _card(card: Card) -> Markup:
    layers = [tag("span", layer, class_="outer") for layer in card.outer.split(":") if layer]
    layers += [tag("span", layer) for layer in card.inner.split(":") if layer]
    changed = tag("ul", *(tag("li", each) for each in card.changed)) if card.changed else None
    return tag(
        "li",
        tag("span", card.latency, class_="latency") if card.latency else None,
        tag("strong", card.name),
        tag("span", card.state, class_="state"),
        tag("span", f"breaks {card.broken}", class_="broken") if card.broken else None,
        tag("span", "last seen here", class_="last") if card.last else None,
        tag("span", *layers, class_="stack") if layers else None,
        changed,
        class_=f"hop {card.kind}",
    )


def _name(step: PathStep) -> str:
    hop = step.hop
    inside = f"{hop.pod} " if hop.role == "pod" and hop.pod else ""
    again = f", pass {hop.number}" if hop.number > 1 else ""
    return f"{hop.role} {inside}{hop.interface}{again}"


def _kind(step: PathStep, first_lost: PathStep | None, broken: Mapping[Hop, str]) -> str:
    if not step.captured:
        return "unseen"
    if step.fate == "lost":
        return "lost" if step is first_lost else "later"
    if step.hop in broken:
        return "wrong"
    if step.fate in {"gap", "unknown"} and step.missing:
        return step.fate
    return "ok" if step.seen or first_lost is None else "after"


def _state(step: PathStep) -> str:
    if not step.captured:
        return "not captured"
    missing = f", {step.missing:,} {step.fate or 'missing'}" if step.missing else ""
    return f"{step.seen:,} seen{missing}"


def _layers(step: PathStep) -> tuple[str, str]:
    """Return the layers of the tunnel, and the layers that it carries."""
    layers = step.stack.split(":") if step.stack and step.captured and step.seen else []
    if step.hop.form in {"", "plain"}:
        return "", ":".join(layers)
    starts = [number for number, layer in enumerate(layers) if layer in {"eth", "ip", "ipv6"}]
    inner_eth = [number for number in starts if layers[number] == "eth" and number > 0]
    cut = inner_eth[-1] if inner_eth else starts[-1] if len(starts) > 1 else len(layers)
    return ":".join(layers[:cut]), ":".join(layers[cut:])


def text_of(path: Sequence[PathStep]) -> Markup:
    """Return the path as list items, for pages without our style sheet."""
    return join(*(tag("li", f"{card.node} {card.name}: {card.state}") for card in cards_of(path, {})))
