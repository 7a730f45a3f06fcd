"""Judges every rule at every hop: what is broken, what was not exercised, and what is not evaluable.

Variants (packets with equal fields) are already placed at the steps of their paths. Each distinct combination
of values is judged once, and the packets that have it are counted. Files, and the reason why a rule is
broken, are unknown here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from pcapcheck.check.finding import Finding, Frame, Hop
from pcapcheck.check.matchers import MatchVerdict, select
from pcapcheck.check.rule import Rule
from pcapcheck.check.rulecontext import BEFORE, SEVERAL_BEFORE, RuleContext, View
from pcapcheck.check.unprinted import UNPRINTED, printed
from pcapcheck.collect.counts import FRAMES_KEPT
from pcapcheck.collect.variants import LOW
from pcapcheck.correlate.network import Network

MIN_BROKEN_PACKETS: Final = 2  # packets that break a rule make a finding, or more than half of those judged
JUDGED_PLACE: Final = ("direction", "step", "point")
PROOF: Final = tuple(f"frame{k + 1}" for k in range(FRAMES_KEPT))
# What is read of variants besides the fields that a rule names.
ABOUT: Final = frozenset(
    (
        *("role", "kind", "step", "who", "where", "side", "form", "stack", "version"),
        *(
            "direction",
            "reverse",
            "point",
            "number",
            "source_end",
            "destination_end",
            "packets",
            "file",
            UNPRINTED,
            *PROOF,
        ),
    )
)
# What a variable or a relation between hops depends on, besides the packet's own fields.
SUBJECT_COLUMNS: Final = {
    "source": "source_end",
    "destination": "destination_end",
    "here": "point",
    "previous": "direction",
    "next": "direction",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What one rule found.

    It has the findings with the direction of each, the packets judged, the names that had no value, and the
    fields that were not printed where the captures are text.
    """

    rule: Rule
    findings: tuple[Finding, ...]
    directions: tuple[int | None, ...]
    packets: int
    unknown: tuple[str, ...]
    selected: int
    lacking: tuple[str, ...] = ()


def check_rule(rule: Rule, network: Network, surroundings: RuleContext) -> Judged:
    """Judge one rule on all variants that it is about."""
    rows, lacking = printed(_selected(rule, network), rule.fields)
    if rows.is_empty():
        looked = _looked_for(rule, network) if rule.never and not lacking else 0
        return Judged(rule, (), (), looked, (), 0, lacking)
    names = [name for name in rule.fields if name in rows.columns]
    before = [part for each in (*rule.when.values(), *rule.expect.values()) for part in each.earlier]
    if before and _goes_on(network):
        routed = any(part.minus is None for part in before)
        about = dict.fromkeys(part.about for part in before)
        rows = surroundings.with_hop_before(rows, tuple(about), routed=routed)
    keys = _keys(rule, rows, names)
    distinct = rows.select(keys).unique(maintain_order=True).with_row_index("case")
    views = [surroundings.view(row, names) for row in distinct.iter_rows(named=True)]
    verdicts = [_judge(rule, view) for view in views]
    told = distinct.with_columns(pl.Series("verdict", [verdict.value for verdict in verdicts], pl.String))
    judged = _excused(rule, rows.join(told, on=keys, how="left", nulls_equal=True, maintain_order="left"))
    unknown = sorted({name for view in views for name in view.unknown})
    counted = judged.filter(pl.col("verdict").is_in([MatchVerdict.HOLDS.value, MatchVerdict.BROKEN.value]))
    findings = _findings(rule, counted, views, network)
    return Judged(
        rule,
        tuple(finding for finding, _ in findings),
        tuple(direction for _, direction in findings),
        int(counted["packets"].sum()),
        tuple(unknown),
        int(rows["packets"].sum()),
        lacking,
    )


def _selected(rule: Rule, network: Network) -> pl.DataFrame:
    """Return the columns that the rule reads, of the variants at its roles, side, form and traffic."""
    fields = {column for name in rule.fields for column in (name, name + LOW)}
    read = [name for name in network.variants.columns if name in fields or name in ABOUT]
    return network.variants.select(read).filter(*_wanted(rule))


def _wanted(rule: Rule) -> list[pl.Expr]:
    wanted = [pl.col("role").is_in(rule.at)] if rule.at else []
    if "arp" in rule.who:
        return [*wanted, pl.col("kind").is_in(["arp", "nd"])]
    wanted.append(pl.col("kind") != "icmp-error")
    if rule.who or rule.where or rule.side:  # else it is about the interface, for any direction
        wanted.append(pl.col("step").is_not_null())
    for column, values in (("form", rule.form), ("who", rule.who), ("where", rule.where)):
        wanted += [pl.col(column).is_in(values)] if values else []
    return [*wanted, pl.col("side") == rule.side] if rule.side else wanted


def _excused(rule: Rule, judged: pl.DataFrame) -> pl.DataFrame:
    """Return the judged variants; what breaks the rule in an answered flow holds, if the rule says so."""
    if rule.unless is None:
        return judged
    answered = pl.col("reverse").is_not_null() & (pl.col("verdict") == MatchVerdict.BROKEN.value)
    holds = pl.when(answered).then(pl.lit(MatchVerdict.HOLDS.value)).otherwise("verdict")
    return judged.with_columns(holds.alias("verdict"))


def _looked_for(rule: Rule, network: Network) -> int:
    """Return how many packets would have shown a breach of the rule.

    These are the packets of flows that the rule is about and that were captured where it applies.
    """
    there = [pl.col("role").is_in(rule.at), *([pl.col("side") == rule.side] if rule.side else [])]
    paths = network.steps.drop_nulls("point").filter(*there)["path"].unique()
    rows = network.variants.filter(pl.col("path").is_in(paths.implode()))
    for column, wanted in (("who", rule.who), ("where", rule.where)):
        rows = rows.filter(pl.col(column).is_in(wanted)) if wanted else rows
    seen = rows.group_by("direction", "point").agg(pl.col("packets").sum())
    return int(seen.group_by("direction").agg(pl.col("packets").max())["packets"].sum())


def _keys(rule: Rule, rows: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Return the columns that a verdict depends on."""
    keys = [column for name in names for column in (name, name + LOW) if column in rows.columns]
    keys += ["form", "stack", "version"]
    keys += [
        SUBJECT_COLUMNS[path.split(".")[0]]
        for path in rule.variables
        if path.split(".")[0] in SUBJECT_COLUMNS
    ]
    keys += [
        name
        for name in rows.columns
        if name.startswith((BEFORE, SEVERAL_BEFORE)) or name in ("fewest", "most")
    ]
    return list(dict.fromkeys([*keys, "step"] if "direction" in keys else keys))


def _goes_on(network: Network) -> bool:
    """Whether any direction was seen at more than one step, so that some packet has a hop before."""
    steps = network.variants.drop_nulls(["direction", "step"]).select("direction", "step").unique()
    return bool(steps["direction"].is_duplicated().any())


def _judge(rule: Rule, view: View) -> MatchVerdict:
    """Judge one combination of values: `when` selects, `expect` judges, all keys together."""
    chosen = select(rule.when, view.seen, view)
    if chosen is MatchVerdict.NOT_EVALUABLE:
        return MatchVerdict.NOT_EVALUABLE
    if rule.never:
        return MatchVerdict.BROKEN if chosen is MatchVerdict.HOLDS else MatchVerdict.HOLDS
    if chosen is not MatchVerdict.HOLDS:
        return MatchVerdict.NOT_JUDGED
    verdicts = {name: matcher.judge(view.seen(name), view) for name, matcher in rule.expect.items()}
    view.broken = tuple(name for name, verdict in verdicts.items() if verdict is MatchVerdict.BROKEN)
    found = set(verdicts.values())
    for verdict in (MatchVerdict.BROKEN, MatchVerdict.NOT_EVALUABLE, MatchVerdict.HOLDS):
        if verdict in found:
            return verdict
    return MatchVerdict.NOT_JUDGED


def _findings(
    rule: Rule, counted: pl.DataFrame, views: Sequence[View], network: Network
) -> list[tuple[Finding, int | None]]:
    """Return a finding, with its direction, for each hop, direction and expected/actual that enough broke."""
    total = counted.group_by(JUDGED_PLACE).agg(pl.col("packets").sum().alias("judged"))
    broken = counted.filter(pl.col("verdict") == MatchVerdict.BROKEN.value)
    if broken.is_empty():
        return []
    texts = {case: views[case].message(rule) for case in broken["case"].unique().to_list()}
    said = pl.DataFrame(
        {"case": list(texts), "said": [repr(text) for text in texts.values()]},
        schema={"case": pl.UInt32, "said": pl.String},
    )
    grouped = (
        broken.join(said, on="case", maintain_order="left")
        .sort("file", "frame1")
        .group_by(*JUDGED_PLACE, "said", maintain_order=True)
        .agg(
            pl.col("packets").sum(),
            pl.col("case").first(),
            pl.struct("file", *PROOF).head(FRAMES_KEPT).alias("proof"),
            pl.col("form").first(),
            pl.col("side").first(),
            pl.col("number").first(),
        )
        .join(total, on=JUDGED_PLACE, how="left", nulls_equal=True, maintain_order="left")
    )
    enough = (pl.col("packets") >= MIN_BROKEN_PACKETS) | (pl.col("packets") * 2 > pl.col("judged"))
    rows = grouped.filter(enough).iter_rows(named=True)
    return [(_finding(rule, row, views[row["case"]], network), row["direction"]) for row in rows]


def _finding(rule: Rule, row: Mapping[str, object], view: View, network: Network) -> Finding:
    expected, actual, message = view.message(rule)
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        hop=hop_of(row, network),
        flow=flow_text(row["direction"], network),
        frames=frames_of(row["proof"], network),
        packets=int(str(row["packets"])),
        judged=int(str(row["judged"])),
        expected=expected,
        actual=actual,
        message=message,
    )


def hop_of(row: Mapping[str, object], network: Network) -> Hop:
    """Return the hop at which the variants of a row were seen."""
    number = row["point"]
    point = network.capture_points[number] if isinstance(number, int) else None
    side, form, passes = row.get("side"), row.get("form"), row.get("number")
    if point is None:
        return Hop(None, "", "any", str(form))
    passed = passes if isinstance(passes, int) else 1
    return Hop(
        point.node,
        point.interface,
        str(point.role),
        str(form),
        str(side) if side else None,
        passed,
        point.pod,
    )


def flow_text(direction: object, network: Network) -> str:
    """Return a direction's flow as DESIGN §10 writes it."""
    return str(network.directions["flow_text"][direction]) if isinstance(direction, int) else ""


def frames_of(proof: object, network: Network) -> tuple[Frame, ...]:
    """Return the first frames of some variants, in file order."""
    assert isinstance(proof, list)
    found = [
        Frame(network.files[each["file"]], each[f"frame{k + 1}"])
        for each in proof
        for k in range(FRAMES_KEPT)
        if each[f"frame{k + 1}"]
    ]
    return tuple(dict.fromkeys(found))[:FRAMES_KEPT]
