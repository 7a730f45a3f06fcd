"""Network -> Report: judge every rule, find the causes, and summarise what was seen.

Takes the network and the chosen profiles. It reads no files and does not know what a report looks like.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import groupby
from typing import TypeAlias

import polars as pl

from pcapcheck.bind.place import BoundCaptures
from pcapcheck.check.assertions import check_assertion
from pcapcheck.check.candidates import RuleChoice, any_fits
from pcapcheck.check.checker import Judged, check_rule
from pcapcheck.check.choice import Chosen
from pcapcheck.check.coverage import coverage_of, unknown_ways
from pcapcheck.check.expected import RULE, TITLE, check_traffic, without
from pcapcheck.check.finding import Finding, Severity
from pcapcheck.check.profile import Profile, Traits
from pcapcheck.check.rule import Rule
from pcapcheck.check.rulecontext import RuleContext
from pcapcheck.correlate.network import Network, sound
from pcapcheck.diagnose.case import Case, broken_rules
from pcapcheck.diagnose.causes import diagnose
from pcapcheck.diagnose.diagnosis import Diagnosis
from pcapcheck.diagnose.tenures import moved
from pcapcheck.report.endings import noticed
from pcapcheck.report.quantity import count
from pcapcheck.report.report import (
    CaptureUsed,
    FlowSummary,
    PathStep,
    ProfileUsed,
    Report,
    RuleUsed,
    TopologyUsed,
    Verdict,
)
from pcapcheck.report.summaries import summaries
from pcapcheck.topology.topology import Accepted, CapturePoint, Topology

# What is assumed where no profile fits: nothing that would make a shared MAC or a silent neighbour a fault.
NO_PROFILE = Profile("none", "No profile", traits=Traits(tunnel="", same_node="never", shared_mac=True))
UNPLACED = (
    "no name says where these captures were taken, so that no header was held against a profile: "
    "name files NODE_INTERFACE.pcap, or give --profile"
)
MAX_LACKING = 3  # places that a caveat names
PointName: TypeAlias = tuple[str | None, str | None, str | None]  # node, interface, pod


@dataclass(frozen=True, slots=True)
class JudgeOptions:
    """How to judge: which profiles, the severity from which a finding is a violation, which causes count."""

    chosen: Chosen
    fail_on: Severity = Severity.ERROR
    rules: RuleChoice = field(default_factory=RuleChoice)


def judge(whole: Network, bound: BoundCaptures, how: JudgeOptions) -> Report:
    """Judge every rule, find the causes, and return the report."""
    traffic = check_traffic(whole)
    chosen = _placed(how.chosen, whole.topology)
    main = chosen.main or NO_PROFILE
    network = _without_moved(_meant(without(whole, traffic.blocked), chosen.main), main)
    intact = sound(network)
    judged: list[Judged] = []
    for profile in chosen.profiles:
        surroundings = RuleContext(intact, profile)
        judged += [_judge(rule, intact, surroundings) for rule in profile.active]
    findings = (*(finding for each in judged for finding in each.findings), *traffic.findings)
    case = Case(network, main, broken_rules(judged))
    found = diagnose(case)
    causes = tuple(_accepted(each, whole.topology.accepted) for each in found if each.id in how.rules)
    own = {rule for profile in chosen.profiles for rule in profile.own_rules}
    checked = any(
        each.rule.id in own and each.rule.severity is Severity.ERROR and each.packets for each in judged
    )
    captures = captures_used(bound, network)
    coarse = coarse_points(captures)
    rules = {each.rule.id: _used(each.rule) for each in judged}
    explained = frozenset[int]().union(*(each.flows for each in found))
    warnings, unsure = noticed(network, explained)
    coverage = coverage_of(judged, whole)
    unmet = (f"required, but not exercised: {each}" for each in coverage.unmet(how.rules.require))
    caveats = (*whole.topology.contradicted, *_cut_off(captures), *unmet)
    checked = checked and not traffic.unknown and not unsure and not caveats
    return Report(
        verdict=verdict_of(
            _violating(findings, causes, whole.topology, rules), causes, how.fail_on, checked=checked
        ),
        profiles=tuple(
            ProfileUsed(each.name, each.confidence, each.evidence, each.alternatives) for each in chosen.used
        ),
        topology=TopologyUsed(whole.topology.source, whole.topology.inferred),
        captures=captures,
        diagnoses=causes,
        findings=findings,
        flows=tuple(_timed(each, coarse) for each in summaries(whole)),
        coverage=coverage,
        caveats=caveats,
        notes=(
            *_lacking(network),
            *whole.topology.notes,
            *chosen.notes,
            *traffic.unknown,
            *unknown_ways(network),
        ),
        warnings=warnings,
        rules=rules | ({RULE: RuleUsed(TITLE)} if whole.topology.traffic else {}),
        fail_on=how.fail_on,
        checked=checked,
    )


def _placed(chosen: Chosen, topology: Topology) -> Chosen:
    """Return the profiles by which headers are judged: none that was only guessed from strangers' packets."""
    if chosen.stated or not chosen.profiles or not topology.unplaced:
        return chosen
    return replace(chosen, profiles=(), notes=(*chosen.notes, UNPLACED))


def _meant(network: Network, profile: Profile | None) -> Network:
    """Return the network without the outcomes between pods that their profile keeps apart."""
    if profile is None or profile.traits.same_node != "never":
        return network
    apart = network.directions.filter(pl.col("who") == "pod-to-pod", pl.col("where") == "same-node")
    outcomes = network.outcomes.join(apart.select("flow"), on="flow", how="anti", maintain_order="left")
    return replace(network, outcomes=outcomes)


def _without_moved(network: Network, profile: Profile) -> Network:
    """Return the network without the MACs of pods that gave an address to another: the topology knows one."""
    addresses = moved(Case(network, profile, ()))
    pods = {
        name: replace(pod, mac=None) if addresses.intersection(pod.addresses) else pod
        for name, pod in network.topology.pods.items()
    }
    return replace(network, topology=replace(network.topology, pods=pods)) if addresses else network


def _accepted(cause: Diagnosis, accepted: Sequence[Accepted]) -> Diagnosis:
    """Return the cause with the comment of the topology if it accepts it."""
    for each in accepted:
        if fnmatchcase(cause.id, each.id):
            return replace(cause, accepted=each.comment or "the topology accepts it")
    return cause


def _judge(rule: Rule, network: Network, surroundings: RuleContext) -> Judged:
    return check_assertion(rule, network) if rule.assertion else check_rule(rule, network, surroundings)


def _cut_off(captures: Sequence[CaptureUsed]) -> tuple[str, ...]:
    """Return what the report says of packets that a short snap length cut off within their headers."""
    concerned = [each for each in captures if each.cut]
    if not concerned:
        return ()
    cut, packets = (sum(getattr(each, name) for each in concerned) for name in ("cut", "packets"))
    many = f"{cut:,} of {count(packets, 'packet')} in {count(len(concerned), 'capture')}"
    return (f"{many}: a short snap length cut off headers; these packets are neither judged nor followed",)


def _lacking(network: Network) -> tuple[str, ...]:
    """Return what the report says of captures that lack some packets which must have passed there."""
    seen = network.variants.drop_nulls("flow")["point"].unique().to_list()
    places = [network.capture_points[number].text for number in sorted({*network.selective} & {*seen})]
    if not places:
        return ()
    more = f" and {count(len(places) - MAX_LACKING, 'more place')}" if len(places) > MAX_LACKING else ""
    why = "they were filtered or sampled, show one direction only, or packets took another path"
    told = f"captures at {', '.join(places[:MAX_LACKING])}{more} lack packets that were seen behind them"
    return (f"{told}: {why}; nothing is counted as lost there",)


def coarse_points(captures: Sequence[CaptureUsed]) -> frozenset[PointName]:
    """Return the capture points where times are whole seconds or absent: latencies are unknown there."""
    told: dict[bool, set[PointName]] = {True: set(), False: set()}
    for each in captures:
        if each.role and each.packets:
            told[each.clock in ("seconds", "none")].add((each.node, each.interface, each.pod))
    return frozenset(told[True] - told[False])


def _timed(flow: FlowSummary, coarse: frozenset[PointName]) -> FlowSummary:
    """Return the flow without the latencies that are finer than the clocks."""
    if not coarse:
        return flow
    return replace(flow, forward=_steps(flow.forward, coarse), backward=_steps(flow.backward, coarse))


def _steps(path: Sequence[PathStep], coarse: frozenset[PointName]) -> tuple[PathStep, ...]:
    before, made = False, []
    for step in path:
        here = (step.hop.node, step.hop.interface, step.hop.pod) in coarse
        made.append(replace(step, latency_ns=None) if here or before else step)
        before = here if step.captured else before
    return tuple(made)


def verdict_of(
    findings: Sequence[Finding], causes: Sequence[Diagnosis], fail_on: Severity, *, checked: bool
) -> Verdict:
    """Return the verdict: any violation decides; conformant needs a judged error rule of a profile."""
    levels = list(Severity)
    if any(levels.index(each.severity) <= levels.index(fail_on) for each in findings):
        return Verdict.VIOLATIONS
    if any(not each.information and not each.accepted for each in causes):
        return Verdict.VIOLATIONS
    return Verdict.CONFORMANT if checked else Verdict.INCONCLUSIVE


def _violating(
    findings: Sequence[Finding],
    causes: Sequence[Diagnosis],
    topology: Topology,
    rules: Mapping[str, RuleUsed],
) -> list[Finding]:
    """Return the findings that the topology does not accept, by an id of their rule or of their cause."""
    known = {number for each in causes if each.accepted for number in each.findings}
    patterns = [each.id for each in topology.accepted]
    formerly = {name: rule.formerly for name, rule in rules.items()}
    return [
        finding
        for number, finding in enumerate(findings)
        if number not in known and not any_fits((finding.rule, *formerly.get(finding.rule, ())), patterns)
    ]


def _used(rule: Rule) -> RuleUsed:
    place = rule.place
    return RuleUsed(
        rule.title, rule.because, rule.fix, rule.references, place.file, place.line, rule.formerly
    )


def captures_used(bound: BoundCaptures, network: Network) -> tuple[CaptureUsed, ...]:
    """Return what the report says of each interface of each file."""
    gaps = _gaps(network)
    numbers: dict[CapturePoint | None, int] = {point: number for number, point in enumerate(bound.points)}
    interfaces = {number: list(own) for number, own in groupby(bound.bound, lambda each: each.file)}
    used = []
    for number, capture in enumerate(bound.captured):
        for each in interfaces.get(number, ()):
            point = each.binding.point
            about = capture.interfaces[each.interface]
            used.append(
                CaptureUsed(
                    file=capture.input.shown,
                    node=point.node if point else None,
                    interface=point.interface if point else about.name or None,
                    role=str(point.role) if point else None,
                    pod=point.pod if point else None,
                    packets=each.packets,
                    dropped=about.dropped,
                    gaps=gaps.get(numbers.get(point, -1), 0),
                    truncated=capture.truncated,
                    clock=capture.clock,
                    error=capture.error,
                    cut=each.cut,
                )
            )
        if number not in interfaces:
            nowhere = CaptureUsed(
                capture.input.shown,
                node=None,
                interface=None,
                role=None,
                pod=None,
                packets=capture.packets,
                truncated=capture.truncated,
                dropped=None,
                gaps=0,
                clock=capture.clock,
                error=capture.error,
            )
            used.append(nowhere)
    return tuple(used)


def _gaps(network: Network) -> dict[int, int]:
    """Return how many packets each capture point lacks although they passed."""
    if network.hops.is_empty():
        return {}
    paths = network.directions.select("direction", "path")
    lacking = network.hops.filter(pl.col("gap") > 0).join(paths, on="direction")
    at = network.steps.select("path", "step", "point").drop_nulls("point")
    gaps = lacking.join(at, on=["path", "step"]).group_by("point").agg(pl.col("gap").sum())
    return dict(gaps.iter_rows())
