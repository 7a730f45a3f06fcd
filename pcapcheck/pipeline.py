"""The journey in code: map captures, bind them to capture points, correlate, check, diagnose; a Result at the end.

The only module that calls every stage; it opens nothing itself and prints nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from pcapcheck import spill
from pcapcheck.capture.inputs import Inputs
from pcapcheck.check.assertions import check_assertion
from pcapcheck.check.checker import Judged, check_rule
from pcapcheck.check.choice import Chosen, choose
from pcapcheck.check.coverage import coverage_of
from pcapcheck.check.finding import Finding, Severity
from pcapcheck.check.profile import Profile
from pcapcheck.check.rule import Rule
from pcapcheck.check.rules import Option, load_profile, profile_names, unknown_parameters, with_parameters
from pcapcheck.check.surroundings import Surroundings
from pcapcheck.correlate.assembly import assemble
from pcapcheck.correlate.network import Network
from pcapcheck.diagnose.case import Case, broken_rules
from pcapcheck.diagnose.causes import diagnose
from pcapcheck.mapping import Look, fields_to_read, is_one_large_point, read_all
from pcapcheck.placing import Placed, place
from pcapcheck.reducing import reduce_all, strong_keys
from pcapcheck.report.result import (
    CaptureUsed,
    Diagnosis,
    ProfileUsed,
    Result,
    RuleUsed,
    TopologyUsed,
    Verdict,
)
from pcapcheck.report.summaries import summaries
from pcapcheck.topology.topology import Topology

Progress = Callable[[int, int], None]
FEW = 8  # packets of each variant whose strong keys join translated tuples, where nothing else is kept
NO_PATHS = Profile("none", "No profile")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was told.

    Attributes:
        profiles: names or files; empty: the topology's, else detected.
        parameters: values that `--set` gave.
        decode_as: further dissectors, table -> number -> protocol.
        fail_on: the severity from which a finding is a violation.
        jobs: worker processes.
        since, until: nanoseconds since 1970 UTC.
        scratch: folder for what does not fit memory.
    """

    profiles: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    decode_as: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    fail_on: Severity = Severity.ERROR
    jobs: int = 1
    since: int | None = None
    until: int | None = None
    scratch: str | None = None


def run(inputs: Inputs, topology: Topology, settings: Settings, progress: Progress | None = None) -> Result:
    """Check the captures against the profiles and the topology.

    Raises:
        InputError: a profile or parameter cannot be used.
    """
    named = settings.profiles or ((topology.profile,) if topology.profile else ())
    candidates = [_tuned(load_profile(name), topology, settings) for name in named or profile_names()]
    keep = FEW if is_one_large_point(inputs.captures) else None
    with spill.Scratch(settings.scratch) as scratch:
        placed = place(
            read_all(inputs.captures, _look(candidates, settings, keep), scratch.path, progress), topology
        )
        chosen = choose(candidates, placed.variants, placed.points, named=bool(named))
        network = correlate(placed, topology, chosen.main or NO_PATHS, scratch.path, settings.jobs)
    return _judged(network, chosen, placed, settings)


def correlate(
    placed: Placed, topology: Topology, profile: Profile, scratch: str | None, jobs: int = 1
) -> Network:
    """Put the captures together: flows, paths, and what became of packets between the steps that were watched."""
    files = [each.input.shown for each in placed.captured]
    keys = strong_keys(placed)
    network = assemble(placed.variants, keys, placed.points, files, topology, profile.path)
    return reduce_all(placed, network, scratch, jobs) if len(placed.points) > 1 else network


def _tuned(profile: Profile, topology: Topology, settings: Settings) -> Profile:
    """Return a profile with the topology's parameters, then those of `--set`."""
    if topology.parameters and topology.profile in (None, profile.name):
        unknown = unknown_parameters(profile, topology.parameters)
        known = {name: value for name, value in topology.parameters.items() if name not in unknown}
        profile = with_parameters(profile, known, Option(f"{topology.source}: parameters"))
    if settings.parameters and (settings.profiles or topology.profile):
        profile = with_parameters(profile, settings.parameters, Option("--set"))
    return profile


def _look(profiles: Sequence[Profile], settings: Settings, keep: int | None) -> Look:
    """Return what to read: the fields that any candidate names, decoded as all candidates say."""
    names = [name for each in profiles for rule in each.rules for name in rule.fields]
    names += [
        name
        for each in profiles
        for clue in each.detect
        for name in clue.when
        if name not in ("form", "stack")
    ]
    decode_as: dict[str, dict[int, str]] = {}
    for tables in [*(each.dissectors() for each in profiles), settings.decode_as]:
        for table, numbers in tables.items():
            decode_as.setdefault(table, {}).update(numbers)
    return Look(fields_to_read(names), decode_as, keep, settings.since, settings.until, settings.jobs)


def _judged(network: Network, chosen: Chosen, placed: Placed, settings: Settings) -> Result:
    """Judge every rule, find the causes, say what was seen."""
    judged = []
    for profile in chosen.profiles:
        surroundings = Surroundings(network, profile)
        judged += [_judge(rule, network, surroundings) for rule in profile.active]
    findings = tuple(finding for each in judged for finding in each.findings)
    causes = diagnose(Case(network, chosen.main, broken_rules(judged))) if chosen.main else ()
    coverage = coverage_of(judged, network)
    own = {rule for profile in chosen.profiles for rule in profile.own_rules}
    checked = any(
        each.rule.id in own and each.rule.severity is Severity.ERROR and each.packets for each in judged
    )
    return Result(
        verdict=_verdict(findings, causes, settings.fail_on, checked=checked),
        profiles=tuple(
            ProfileUsed(each.name, each.confidence, each.evidence, each.alternatives) for each in chosen.used
        ),
        topology=TopologyUsed(network.topology.source, network.topology.inferred),
        captures=_captures(placed),
        diagnoses=causes,
        findings=findings,
        flows=summaries(network),
        coverage=coverage,
        notes=(*network.topology.notes, *chosen.notes),
        rules={each.rule.id: _used(each.rule) for each in judged},
        fail_on=settings.fail_on,
    )


def _judge(rule: Rule, network: Network, surroundings: Surroundings) -> Judged:
    return check_assertion(rule, network) if rule.assertion else check_rule(rule, network, surroundings)


def _verdict(
    findings: Sequence[Finding], causes: Sequence[Diagnosis], fail_on: Severity, *, checked: bool
) -> Verdict:
    """Violations outweigh all; conformant needs a profile's own error rule that was judged."""
    levels = list(Severity)
    if any(levels.index(each.severity) <= levels.index(fail_on) for each in findings):
        return Verdict.VIOLATIONS
    if any(not each.information for each in causes):
        return Verdict.VIOLATIONS
    return Verdict.CONFORMANT if checked else Verdict.INCONCLUSIVE


def _used(rule: Any) -> RuleUsed:
    return RuleUsed(rule.title, rule.because, rule.fix, rule.references, rule.place.file, rule.place.line)


def _captures(placed: Placed) -> tuple[CaptureUsed, ...]:
    """Return what the report says of each interface of each file."""
    used = []
    for number, capture in enumerate(placed.captured):
        bound = [each for each in placed.bound if each.file == number]
        for each in bound:
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
                    truncated=capture.truncated,
                    dropped=about.dropped,
                    gaps=0,
                    clock=capture.clock,
                    error=capture.error,
                )
            )
        if not bound:
            used.append(
                CaptureUsed(
                    capture.input.shown,
                    None,
                    None,
                    None,
                    None,
                    capture.packets,
                    capture.truncated,
                    None,
                    0,
                    capture.clock,
                    capture.error,
                )
            )
    return tuple(used)
